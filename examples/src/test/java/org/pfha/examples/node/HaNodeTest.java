package org.pfha.examples.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfha.carp.engine.Role;
import org.pfha.examples.conformance.Json;
import org.pfha.net.VipController;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimNetwork;

/** A node as its configuration describes it, on a simulated LAN. */
class HaNodeTest {

  private static final String TOKEN = "0123456789abcdef";

  @TempDir private Path directory;

  private final SimNetwork network = new SimNetwork(7);
  private final List<String> log = new ArrayList<>();

  /** The addresses that a host has now. */
  private static final class Held implements VipController {
    private final Set<String> addresses = new TreeSet<>();
    private boolean refusing;

    @Override
    public void prepare(Vip vip) {}

    @Override
    public void hold(Vip vip, Duration lifetime) throws IOException {
      if (refusing) {
        throw new IOException("no room for " + vip);
      }
      addresses.add(vip.address().toString());
    }

    @Override
    public void release(Vip vip) {
      addresses.remove(vip.address().toString());
    }

    @Override
    public void close() {
      addresses.clear();
    }
  }

  private final Held heldByA = new Held();
  private final Held heldByB = new Held();

  private SimHost host(String name, int number) {
    SimHost host = network.host(name);
    host.attach(network.segment("lan"), "em1", "192.0.2." + number + "/24");
    host.attach(network.segment("sync"), "em2", "172.16.1." + number + "/24");
    return host;
  }

  private NodeConfig config(String name, int number, int advskew) throws Exception {
    secret("carp", "mekmitasdigoat");
    secret("token", TOKEN);
    Path file = directory.resolve(name + ".json");
    Files.writeString(
        file,
        """
        {"name": "%s", "preempt": true, "maintenance_file": "%s.maintenance",
         "status": {"port": 0, "token_file": "token"},
         "routers": [
           {"interface": "em1", "vhid": 1, "addresses": ["192.0.2.1/24"], "password_file": "carp",
            "advskew": %d}],
         "pfsync": {"creator_id": "%d", "links": [{"interface": "em2", "peers": ["172.16.1.%d"]}]}}
        """
            .formatted(name, name, advskew, number, 5 - number));
    return NodeConfig.read(file, List.of("em1", "em2"));
  }

