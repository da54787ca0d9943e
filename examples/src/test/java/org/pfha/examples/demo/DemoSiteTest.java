package org.pfha.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pfha.examples.conformance.Json;
import org.pfha.examples.doctor.DoctorCommand;
import org.pfha.examples.status.Exposition;
import picocli.CommandLine;

/** What the live demo serves to programs. */
@Timeout(120)
class DemoSiteTest {

  private static final Duration A_MINUTE = Duration.ofMinutes(1);

  @TempDir private Path directory;

  private final StringWriter printed = new StringWriter();
  private DemoServer demo;

  @BeforeEach
  void start() throws IOException {
    demo =
        new DemoServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            1,
            new PrintWriter(printed));
    demo.demo().tell(pair -> pair.advance(A_MINUTE));
  }

  @AfterEach
  void end() {
    demo.close();
  }

  private HttpResponse<String> send(String method, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(demo.url() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .header("Authorization", "Bearer " + demo.secret())
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  private Json status() throws Exception {
    return Json.parse("status", send("GET", "status").body());
  }

  private void done(String method, String path) throws Exception {
    HttpResponse<String> answer = send(method, path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    demo.demo().tell(pair -> pair.advance(Duration.ofSeconds(20)));
  }

  private String role(int node) throws Exception {
    Json routers = status().get("nodes").items().get(node).get("routers");
    return routers.items().get(0).get("role").text();
  }

  @Test
  void theStatusHasBothNodesAndTheCauseOfEachRole() throws Exception {
    Json status = status();
    assertThat(status.get("stopped").isNull()).isTrue();
    assertThat(status.get("nodes").items()).hasSize(2);
    for (Json node : status.get("nodes").items()) {
      assertThat(node.get("running").bool()).isTrue();
      assertThat(node.get("demotion").get("total").number()).isZero();
      assertThat(node.get("pfsync").get("states").number()).isGreaterThan(60);
      assertThat(node.get("pfsync").get("receiving").get("phase").text()).isEqualTo("DONE");
      assertThat(node.get("pfsync").get("lag").get("packets").number()).isPositive();
      for (Json router : node.get("routers").items()) {
        assertThat(router.get("explanation").get("decisions").items()).isNotEmpty();
      }
    }
    assertThat(role(0)).isEqualTo("MASTER");
    assertThat(role(1)).isEqualTo("BACKUP");
    assertThat(status.get("timeline").items().stream().map(entry -> entry.get("text").text()))
        .contains("1@em0: BACKUP -> MASTER (master timed out)");
  }

  @Test
  void eachNodeIsServedAsPfhaNodeServesIt() throws Exception {
    Json pair = status();
    Json one = Json.parse("fw-b", send("GET", "nodes/fw-b/status").body());
    assertThat(one.get("name").text()).isEqualTo("fw-b");
    assertThat(one.fields().keySet()).isEqualTo(pair.get("nodes").items().get(1).fields().keySet());
  }

  @Test
  void metricsAreWellFormedAndOfBothNodes() throws Exception {
    HttpResponse<String> metrics = send("GET", "metrics");
    assertThat(metrics.headers().firstValue("Content-Type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    Map<String, Double> samples = Exposition.parse(metrics.body());
    assertThat(samples)
        .containsEntry("pfha_carp_role{node=\"fw-a\",interface=\"em0\",vhid=\"1\"}", 2.0)
        .containsEntry("pfha_carp_role{node=\"fw-b\",interface=\"em0\",vhid=\"1\"}", 1.0)
        .containsKey("pfha_pfsync_lag_seconds{node=\"fw-a\",share=\"0.99\"}")
        .containsKey("pfha_pfsync_bulk_states{node=\"fw-b\",direction=\"receive\"}");
    assertThat(samples.get("pfha_pfsync_opackets_total{node=\"fw-a\"}")).isPositive();
  }

  @Test
  void theDoctorReadsWhatIsServed() throws Exception {
    Path both = Files.writeString(directory.resolve("both.json"), send("GET", "status").body());
    Path one =
        Files.writeString(directory.resolve("one.json"), send("GET", "nodes/fw-a/status").body());
    assertThat(doctor("--status", both.toString())).doesNotContain("pfha doctor:");
    assertThat(doctor("--status", one.toString())).doesNotContain("pfha doctor:", "MAINTENANCE");
    done("POST", "nodes/fw-a/maintenance");
    Files.writeString(both, send("GET", "status").body());
    assertThat(doctor("--status", both.toString())).contains("maintenance");
    done("POST", "nodes/fw-b/power-off");
    Files.writeString(both, send("GET", "status").body());
    assertThat(doctor("--status", both.toString()))
        .as("a node that is off has no status")
        .contains("maintenance")
        .doesNotContain("pfha doctor:");
  }

  private static String doctor(String... options) {
    StringWriter out = new StringWriter();
    CommandLine doctor = new CommandLine(new DoctorCommand());
    doctor.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(out, true));
    String[] arguments = new String[options.length + 2];
    arguments[0] = "samples/fw1.xml";
    arguments[1] = "samples/fw2.xml";
    System.arraycopy(options, 0, arguments, 2, options.length);
    assertThat(doctor.execute(arguments)).as(out.toString()).isLessThan(2);
    return out.toString();
  }

  @Test
  void everyDeedCanBeDoneAndUndone() throws Exception {
    for (String deed : new String[] {"power-off", "maintenance", "disable"}) {
      done("POST", "nodes/fw-a/" + deed);
      assertThat(role(1)).as(deed).isEqualTo("MASTER");
      assertThat(send("POST", "nodes/fw-a/" + deed).statusCode()).as("twice").isEqualTo(409);
      done("DELETE", "nodes/fw-a/" + deed);
      assertThat(role(0)).as("after " + deed).isEqualTo("MASTER");
      assertThat(send("DELETE", "nodes/fw-a/" + deed).statusCode()).isEqualTo(409);
    }
    done("POST", "nodes/fw-b/sync-cable");
    assertThat(identity(0)).isNotEqualTo(identity(1));
    done("POST", "heal");
    assertThat(identity(0)).isEqualTo(identity(1));
    done("POST", "start-over");
    assertThat(role(0)).isEqualTo("MASTER");
    assertThat(status().get("stopped").isNull()).isTrue();
  }

  private String identity(int node) throws Exception {
    return demo.demo()
        .ask(pair -> "%016x".formatted(pair.nodes().get(node).table().identityDigest()));
  }

  @Test
  void nobodyLeftToFailOverToIsSaid() throws Exception {
    done("POST", "fail-over");
    done("POST", "fail-over");
    HttpResponse<String> answer = send("POST", "fail-over");
    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(answer.body()).contains("nobody is MASTER; heal the pair first");
    Json status = status();
    assertThat(status.get("nodes").items().get(0).get("running").bool()).isFalse();
    assertThat(Exposition.parse(send("GET", "metrics").body())).isEmpty();
    assertThat(send("GET", "explain").body()).isEqualTo("fw-a is off\nfw-b is off\n");
  }

  @Test
  void theTokenIsAnotherOneEachTimeAndPrintedOnceWithTheAddress() throws Exception {
    demo.announce();
    assertThat(printed.toString()).contains("open " + demo.url() + "#token=" + demo.secret());
    assertThat(demo.secret()).hasSizeGreaterThanOrEqualTo(32);
    try (DemoServer other =
        new DemoServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            1,
            new PrintWriter(new StringWriter()))) {
      assertThat(other.secret()).isNotEqualTo(demo.secret());
    }
    assertThat(send("GET", "status").body()).doesNotContain(demo.secret());
  }

  @Test
  void whatHasEndedAnswersNobody() {
    demo.close();
    assertThatThrownBy(() -> demo.demo().ask(LivePair::now))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has ended");
  }
}
