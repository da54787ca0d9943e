package org.pfha.examples.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pfha.pfsync.wire.StateFormat;

/** The file of {@code pfha node}: everything that is wrong with it is told at once. */
class NodeConfigTest {

  private static final List<String> LINKS = List.of("em0", "em1", "em2");
  private static final String SECRET = "mekmitasdigoat";
  private static final String ROUTER =
      "{'interface': 'em1', 'vhid': 1, 'addresses': ['192.0.2.1/24'], 'password_file': 'carp'}";

  @TempDir private Path directory;

  @BeforeEach
  void secrets() throws IOException {
    secret("carp", SECRET + "\nand a comment\n", "rw-------");
    secret("token", "0123456789abcdef\n", "r--------");
  }

  private void secret(String name, String content, String mode) throws IOException {
    Path file = directory.resolve(name);
    Files.writeString(file, content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private NodeConfig read(String json) throws IOException, NodeConfig.Rejected {
    Path file = directory.resolve("node.json");
    Files.writeString(file, json.replace('\'', '"'));
    return NodeConfig.read(file, LINKS);
  }

  private List<String> problems(String json) {
    NodeConfig.Rejected rejected =
        catchThrowableOfType(NodeConfig.Rejected.class, () -> read(json));
    assertThat(rejected).as(json).isNotNull();
    return rejected.problems().stream().map(Problem::toString).toList();
  }

  private List<String> problemsOfRouter(String more) {
    return problems("{'routers': [" + ROUTER.replace("}", more + "}") + "]}");
  }

  @Test
  void aFullConfigurationIsReadAsItIsMeant() throws Exception {
    NodeConfig config =
        read(
            """
            {'name': 'fw-a', 'preempt': true, 'virtual_addresses': 'macvlan',
             'maintenance_file': 'maintenance',
             'config_sync_record': 'sync.json',
             'status': {'address': '::1', 'port': 9112, 'token_file': 'token',
                        'names': ['FW1.example'], 'peers': ['http://172.16.1.3:9112/status']},
             'routers': [
               {'interface': 'em1', 'vhid': 1, 'addresses': ['192.0.2.1/24', '2001:db8::1/64'],
                'password_file': 'carp', 'profile': 'freebsd14', 'advbase': 2, 'advskew': 100,
                'peers': ['192.0.2.3'], 'group': 'wan', 'preempt': false, 'preempt_delay': '5s',
                'strict': true},
               {'interface': 'em0', 'vhid': 1, 'protocol': 'vrrp3', 'profile': 'keepalived',
                'addresses': ['198.51.100.1/24'], 'priority': 200, 'interval': '100ms'},
               {'interface': 'em0', 'vhid': 2, 'addresses': ['198.51.100.2/24'],
                'profile': 'pfha-subsecond', 'advbase': 0, 'advskew': 6, 'no_password': true}],
             'pfsync': {'creator_id': '0a1b2c3d', 'format': '1400', 'state_limit': 5000,
               'demote': false, 'alarm_on_silence': '30s', 'links': [
               {'interface': 'em2', 'peers': ['172.16.1.3']},
               {'interface': 'em1', 'multicast': true, 'trust_link': true}]}}
            """);

    assertThat(config.name()).isEqualTo("fw-a");
    assertThat(config.preempt()).isTrue();
    assertThat(config.vips()).isEqualTo(NodeConfig.VipKind.MACVLAN);
    assertThat(config.virtualMac()).isTrue();
    assertThat(config.maintenance()).contains(directory.resolve("maintenance"));
    assertThat(config.status().orElseThrow().address().getPort()).isEqualTo(9112);
    assertThat(config.status().orElseThrow().token()).contains("0123456789abcdef");
    assertThat(config.status().orElseThrow().names()).containsExactly("fw1.example");
    assertThat(config.status().orElseThrow().peers())
        .containsExactly(URI.create("http://172.16.1.3:9112/status"));
    assertThat(config.configSync()).contains(directory.resolve("sync.json"));
    assertThat(config.routers())
        .extracting(NodeConfig.Router::link, NodeConfig.Router::vhid)
        .hasToString("[(\"em1\", 1), (\"em0\", 1), (\"em0\", 2)]");
    assertThat(config.routers().get(0).addresses()).hasSize(2);
    Sync sync = config.pfsync().orElseThrow();
    assertThat(sync.format()).isEqualTo(StateFormat.V1400);
    assertThat(sync.creatorId()).isEqualTo(0x0a1b2c3d);
    assertThat(sync.limit()).isEqualTo(5000);
    assertThat(sync.demote()).isFalse();
    assertThat(sync.silence()).isEqualTo(Duration.ofSeconds(30));
    assertThat(sync.links().get(0).group()).isEmpty();
    assertThat(sync.links().get(1).group()).contains("224.0.0.240");
  }

  @Test
  void theSampleIsRight() throws Exception {
    secret("carp.password", SECRET, "rw-------");
    secret("status.token", "0123456789abcdef", "rw-------");
    Path sample = Path.of("src", "dist", "node.json");
    NodeConfig config = read(Files.readString(sample));
    assertThat(config.routers()).hasSize(2);
    assertThat(config.pfsync()).isPresent();
  }

  @Test
  void defaultsAreTheSafeOnes() throws Exception {
    NodeConfig config = read("{'routers': [" + ROUTER + "]}");
    assertThat(config.vips()).isEqualTo(NodeConfig.VipKind.PLAIN);
    assertThat(config.virtualMac()).isFalse();
    assertThat(config.status()).isEmpty();
    assertThat(config.pfsync()).isEmpty();
    NodeConfig local = read("{'status': {'port': 0}, 'routers': [" + ROUTER + "]}");
    assertThat(local.status().orElseThrow().address().getAddress().isLoopbackAddress()).isTrue();
    assertThat(local.status().orElseThrow().token()).isEmpty();
  }

  @Test
  void everythingThatIsWrongIsToldAtOnceWithItsPath() {
    assertThat(
            problems(
                """
                {'nmae': 'a', 'preempt': 'yes', 'realtime': 100,
                 'status': {'port': 70000, 'address': 'localhost'},
                 'routers': [
                   {'interface': 'em9', 'vhid': 300, 'addresses': ['192.0.2.1/33'],
                    'password_file': 'nowhere', 'advskew': 'low', 'profile': 'freebsd12'}],
                 'pfsync': {'format': '1200', 'creator_id': '0', 'links': [
                   {'interface': 'em2', 'peers': ['sync-peer']}]}}
                """))
        .anyMatch(problem -> problem.startsWith("realtime: must be between 1 and 99"))
        .anyMatch(problem -> problem.startsWith("nmae: is unknown here; there are "))
        .contains("preempt: must be true or false")
        .anyMatch(problem -> problem.startsWith("status.port: must be between 0 and 65535"))
        .anyMatch(problem -> problem.startsWith("status.address: 'localhost' is no IP address"))
        .anyMatch(problem -> problem.startsWith("routers[0].interface: there is no 'em9'"))
        .anyMatch(problem -> problem.contains("has vhid 300; it must be between 1 and 255"))
        .anyMatch(problem -> problem.startsWith("routers[0]: ") && problem.contains("33"))
        .anyMatch(
            problem ->
                problem.startsWith("routers[0].password_file: ")
                    && problem.endsWith("nowhere does not exist; create it"))
        .anyMatch(problem -> problem.startsWith("routers[0].advskew: must be a whole number"))
        .anyMatch(problem -> problem.startsWith("routers[0].profile: 'freebsd12' is none of "))
        .contains("pfsync.format: '1200' is none of 1301, 1400, 1500")
        .anyMatch(problem -> problem.startsWith("pfsync.creator_id: '0' is not"))
        .contains("pfsync.links[0].peers: 'sync-peer' is no address of a host");
  }

  @Test
  void noRouterIsNoNode() {
    assertThat(problems("{}")).singleElement().asString().startsWith("routers: has no virtual");
    assertThat(problems("[]")).first().asString().isEqualTo("configuration: must be {…}");
  }

  @Test
  void aVhidIsUsedOnceOnAnInterface() {
    assertThat(problems("{'routers': [" + ROUTER + "," + ROUTER + "]}"))
        .containsExactly(
            "routers[1].vhid: 1 on em1 is routers[0] already; use each vhid once per interface");
  }

  @ParameterizedTest
  @CsvSource({"rw-r-----", "rw----r--", "rw--w----", "rw-----w-", "rwx--x---"})
  void aPasswordThatOthersCanReachIsRefused(String mode) throws IOException {
    secret("carp", SECRET, mode);
    assertThat(problemsOfRouter(""))
        .singleElement()
        .asString()
        .startsWith("routers[0].password_file: ")
        .contains("has the mode " + mode, "chmod 600")
        .doesNotContain(SECRET);
  }

  @Test
  void aPasswordMustBeThereOrDeniedInWords() throws IOException {
    assertThat(problems("{'routers': [" + ROUTER.replace(", 'password_file': 'carp'", "") + "]}"))
        .containsExactly(
            "routers[0].password_file: is missing; name a file of mode 600, or say"
                + " \"no_password\": true");
    assertThat(problemsOfRouter(", 'no_password': true"))
        .containsExactly(
            "routers[0].password_file: and no_password exclude each other; remove one");
    secret("carp", "\n", "rw-------");
    assertThat(problemsOfRouter("")).singleElement().asString().contains("is empty");
    secret("carp", "x".repeat(21), "rw-------");
    assertThat(problemsOfRouter("")).singleElement().asString().contains("21 bytes");
  }

  @Test
  void aTokenHasSomeLength() throws IOException {
    secret("token", "short\n", "rw-------");
    assertThat(
            problems("{'status': {'port': 1, 'token_file': 'token'}, 'routers': [" + ROUTER + "]}"))
        .singleElement()
        .asString()
        .startsWith("status.token_file: holds a token of less than 16")
        .doesNotContain("short");
  }

  @Test
  void whatDoesNotBelongToTheProtocolIsUnknown() {
    assertThat(problemsOfRouter(", 'priority': 100"))
        .singleElement()
        .asString()
        .startsWith("routers[0].priority: is unknown here");
  }

  @Test
  void aFieldThatIsThereTwiceIsNoJson() {
    assertThatThrownBy(() -> read("{'routers': [], 'routers': []}"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("line 1")
        .hasMessageContaining("routers");
    assertThatThrownBy(() -> read("{\n'routers': [\n"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not JSON, line 3");
  }

  @Test
  void noSecretIsInAnyText() throws Exception {
    NodeConfig config =
        read("{'status': {'port': 1, 'token_file': 'token'}, 'routers': [" + ROUTER + "]}");
    assertThat(config.toString()).doesNotContain(SECRET).doesNotContain("0123456789abcdef");
  }

  @Test
  void aPeerThatCannotBeAskedIsToldWithTheUrl() {
    assertThat(
            problems(
                "{'status': {'port': 1, 'peers': ['ftp://x/', 'http://u:p@x/', '::', 'fw2']},"
                    + " 'routers': ["
                    + ROUTER
                    + "]}"))
        .hasSize(4)
        .allMatch(problem -> problem.startsWith("status.peers: '"))
        .allMatch(problem -> problem.contains("such as http://172.16.1.3:9112/status"));
  }
}