  private void secret(String name, String secret) throws IOException {
    Path file = directory.resolve(name);
    Files.writeString(file, secret);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private void pass(long seconds) {
    network.advance(Duration.ofSeconds(seconds));
  }

  @Test
  void theAddressesFollowTheRole() throws Exception {
    HaNode a = HaNode.start(config("a", 2, 0), host("a", 2), heldByA, log::add, bulk -> {});
    HaNode b = HaNode.start(config("b", 3, 100), host("b", 3), heldByB, line -> {}, bulk -> {});
    pass(10);
    assertThat(a.carp().role("em1", 1)).isEqualTo(Role.MASTER);
    assertThat(heldByA.addresses).containsExactly("192.0.2.1/24");
    assertThat(heldByB.addresses).isEmpty();
    assertThat(log)
        .contains("1@em1: BACKUP -> MASTER (master timed out)")
        .anyMatch(line -> line.equals("pfsync asks its peers for all their states"))
        .anyMatch(line -> line.equals("pfsync has all states of its peers"));

    a.close();
    assertThat(heldByA.addresses).as("given back before close returns").isEmpty();
    network.advance(Duration.ofMillis(50));
    assertThat(b.carp().role("em1", 1)).as("it was told of the end").isEqualTo(Role.MASTER);
    assertThat(heldByB.addresses).containsExactly("192.0.2.1/24");
    a.close();
    b.close();
  }

  @Test
  void aMasterThatCannotHaveItsAddressesStandsBack() throws Exception {
    heldByA.refusing = true;
    HaNode a = HaNode.start(config("a", 2, 0), host("a", 2), heldByA, log::add, bulk -> {});
    HaNode b = HaNode.start(config("b", 3, 100), host("b", 3), heldByB, line -> {}, bulk -> {});
    pass(20);
    assertThat(b.carp().role("em1", 1)).isEqualTo(Role.MASTER);
    assertThat(heldByB.addresses).containsExactly("192.0.2.1/24");
    assertThat(log.stream().filter(line -> line.contains("-> MASTER")).count())
        .as("it does not try again and again")
        .isLessThanOrEqualTo(1);
    assertThat(a.ledger().entries()).anyMatch(entry -> entry.reason().contains("cannot hold"));

    heldByA.refusing = false;
    b.close();
    pass(5);
    assertThat(a.carp().role("em1", 1)).isEqualTo(Role.MASTER);
    assertThat(a.ledger().entries()).noneMatch(entry -> entry.reason().contains("cannot hold"));
    a.close();
    b.close();
  }

  @Test
  void statusIsToldToProgramsPeopleAndPrometheus() throws Exception {
    NodeConfig config = config("a", 2, 0);
    HaNode a = HaNode.start(config, host("a", 2), heldByA, log::add, bulk -> {});
    host("b", 3);
    pass(4);
    try (a;
        StatusPort server = new StatusPort(a, config.status().orElseThrow())) {
      Json status = Json.parse("status", get(server, "/status").body());
      assertThat(status.get("name").text()).isEqualTo("a");
      assertThat(status.get("maintenance").isNull()).isTrue();
      Json router = status.get("routers").items().get(0);
      assertThat(router.get("role").text()).isEqualTo("MASTER");
      assertThat(router.get("addresses").items()).hasToString("[192.0.2.1/24]");
      assertThat(router.get("explanation").get("reason").text()).isEqualTo("master timed out");
      assertThat(status.get("carp").get("total").get("opackets").number()).isPositive();
      assertThat(status.get("pfsync").get("peers").items()).hasSize(1);
      assertThat(status.get("demotion").get("total").number()).isEqualTo(240);

      String metrics = get(server, "/metrics").body();
      assertThat(metrics)
          .contains("# TYPE pfha_carp_role gauge\npfha_carp_role{interface=\"em1\",vhid=\"1\"} 2\n")
          .contains("# TYPE pfha_carp_opackets_total counter\n")
          .contains("pfha_carp_demotion 240\n")
          .contains("pfha_pfsync_states 0\n")
          .contains("pfha_pfsync_peer_silent{interface=\"em2\",peer=\"172.16.1.3\"} ");
      assertThat(metrics.lines().filter(line -> line.startsWith("# TYPE"))).doesNotHaveDuplicates();
      assertThat(get(server, "/explain").body())
          .contains("1@em1 is MASTER since", "pfsync: 0 states");
      assertThat(get(server, "/nothing").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void onlyWhoHasTheTokenMayChangeAnything() throws Exception {
    NodeConfig config = config("a", 2, 0);
    HaNode a = HaNode.start(config, host("a", 2), heldByA, log::add, bulk -> {});
    try (a;
        StatusPort server = new StatusPort(a, config.status().orElseThrow())) {
      assertThat(send(server, "POST", "/maintenance", "").statusCode()).isEqualTo(401);
      assertThat(send(server, "POST", "/maintenance", "Bearer nonsense").statusCode())
          .isEqualTo(401);
      assertThat(a.carp().maintenance()).isEmpty();

      assertThat(send(server, "POST", "/maintenance", "Bearer " + TOKEN).statusCode())
          .isEqualTo(200);
      assertThat(a.carp().maintenance()).contains("new firmware");
      assertThat(Files.readString(directory.resolve("a.maintenance"))).contains("new firmware");
      assertThat(send(server, "DELETE", "/maintenance", "Bearer " + TOKEN).statusCode())
          .isEqualTo(200);
      assertThat(a.carp().maintenance()).isEmpty();

      pass(10);
      assertThat(send(server, "POST", "/disable", "Bearer " + TOKEN).statusCode()).isEqualTo(200);
      assertThat(a.carp().role("em1", 1)).isEqualTo(Role.INIT);
      assertThat(send(server, "POST", "/enable", "Bearer " + TOKEN).statusCode()).isEqualTo(200);
      assertThat(a.carp().role("em1", 1)).isEqualTo(Role.BACKUP);
      assertThat(send(server, "PUT", "/enable", "Bearer " + TOKEN).statusCode()).isEqualTo(405);
    }
  }

  @Test
  void withoutATokenNothingCanBeChanged() throws Exception {
    NodeConfig config = config("a", 2, 0);
    HaNode a = HaNode.start(config, host("a", 2), heldByA, log::add, bulk -> {});
    NodeConfig.Status readOnly =
        new NodeConfig.Status(
            config.status().orElseThrow().address(), Optional.empty(), Set.of(), List.of());
    try (a;
        StatusPort server = new StatusPort(a, readOnly)) {
      assertThat(send(server, "POST", "/disable", "Bearer " + TOKEN).statusCode()).isEqualTo(403);
      assertThat(get(server, "/").statusCode()).isEqualTo(200);
    }
  }

  private static HttpResponse<String> get(StatusPort server, String path) throws Exception {
    return send(server, "GET", path, "");
  }

  private static HttpResponse<String> send(
      StatusPort server, String method, String path, String authorization) throws Exception {
    URI uri = URI.create(server.url() + path.substring(1));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .method(method, HttpRequest.BodyPublishers.ofString("new firmware\n"));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
