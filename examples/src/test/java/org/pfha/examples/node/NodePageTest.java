package org.pfha.examples.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfha.examples.browser.Browser;
import org.pfha.examples.browser.NeedsBrowser;
import org.pfha.examples.browser.Page;
import org.pfha.net.VipController;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimNetwork;

/** The page of a node in a browser, whatever the node is called and whatever it is told. */
@NeedsBrowser
class NodePageTest {

  private static final String TOKEN = "0123456789abcdef";
  private static final String LINK = "em1\"'><img src=x onerror=alert(1)>";
  private static final String HOSTILE = "<script>document.title='owned'</script>&lt;b&gt;${1}";

  private static Browser browser;

  @TempDir private Path directory;

  private final SimNetwork network = new SimNetwork(7);
  private Page page;

  @BeforeAll
  static void startBrowser() throws IOException {
    browser = Browser.start();
  }

  @AfterAll
  static void endBrowser() throws IOException {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void desk() throws IOException {
    browser.size(1280, 900, false);
    browser.complaints();
    browser.requests();
    page = new Page(browser);
  }

  /** The page of the test before asks its node for a while, which is gone. */
  @BeforeEach
  void leaveThePageBefore() throws IOException {
    browser.open("about:blank");
    browser.complaints();
  }

  private static final class Nobody implements VipController {
    @Override
    public void prepare(Vip vip) {}

    @Override
    public void hold(Vip vip, Duration lifetime) {}

    @Override
    public void release(Vip vip) {}

    @Override
    public void close() {}
  }

  private HaNode node(String name, int number, String status) throws Exception {
    SimHost host = network.host("host" + number);
    host.attach(network.segment("lan"), LINK, "192.0.2." + number + "/24");
    host.attach(network.segment("sync"), "em2", "172.16.1." + number + "/24");
    secret("carp", "mekmitasdigoat");
    secret("token", TOKEN);
    Path file = directory.resolve(number + ".json");
    Files.writeString(
        file,
        """
        {"name": "%s", "preempt": true, "maintenance_file": "%d.maintenance",
         "config_sync_record": "record.json", "status": {"port": 0%s},
         "routers": [
           {"interface": "%s", "vhid": 1, "addresses": ["192.0.2.1/24"], "password_file": "carp",
            "advskew": %d}],
         "pfsync": {"creator_id": "%d", "links": [{"interface": "em2", "peers": ["172.16.1.%d"]}]}}
        """
            .formatted(json(name), number, status, json(LINK), number * 10, number, 5 - number));
    NodeConfig config = NodeConfig.read(file, List.of(LINK, "em2"));
    return HaNode.start(config, host, new Nobody(), line -> {}, bulk -> {});
  }

  private static String json(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  private void secret(String name, String secret) throws IOException {
    Path file = directory.resolve(name);
    Files.writeString(file, secret);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static StatusPort port(HaNode node) throws IOException {
    return new StatusPort(node, node.config().status().orElseThrow());
  }

  private void nothingHasRun() throws IOException {
    assertThat(browser.run("return document.querySelectorAll('img, body script').length").number())
        .as("the page's own script, and no picture")
        .isEqualTo(1);
    assertThat(browser.text("document.title")).isNotEqualTo("owned");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void hostileTextIsText() throws Exception {
    Files.writeString(
        directory.resolve("record.json"),
        """
        [{"peer":"%1$s","last_attempt":null,"last_success":null,"duration_ms":1,"error":"%1$s",
          "warnings":["%1$s"],"areas":[{"name":"%1$s","last_attempt":null,"last_success":null,
          "outcome":"%1$s"}]}]
        """
            .formatted(json(HOSTILE)));
    HaNode node = node(HOSTILE, 2, "");
    network.advance(Duration.ofSeconds(5));
    node.carp().enterMaintenance(HOSTILE);
    node.ledger().demote(HOSTILE, HOSTILE, 3);
    network.advance(Duration.ofSeconds(5));
    try (node;
        StatusPort port = port(node)) {
      browser.open(port.url());
      assertThat(page.becomes(0, HOSTILE.replace("'", "\\'"), "MASTER")).isTrue();
      assertThat(page.text("#vips")).contains(LINK);
      assertThat(page.text("#nodes")).contains(HOSTILE, "+3", "+240");
      assertThat(page.text("#config")).contains(HOSTILE);
      assertThat(page.text("#timeline")).contains(LINK, HOSTILE);
      assertThat(browser.text("document.title")).startsWith(HOSTILE);
      browser.run("document.querySelectorAll('details').forEach(d => d.open = true)");
      nothingHasRun();
      browser.size(360, 780, true);
      assertThat(page.overhang()).isZero();
      assertThat(page.requestsElsewhere(port.url())).isEmpty();
    }
  }

  @Test
  void withoutATokenThePageIsReadOnly() throws Exception {
    HaNode node = node("fw1", 2, "");
    network.advance(Duration.ofSeconds(5));
    try (node;
        StatusPort port = port(node)) {
      browser.open(port.url());
      assertThat(page.becomes(0, "fw1", "MASTER")).isTrue();
      assertThat(page.text("#nodes")).contains("This page is read-only");
      assertThat(browser.run("return document.querySelectorAll('main button').length").number())
          .isZero();
      assertThat(page.barriers()).isEmpty();
    }
  }

  @Test
  void withTheTokenItEntersMaintenanceAndIsDisabled() throws Exception {
    HaNode node = node("fw1", 2, ", \"token_file\": \"token\"");
    network.advance(Duration.ofSeconds(5));
    try (node;
        StatusPort port = port(node)) {
      browser.open(port.url() + "#token=" + TOKEN);
      assertThat(page.becomes(0, "fw1", "MASTER")).isTrue();
      page.press("Enter maintenance fw1");
      assertThat(page.says("#ask", "the last choice until it leaves maintenance")).isTrue();
      browser.run("document.getElementById('ask-input').value = 'new firmware'");
      page.press("Enter maintenance");
      assertThat(page.says("#nodes", "Maintenance, also after a restart: new firmware")).isTrue();
      assertThat(node.carp().maintenance()).contains("new firmware");
      page.press("Leave maintenance fw1");
      assertThat(
              browser.becomes("!document.getElementById('nodes').innerText.includes('firmware')"))
          .isTrue();
      page.press("Disable CARP fw1");
      page.press("Cancel");
      page.press("Disable CARP fw1");
      page.press("Disable CARP");
      assertThat(page.becomes(0, "fw1", "INIT")).isTrue();
      page.press("Enable CARP fw1");
      assertThat(page.becomes(0, "fw1", "BACKUP")).isTrue();
      assertThat(page.text("#timeline"))
          .contains("enter maintenance: new firmware", "disable carp", "enable carp");
      nothingHasRun();
    }
  }

  @Test
  void bothSidesAreShownWhereThePeerCanBeAsked() throws Exception {
    HaNode b = node("fw2", 3, "");
    StatusPort other = port(b);
    try (b) {
      HaNode a = node("fw1", 2, ", \"peers\": [\"" + other.url() + "status\"]");
      network.advance(Duration.ofSeconds(10));
      try (a;
          StatusPort port = port(a)) {
        browser.open(port.url());
        assertThat(page.becomes(0, "fw1", "MASTER")).isTrue();
        assertThat(page.becomes(0, "fw2", "BACKUP")).isTrue();
        assertThat(page.says("#states", "✓ same connections")).isTrue();
        assertThat(page.text("#verdict")).contains("fw1 carries the address");
        AutoCloseable peersPort = other;
        peersPort.close();
        assertThat(page.says("#verdict", "cannot be asked")).isTrue();
        nothingHasRun();
      }
    }
  }

  @Test
  void aPeerThatIsNoNodeSpoilsNothing() throws Exception {
    HttpServer stranger =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    stranger.createContext(
        "/",
        exchange -> {
          byte[] body = "{\"name\":[],\"routers\":7,\"pfsync\":{\"peers\":{}}}".getBytes(UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    stranger.start();
    String url = "http://127.0.0.1:" + stranger.getAddress().getPort() + "/status";
    HaNode a = node("fw1", 2, ", \"peers\": [\"" + url + "\"]");
    network.advance(Duration.ofSeconds(5));
    try (a;
        StatusPort port = port(a)) {
      browser.open(port.url());
      assertThat(page.says("#verdict", "is none that this page understands")).isTrue();
      assertThat(page.becomes(0, "fw1", "MASTER")).isTrue();
      assertThat(page.text("#link")).contains("Live");
      nothingHasRun();
    } finally {
      stranger.stop(0);
    }
  }
}
