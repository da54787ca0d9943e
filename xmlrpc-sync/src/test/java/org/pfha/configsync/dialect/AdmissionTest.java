package org.pfha.configsync.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.configsync.SyncArea;
import org.pfha.configsync.SyncPolicy;
import org.pfha.configsync.SyncPolicy.Behaviour;
import org.pfha.configsync.SyncScope;
import org.pfha.configsync.config.ConfigFormat;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.RpcFault;

/** What a secondary refuses as a whole, whatever account sends it (spec 22, rows 10 to 13, 24). */
class AdmissionTest {
  private static final String PFSENSE =
      "<pfsense><version>1</version><system><hostname>h</hostname>"
          + "<user><name>admin</name><uid>0</uid></user>"
          + "<user><name>ann</name><uid>2000</uid></user>"
          + "<group><name>all</name><gid>1998</gid></group></system>"
          + "<filter><rule><tracker>1</tracker></rule></filter>"
          + "<snmpd><rocommunity>x</rocommunity></snmpd></pfsense>";
  private static final String OPNSENSE =
      "<opnsense><system><hostname>h</hostname><user><name>root</name><uid>0</uid></user></system>"
          + "<filter><rule><descr>d</descr></rule></filter></opnsense>";

  private static SyncPolicy policy(Behaviour behaviour, Set<SyncArea> areas) {
    return new SyncPolicy(SyncScope.areas(areas), List.of(), behaviour, false, Map.of());
  }

  private static ConfigTree tree(String xml) throws Exception {
    return ConfigTree.parse(xml.getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, Object> struct(Object... pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put((String) pairs[i], pairs[i + 1]);
    }
    return map;
  }

  private static ConfigTree pfSense(Behaviour behaviour, Object call) throws Exception {
    var sections = new WireTree(ConfigFormat.pfSense()).sections(call);
    SyncPolicy policy = policy(behaviour, SyncArea.all());
    return PfSenseSecondary.restore(tree(PFSENSE), sections, policy, null).tree();
  }

  private static ConfigTree opnSense(Behaviour behaviour, Object call) throws Exception {
    var sections = new WireTree(ConfigFormat.opnSense()).sections(call);
    SyncPolicy policy = policy(behaviour, SyncArea.all());
    return OpnSenseSecondary.restore(tree(OPNSENSE), sections, policy).tree();
  }

  private static void assertRefused(ThrowingCall call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            RpcFault.class,
            fault -> assertThat(fault.code()).isEqualTo(RpcFault.INVALID_PARAMETERS));
  }

  private interface ThrowingCall {
    void run() throws Exception;
  }

  /** Row 10: a member's name becomes an element, so it must be a name, at every depth. */
  @ParameterizedTest
  @ValueSource(
      strings = {"bad name <x>", "mac><x", "", "a/b", "..", "a b", "1x", "-a", "é", "a\u0000", "&"})
  void aNameThatIsNoElementIsRefused(String name) {
    Map<String, Object> inner = struct("wol", struct("wolentry", List.of(struct(name, "1"))));
    for (Behaviour behaviour : Behaviour.values()) {
      assertRefused(() -> pfSense(behaviour, struct(name, struct("a", "1"))));
      assertRefused(() -> pfSense(behaviour, inner));
      assertRefused(() -> opnSense(behaviour, struct(name, struct("a", "1"))));
      assertRefused(() -> opnSense(behaviour, struct("filter", struct(name, "1"))));
    }
    assertRefused(() -> pfSense(Behaviour.LIKE_THE_PRODUCT, struct("WoL", struct("Entry", "1"))));
  }

  /** Row 11: sections are exact names of enabled areas, not paths. */
  @ParameterizedTest
  @ValueSource(
      strings = {"interfaces", "cron", "version", "revision", "snmpd", "nosuch", "system.user"})
  void aSectionThatIsNotEnabledIsRefused(String section) {
    assertRefused(() -> pfSense(Behaviour.SAFE, struct(section, struct("a", "1"))));
    assertRefused(() -> opnSense(Behaviour.SAFE, struct(section, struct("a", "1"))));
  }

  @Test
  void ofTheSystemOnlyWhatIsEnabledIsAccepted() throws Exception {
    assertRefused(() -> pfSense(Behaviour.SAFE, struct("system", struct("hostname", "x"))));
    assertRefused(() -> pfSense(Behaviour.SAFE, struct("hasync", struct("username", "x"))));
    assertRefused(() -> opnSense(Behaviour.SAFE, struct("system", struct("hostname", "x"))));
    assertRefused(
        () -> opnSense(Behaviour.SAFE, struct("OPNsense", struct("Interfaces", struct("a", "1")))));
    Map<String, Object> server = struct("authserver", List.of(struct("name", "x")));
    assertThat(pfSense(Behaviour.SAFE, struct("system", server)).section("system").fields().map())
        .containsKeys("hostname", "user", "authserver");
  }

