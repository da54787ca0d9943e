package org.pfha.configsync.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pfha.configsync.doctor.LivePlants.status;
import static org.pfha.configsync.doctor.Plant.FW1;
import static org.pfha.configsync.doctor.Plant.FW2;
import static org.pfha.configsync.doctor.Plant.NOW;
import static org.pfha.configsync.doctor.Plant.pair;
import static org.pfha.configsync.doctor.Plant.tree;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A healthy pair has no finding; each mistake planted into it is found, and nothing else. */
class HaDoctorTest {

  static Stream<Plant> plants() {
    return Stream.concat(ConfigPlants.all().stream(), LivePlants.all().stream());
  }

  @Test
  void aHealthyPairHasNoFinding() {
    assertThat(pair(FW1, FW2).examine()).isEmpty();
    assertThat(
            pair(FW1, FW2)
                .withStatus(Side.A, status("MASTER", "MASTER"))
                .withStatus(Side.B, status("BACKUP", "BACKUP"))
                .examine())
        .isEmpty();
    assertThat(HaDoctor.of(tree(FW1)).at(NOW).examine()).as("alone").isEmpty();
  }

  @ParameterizedTest
  @MethodSource("plants")
  void aPlantedMistakeIsFoundOnceAndNothingElse(Plant plant) {
    List<Finding> findings = plant.findings();
    assertThat(findings).extracting(Finding::check).containsExactly(plant.check());
    Finding finding = findings.get(0);
    assertThat(finding.side()).isEqualTo(plant.side());
    assertThat(finding.text()).contains(finding.path(), plant.check().why(), plant.check().mend());
    assertThat(finding.toJson())
        .contains("\"check\":\"" + plant.check() + "\"", "\"side\":\"" + plant.side() + "\"");
  }

  @Test
  void everyRuleHasAMistakeThatBreaksIt() {
    Set<Check> planted = EnumSet.noneOf(Check.class);
    plants().forEach(plant -> planted.add(plant.check()));
    Set<Check> unplanted = EnumSet.complementOf(EnumSet.copyOf(planted));
    assertThat(unplanted)
        .as("GUI_PROTOCOL shows with GUI_PLAIN, see below")
        .containsExactly(Check.GUI_PROTOCOL);
  }

  @Test
  void oneNodeInTheClearIsPlainAndDifferent() {
    List<Finding> findings =
        pair(FW1, FW2.replace("<protocol>https<", "<protocol>http<")).examine();
    assertThat(findings)
        .extracting(Finding::check)
        .containsExactly(Check.GUI_PROTOCOL, Check.GUI_PLAIN);
  }

  @Test
  void splitPoolsNeedNoFailover() {
    String a = FW1.replace("<failover_peerip>10.20.0.3</failover_peerip>", "");
    String b =
        FW2.replace("<failover_peerip>10.20.0.2</failover_peerip>", "")
            .replace("10.20.0.100<", "10.20.0.200<")
            .replace("10.20.0.199<", "10.20.0.249<");
    assertThat(pair(a, b).examine()).isEmpty();
  }

  @Test
  void multicastPfsyncIsHealthyIfTheRuleLetsItPass() {
    String a = FW1.replaceAll("<pfsyncpeerip>[^<]+<", "<pfsyncpeerip><");
    String b = FW2.replaceAll("<pfsyncpeerip>[^<]+<", "<pfsyncpeerip><");
    assertThat(pair(a, b).examine()).isEmpty();
    String narrow =
        a.replaceFirst(
            "(?s)<any></any>(\\s+</destination>\\s+<descr><!\\[CDATA\\[states)",
            "<network>opt1ip</network>$1");
    assertThat(pair(narrow, b).examine())
        .extracting(Finding::check)
        .containsExactly(Check.RULE_PFSYNC);
  }

  @Test
  void floatingRulesAndThoseOfGroupsPassToo() {
    String disabled = "<tracker>1700000101</tracker><disabled></disabled>";
    String floating =
        "<rule><floating>yes</floating><quick>yes</quick><type>pass</type><interface>%s</interface>"
            + "<protocol>pfsync</protocol><source><any></any></source>"
            + "<destination><any></any></destination></rule><rule><tracker>1700000102";
    for (String nics : List.of("opt1", "wan,opt1", "")) {
      UnaryOperator<String> rules =
          text ->
              text.replace("<tracker>1700000101</tracker>", disabled)
                  .replaceFirst("<rule>\\s+<tracker>1700000102", floating.formatted(nics));
      assertThat(pair(rules.apply(FW1), rules.apply(FW2)).examine()).as(nics).isEmpty();
    }
    UnaryOperator<String> group =
        text ->
            text.replace(
                    "<interface>opt1</interface>\n\t\t\t<ipprotocol>inet</ipprotocol>\n\t\t\t<protocol>pfsync",
                    "<interface>Private</interface>\n\t\t\t<protocol>pfsync")
                .replace(
                    "<dhcpbackend>",
                    "<ifgroups><ifgroupentry><ifname>Private</ifname><members>lan opt1</members>"
                        + "</ifgroupentry></ifgroups><dhcpbackend>");
    assertThat(group.apply(FW1)).contains("Private</interface>");
    assertThat(pair(group.apply(FW1), group.apply(FW2)).examine()).isEmpty();
  }

  @Test
  void noFindingShowsASecret() {
    List<String> secrets =
        Stream.of(FW1, FW2)
            .flatMap(
                text ->
                    Pattern.compile(
                            "<(?:password|bcrypt-hash|pre-shared-key|prv)>(?:<!\\[CDATA\\[)?([^<\\]]+)")
                        .matcher(text)
                        .results()
                        .map(result -> result.group(1)))
            .distinct()
            .toList();
    assertThat(secrets).hasSizeGreaterThan(6);
    plants()
        .flatMap(plant -> plant.findings().stream())
        .forEach(
            finding ->
                assertThat(finding.text() + finding.toJson() + finding)
                    .doesNotContain(secrets)
                    .doesNotContain("other-secret"));
    assertThat(new HaNode(Side.A, tree(FW1)).vips().toString()).doesNotContain(secrets);
  }

  @Test
  void theWorstComesFirst() {
    String b =
        FW2.replace("<hostname>fw2<", "<hostname>fw1<").replace("<version>24.5<", "<version>1<");
    assertThat(pair(FW1, b).examine())
        .extracting(Finding::severity)
        .containsExactly(Severity.ERROR, Severity.WARNING);
  }

  @Test
  void nodesOfDifferentProductsAreRefused() {
    String other = "<opnsense><system><hostname>x</hostname></system></opnsense>";
    assertThatThrownBy(() -> pair(FW1, other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one node is pfsense, the other opnsense");
  }

  @Test
  void anEmptyConfigurationIsNoCrash() {
    for (String root : List.of("pfsense", "opnsense")) {
      String empty = "<%s><version>1</version></%s>".formatted(root, root);
      assertThat(pair(empty, empty).examine())
          .extracting(Finding::check)
          .contains(Check.PFSYNC_OFF, Check.TARGET_MISSING);
    }
  }

  @Test
  void textsOfTheRulesAreSentencesWithoutMarkup() {
    assertThat(Arrays.stream(Check.values()))
        .allSatisfy(
            check -> {
              assertThat(check.why()).isNotBlank().doesNotEndWith(".");
              assertThat(check.mend()).isNotBlank().doesNotEndWith(".");
            });
  }
}
