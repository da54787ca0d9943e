package org.pfha.configsync.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Items;

/** What a plan shows: every difference, at the entry it belongs to, and never a secret. */
class ConfigDiffTest {

  private static ConfigTree tree(String inside) throws Exception {
    return ConfigTree.parse(("<pfsense>" + inside + "</pfsense>").getBytes(StandardCharsets.UTF_8));
  }

  private static String diff(String before, String after) throws Exception {
    return tree(before).diff(tree(after)).toString();
  }

  private static String rules(String... rules) {
    StringBuilder filter = new StringBuilder("<filter>");
    for (String rule : rules) {
      String[] parts = rule.split(" ", 2);
      filter.append("<rule><tracker>").append(parts[0]).append("</tracker><descr>");
      filter.append(parts[1]).append("</descr></rule>");
    }
    return filter.append("</filter>").toString();
  }

  @Test
  void entriesAreMatchedByWhatIdentifiesThem() throws Exception {
    assertThat(diff(rules("1 a", "2 b", "3 c"), rules("1 a", "3 changed", "4 new")))
        .isEqualTo(
            """
            - filter/rule[tracker=2]: {tracker: "2", descr: "b"}
            ~ filter/rule[tracker=3]/descr: "c" -> "changed"
            + filter/rule[tracker=4]: {tracker: "4", descr: "new"}
            """);
  }

  @Test
  void whatOnlyMovedIsToldAsMoved() throws Exception {
    assertThat(diff(rules("1 a", "2 b", "3 c", "4 d"), rules("4 d", "1 a", "2 b", "3 c")))
        .isEqualTo("> filter/rule[tracker=4]: from place 4 to 1\n");
    // An entry that is gone moves nobody.
    assertThat(diff(rules("1 a", "2 b", "3 c"), rules("2 b", "3 c"))).doesNotContain(">");
  }

  @Test
  void blanksAreAlike() throws Exception {
    assertThat(diff("<aliases/><wol>\n</wol>", "<aliases></aliases><wol/>")).isEmpty();
    assertThat(tree("<a/>").diff(tree("<a/>")).isEmpty()).isTrue();
  }

  @Test
  void listsOfTextsAreComparedAsTexts() throws Exception {
    assertThat(
            diff(
                "<group><name>g</name><member>0</member><member>1</member></group>",
                "<group><name>g</name><member>1</member><member>7</member></group>"))
        .isEqualTo(
            """
            - group[name=g]/member["0"]: "0"
            + group[name=g]/member["7"]: "7"
            """);
  }

  @Test
  void entriesWithoutIdentityAreMatchedByContent() throws Exception {
    String a = "<phase2><mode>tunnel</mode></phase2>";
    String b = "<phase2><mode>transport</mode></phase2>";
    ConfigDiff diff = tree("<x>" + a + a + b + "</x>").diff(tree("<x>" + b + a + "</x>"));
    assertThat(diff.changes())
        .extracting(ConfigDiff.Change::kind)
        .containsExactlyInAnyOrder(ConfigDiff.Kind.REMOVED, ConfigDiff.Kind.MOVED);
    assertThat(diff.sections()).containsExactly("x");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          password          | x
          ldap_bindpw       | x
          radius_secret     | x
          bcrypt-hash       | x
          md5-hash          | x
          pre-shared-key    | x
          shared_key        | x
          prv               | QUJD
          privatekey        | x
          apikeys           | k
          rocommunity       | x
          tls_auth_key      | x
          otp_seed          | x
          radiuskey2        | x
          encryption_password | x
          new_password      | x
          custom_options    | c2VydmVyOg==
          anything          | $2y$10$PRIMARYADMINHASHxxxxxx
          anything          | $6$salt$x
          anything          | LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tClBucXk1c2Y0dkpy
          anything          | -----BEGIN RSA PRIVATE KEY-----
          anything          | Zm9vYmFyMTIzNDU2Nzg5MGFiY2RlZmdoaWo=
          anything          | a1b2c3d4e5f60718293a4b5c6d7e8f90
          """)
  void secretsAreNeverShown(String name, String value) {
    assertThat(Secrets.show("section/" + name, name, value)).isEqualTo(Secrets.HIDDEN);
    assertThat(Secrets.show("section/" + name, name, "")).isEqualTo("\"\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          descr          | A sentence of ordinary words that goes on for quite a while
          uuid           | 3f1c0000-0000-4000-8000-000000000001
          tracker        | 1000000101
          subnet         | 2001:db8:20::1
          refid          | 5f00000000ca1
          hash-algorithm | sha256
          interface      | _vip5f0000000d001
          bypass         | on
          gateway        | COREGW
          publickey      | Zm9vYmFyMTIzNDU2Nzg5MGFiY2RlZmdoaWo=
          """)
  void whatPeopleWroteIsShown(String name, String value) {
    assertThat(Secrets.show("section/" + name, name, value)).isEqualTo("\"" + value + "\"");
  }

  @Test
  void aValueCannotForgeALine() {
    assertThat(Secrets.show("a", "descr", "x\n+ forged \u001b[2J\u202e\"\\"))
        .isEqualTo("\"x\\u000a+ forged \\u001b[2J\\u202e\\\"\\\\\"");
  }

  @Test
  void jsonSaysTheSame() throws Exception {
    assertThat(tree(rules("1 a")).diff(tree(rules("1 q\"q"))).toJson())
        .isEqualTo(
            "[{\"change\":\"~\",\"path\":\"filter/rule[tracker=1]/descr\","
                + "\"before\":\"\\\"a\\\"\",\"after\":\"\\\"q\\\\\\\"q\\\"\"}]");
  }

  @Test
  void opnSenseEntriesAreKnownByTheirUuid() throws Exception {
    String entry = "<rule uuid=\"%s\"><enabled>%s</enabled></rule>";
    ConfigTree before =
        ConfigTree.parse(
            ("<opnsense><f>"
                    + entry.formatted("u-1", 1)
                    + entry.formatted("u-2", 1)
                    + "</f></opnsense>")
                .getBytes(StandardCharsets.UTF_8));
    ConfigTree after =
        ConfigTree.parse(
            ("<opnsense><f>" + entry.formatted("u-2", 0) + "</f></opnsense>")
                .getBytes(StandardCharsets.UTF_8));
    assertThat(before.diff(after).toString())
        .contains("- f/rule[uuid=u-1]", "~ f/rule[uuid=u-2]/enabled: \"1\" -> \"0\"");
  }

  @Test
  @Timeout(30)
  void thousandsOfShuffledRulesAreComparedAtOnce() {
    Fields filter = ConfigFormatTest.rules(10_000);
    List<ConfigNode> shuffled = new ArrayList<>(filter.at("rule").items());
    long seed = System.nanoTime();
    Collections.shuffle(shuffled, new Random(seed));
    ConfigDiff diff = ConfigDiff.between(filter, Fields.NONE.with("rule", new Items(shuffled)));
    assertThat(diff.changes())
        .as("seed " + seed)
        .hasSizeBetween(9_000, 10_000)
        .allMatch(change -> change.kind() == ConfigDiff.Kind.MOVED);
  }
}