  /** Row 12: shapes that wipe a section, or a file that could not be read again. */
  @ParameterizedTest
  @EnumSource(Behaviour.class)
  void aWrongShapeIsRefused(Behaviour behaviour) {
    List<Object> wrong = new ArrayList<>();
    wrong.add(List.of("a", "b"));
    wrong.add("text");
    wrong.add(struct("system", 5));
    wrong.add(struct("filter", "nonsense"));
    wrong.add(struct("aliases", struct("alias", struct("name", "A"))));
    wrong.add(struct("aliases", struct("alias", "A")));
    wrong.add(struct("filter", struct("rule", List.of(List.of("x")))));
    wrong.add(struct("wol", struct("mac", new byte[] {1})));
    for (Object call : wrong) {
      assertRefused(() -> pfSense(behaviour, call));
      assertRefused(() -> opnSense(behaviour, call));
    }
    assertRefused(() -> pfSense(behaviour, struct("wol", struct("mac", List.of("a", "b")))));
  }

  /** Row 13: no administrator is made or replaced by a sync account. */
  @ParameterizedTest
  @EnumSource(Behaviour.class)
  void anAdministratorIsNotMade(Behaviour behaviour) {
    List<?> root = List.of(struct("name", "root2", "uid", "0"));
    List<?> ann = List.of(struct("name", "ann", "uid", "0"));
    List<?> twice =
        List.of(struct("name", "ann", "uid", "2000"), struct("name", "ann", "uid", "2001"));
    List<?> groups = List.of(struct("name", "all", "gid", "1998"));
    for (List<?> users : List.of(root, ann, twice)) {
      assertRefused(
          () -> pfSense(behaviour, struct("system", struct("user", users, "group", groups))));
      assertRefused(() -> opnSense(behaviour, struct("system", struct("user", users))));
    }
    assertRefused(() -> pfSense(behaviour, struct("system", struct("user", root))));
    assertRefused(() -> pfSense(behaviour, struct("system", struct("group", groups))));
    assertRefused(
        () -> pfSense(behaviour, struct("system", struct("user", List.of(), "group", List.of()))));
  }

  @Test
  void theAdministratorStaysUnlessBothSidesWantHimReplaced() throws Exception {
    Map<String, Object> call =
        struct(
            "system",
            struct(
                "user",
                List.of(
                    struct("name", "admin", "uid", "0", "bcrypt-hash", "theirs"),
                    struct("name", "ann", "uid", "2000")),
                "group",
                List.of(struct("name", "all", "gid", "1998"))),
            "hasync",
            struct("adminsync", "on"));
    var sections = new WireTree(ConfigFormat.pfSense()).sections(call);
    SyncPolicy refusing = policy(Behaviour.SAFE, SyncArea.all());
    SyncPolicy willing =
        new SyncPolicy(refusing.scope(), List.of(), Behaviour.SAFE, true, Map.of());
    assertThat(hash(PfSenseSecondary.restore(tree(PFSENSE), sections, refusing, null))).isEmpty();
    assertThat(hash(PfSenseSecondary.restore(tree(PFSENSE), sections, willing, null)))
        .isEqualTo("theirs");
    sections.remove("hasync");
    assertThat(hash(PfSenseSecondary.restore(tree(PFSENSE), sections, willing, null))).isEmpty();
  }

  private static String hash(Merged merged) {
    assertThat(merged.tree().sections().map()).doesNotContainKey("hasync");
    return merged.tree().section("system").fields().at("user").items().stream()
        .filter(user -> user.fields().at("name").text().equals("admin"))
        .map(user -> user.fields().at("bcrypt-hash").text())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void opnSenseKeepsItsRootAndItsKeys() throws Exception {
    Map<String, Object> call =
        struct(
            "system",
            struct(
                "user",
                List.of(
                    struct("name", "root", "uid", "0", "password", "theirs"),
                    struct("name", "ann", "uid", "2000"))));
    ConfigTree safe = opnSense(Behaviour.SAFE, call);
    ConfigTree exact = opnSense(Behaviour.LIKE_THE_PRODUCT, call);
    assertThat(safe.section("system").fields().at("user").items()).hasSize(2);
    assertThat(safe.section("system").fields().at("user").items().get(0).fields().get("password"))
        .isNull();
    assertThat(exact.section("system").fields().at("user").items().get(0).fields().at("password"))
        .hasToString("Text[6 characters]");
    assertRefused(
        () ->
            opnSense(
                Behaviour.SAFE,
                struct("system", struct("user", List.of(struct("name", "ann", "uid", "2000"))))));
  }

  /** Row 24: addresses on each other, in circles of every length. */
  @ParameterizedTest
  @EnumSource(Behaviour.class)
  void addressesThatReferToThemselvesAreRefused(Behaviour behaviour) throws Exception {
    for (int length : new int[] {1, 2, 1000}) {
      List<Object> vips = new ArrayList<>();
      for (int i = 0; i < length; i++) {
        vips.add(
            struct("mode", "ipalias", "uniqid", "u" + i, "interface", "_vipu" + (i + 1) % length));
      }
      assertRefused(() -> pfSense(behaviour, struct("virtualip", struct("vip", vips))));
      vips.remove(0);
      vips.add(struct("mode", "carp", "uniqid", "carp", "interface", "wan"));
      assertThat(pfSense(behaviour, struct("virtualip", struct("vip", vips)))).isNotNull();
    }
  }
}
