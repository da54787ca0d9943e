package org.pfha.configsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.Authenticator;
import org.pfha.configsync.rpc.PasswordCheck;
import org.pfha.configsync.rpc.XmlRpc;

/** Attack 13: a sync account is not a way to become administrator of the other node. */
class PrivilegeTest {
  private static final Map<String, Object> GROUPS =
      Map.of("name", "admins", "gid", "1999", "member", List.of("0"));

  private ConfigStore store;
  private final List<SecondaryReport> reports = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    store = ConfigStores.inMemory(Samples.bytes("config-secondary.xml"));
  }

  private String restore(boolean administrators, Map<String, Object> sections) throws Exception {
    ConfigSecondary.Builder builder =
        ConfigSecondary.over(store)
            .credentials("hasync", SectionPair.SECRET)
            .areas(SyncArea.all())
            .onReport(reports::add);
    ConfigSecondary secondary = (administrators ? builder.administrators() : builder).build();
    byte[] call = XmlRpc.encodeCall("pfsense.restore_config_section", sections, 900);
    return new String(
        Samples.exchange(secondary.server(), "hasync", SectionPair.SECRET, call),
        StandardCharsets.UTF_8);
  }

  private static Map<String, Object> user(String name, String uid) {
    return Map.of("name", name, "uid", uid, "bcrypt-hash", "$2y$10$attacker", "priv", List.of());
  }

  private static Map<String, Object> accounts(Map<String, Object> user) {
    Map<String, Object> system = new LinkedHashMap<>();
    system.put("user", List.of(user));
    system.put("group", List.of(GROUPS));
    return Map.of("system", system);
  }

  static List<Map<String, Object>> attacks() {
    return List.of(
        accounts(user("toor", "0")),
        accounts(user("almost", "1999")),
        Map.of("system", Map.of("user", List.of(user("admin", "0")))),
        Map.of("system", Map.of("group", List.of(GROUPS))),
        Map.of("system", Map.of("webgui", Map.of("port", "4444"))),
        Map.of("system", Map.of("hostname", "owned")),
        Map.of("system", "5"),
        Map.of("interfaces", Map.of("wan", Map.of("ipaddr", "dhcp"))),
        Map.of("hasync", Map.of("synchronizetoip", "192.0.2.66")),
        Map.of("hasync", Map.of("adminsync", "on", "password", "mine")),
        Map.of("cron", Map.of("item", List.of(Map.of("command", "/bin/sh")))),
        Map.of("version", "99.9"),
        Map.of("revision", Map.of("username", "nobody")));
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void refusedAsAWholeAndReported(Map<String, Object> call) throws Exception {
    assertThat(restore(false, call)).contains("-32602");
    assertThat(store.load()).isEqualTo(Samples.bytes("config-secondary.xml"));
    assertThat(reports)
        .extracting(SecondaryReport::outcome)
        .containsExactly(SecondaryReport.Outcome.REFUSED);
  }

  @Test
  void theAdministratorIsReplacedOnlyIfBothSidesWantIt() throws Exception {
    Map<String, Object> quiet = accounts(user("admin", "0"));
    Map<String, Object> asking = new LinkedHashMap<>(quiet);
    asking.put("hasync", Map.of("adminsync", "on"));
    String before = adminsHash();
    restore(false, asking);
    assertThat(adminsHash()).isEqualTo(before);
    restore(true, quiet);
    assertThat(adminsHash()).isEqualTo(before);
    restore(true, asking);
    assertThat(adminsHash()).isEqualTo("$2y$10$attacker");
  }

  private String adminsHash() throws Exception {
    for (ConfigNode user :
        ConfigTree.parse(store.load()).section("system").fields().at("user").items()) {
      Fields fields = user.fields();
      if (fields.at("name").text().equals("admin")) {
        return fields.at("bcrypt-hash").text();
      }
    }
    return "gone";
  }

  @Test
  void theAuditRecordNamesSectionsAndUsersAndNoSecret() throws Exception {
    restore(false, accounts(user("eve", "2077")));
    SecondaryReport report = reports.get(0);
    assertThat(report.outcome()).isEqualTo(SecondaryReport.Outcome.APPLIED);
    assertThat(report.changed()).containsExactly("system");
    assertThat(report.diff()).anyMatch(line -> line.contains("user[name=eve]"));
    assertThat(report.toString()).doesNotContain("$2y$10$attacker");
  }

  /** Two pfSense nodes that point at each other, however the address is written. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "172.31.255.1",
        "::ffff:172.31.255.1",
        "https://172.31.255.1:8443/",
        " 172.31.255.1"
      })
  void aCallFromTheOwnTargetIsRefused(String target) throws Exception {
    ConfigTree own = ConfigTree.parse(store.load());
    Fields hasync =
        own.section("hasync").fields().with("synchronizetoip", new ConfigNode.Text(target));
    store.save(own.with("hasync", hasync).toXml());
    byte[] before = store.load();
    assertThat(restore(false, Map.of("filter", Map.of("rule", List.of())))).contains("-32012");
    assertThat(store.load()).isEqualTo(before);
  }

  @Test
  void targetsAreComparedAsAddressesAndNeverLookedUp() throws Exception {
    var address = InetAddress.getByName("fe80::1");
    assertThat(
            List.of("fe80::1", "FE80:0::1", "[fe80::1]", "https://[fe80::1]:443/x", "fe80::1%em0"))
        .allMatch(target -> Targets.isSame(target, address));
    assertThat(List.of("", "fe80::2", "localhost", "no.such.name.invalid", "[", "http://"))
        .noneMatch(target -> Targets.isSame(target, address));
  }

  /** Attack 29: the clear text of a new password is gone once the push succeeded. */
  @Test
  void aNewPasswordReplacesTheOldOneAfterThePush() throws Exception {
    ConfigTree own = Samples.tree("config-primary.xml");
    Fields hasync = own.section("hasync").fields().with("new_password", new ConfigNode.Text("n3w"));
    ConfigTree withNew = own.with("hasync", hasync);
    List<ConfigTree> stored = new ArrayList<>();
    for (char[] accepted : new char[][] {"n3w".toCharArray(), SectionPair.SECRET}) {
      stored.clear();
      ConfigStore peerStore = ConfigStores.inMemory(Samples.bytes("config-secondary.xml"));
      Map<String, char[]> secret = new ConcurrentHashMap<>();
      secret.put("now", SectionPair.SECRET);
      ConfigSecondary peer =
          ConfigSecondary.over(peerStore)
              .accounts(
                  new Authenticator() {
                    @Override
                    public PasswordCheck find(String user) {
                      return PasswordCheck.of(secret.get("now"));
                    }

                    @Override
                    public PasswordCheck decoy() {
                      return find("");
                    }
                  },
                  (user, method) -> true)
              .areas(SyncArea.all())
              .onApplied((before, after, changed) -> secret.put("now", accepted))
              .build();
      ConfigPrimary primary =
          ConfigPrimary.to("peer")
              .as("hasync", SectionPair.SECRET)
              .areas(SyncArea.all())
              .client(SectionPair.client(peer))
              .onPasswordChange(stored::add)
              .build();
      SyncReceipt receipt = primary.sync(withNew);
      assertThat(receipt.verified()).isTrue();
      boolean changed = accepted != SectionPair.SECRET;
      assertThat(stored).hasSize(changed ? 1 : 0);
      assertThat(receipt.warnings()).hasSize(changed ? 0 : 1);
      if (changed) {
        Fields after = stored.get(0).section("hasync").fields();
        assertThat(after.get("new_password")).isNull();
        assertThat(after.at("password").text()).isEqualTo("n3w");
      }
      // Whatever password is right now is used from now on.
      assertThat(primary.sync(own).verified()).isTrue();
    }
  }

  @Test
  void aCallerWithoutTheRightToAMethodIsRefused() throws Exception {
    ConfigSecondary secondary =
        ConfigSecondary.over(store)
            .accounts(
                Authenticator.of(Map.of("hasync", PasswordCheck.of(SectionPair.SECRET))),
                (user, method) -> !method.contains("restore"))
            .areas(SyncArea.all())
            .build();
    ConfigPrimary primary =
        ConfigPrimary.to("peer")
            .as("hasync", SectionPair.SECRET)
            .areas(SyncArea.all())
            .client(SectionPair.client(secondary))
            .build();
    ConfigTree own = Samples.tree("config-primary.xml");
    assertThatThrownBy(() -> primary.sync(own)).isInstanceOf(SyncException.Privilege.class);
    assertThat(store.load()).isEqualTo(Samples.bytes("config-secondary.xml"));
  }
}
