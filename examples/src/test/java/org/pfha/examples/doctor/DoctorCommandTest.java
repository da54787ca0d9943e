package org.pfha.examples.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.carp.CarpNode;
import org.pfha.carp.VirtualRouter;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimNetwork;
import picocli.CommandLine;

/** {@code pfha doctor} on the shipped samples. */
class DoctorCommandTest {

  private static final String SAMPLES = "samples/";
  private static final String AT = "--at=2026-11-01T00:00:00Z";

  @TempDir private Path directory = Path.of("");

  private record Outcome(int code, String out, String err) {

    /** The names of the rules, in their order. */
    List<String> checks() throws IOException {
      List<String> checks = new ArrayList<>();
      try (JsonParser parser = new JsonFactory().createParser(out)) {
        while (parser.nextToken() != null) {
          if ("check".equals(parser.currentName()) && parser.currentToken().isScalarValue()) {
            checks.add(parser.getText());
          }
        }
      }
      return checks;
    }
  }

  private static Outcome run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        new CommandLine(new DoctorCommand())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new Outcome(code, out.toString(), err.toString());
  }

  @Test
  void theHealthySamplesAreHealthy() {
    Outcome outcome = run(AT, "--states", "800000", SAMPLES + "fw1.xml", SAMPLES + "fw2.xml");
    assertThat(outcome.out)
        .isEqualToIgnoringNewLines("the pair is healthy: nothing found that breaks failover");
    assertThat(outcome.code).isZero();
    assertThat(run(AT, "--json", SAMPLES + "fw1.xml").out)
        .isEqualToIgnoringNewLines("{\"healthy\":true,\"findings\":[]}");
  }

  @Test
  void everyMistakeInTheBrokenSamplesIsFoundOnceAndNoneInvented() throws IOException {
    Outcome outcome = run(AT, "--json", SAMPLES + "broken-fw1.xml", SAMPLES + "broken-fw2.xml");
    assertThat(outcome.code).isEqualTo(1);
    assertThat(outcome.checks())
        .containsExactlyInAnyOrder(
            "HOSTNAME_ROLE",
            "VERSION_DIFFERS",
            "PASSWORD_DIFFERS",
            "PASSWORD_MISSING",
            "SKEW_ORDER",
            "VIP_MASK",
            "VIP_MISSING",
            "ADDRESSES_DIFFER",
            "DYNAMIC_ADDRESS",
            "PFSYNC_PEER",
            "PFSYNC_HOST_ID",
            "SYNC_GATEWAY",
            "TARGET_ON_SECONDARY",
            "ACCOUNT_PRIVILEGE",
            "RULE_GUI",
            "NAT_NOT_VIP",
            "DHCP_GATEWAY",
            "DHCP_DNS",
            "DHCP_FAILOVER",
            "DNS_NOT_VIP",
            "IPSEC_NOT_VIP",
            "OPENVPN_NOT_VIP",
            "GATEWAY_GROUP_NOT_VIP",
            "POLICY_ROUTING",
            "MAINTENANCE",
            "PREEMPT_OFF",
            "MANAGEMENT_IS_VIP",
            "CLOCK",
            "TIMEZONE",
            "STATE_LIMIT_DIFFERS",
            "CERTIFICATE_MISSING",
            "INTERFACE_DEVICE");
    String text = run(AT, SAMPLES + "broken-fw1.xml", SAMPLES + "broken-fw2.xml").out;
    assertThat(text)
        .contains("PASSWORD_DIFFERS  BOTH", "virtualip/vip[opt2 vhid 31]", "why:", "mend:")
        .doesNotContain("sample-dmz", "sample-other", "sample-psk", "sample-sync-password");
  }

  @Test
  void theProvidersVrrpIsToldByTheOperator() throws IOException {
    String[] files = {SAMPLES + "fw1.xml", SAMPLES + "fw2.xml"};
    assertThat(run(AT, "--json", "--vrrp=wan:11", files[0], files[1]).checks())
        .containsExactly("VHID_VRRP");
    assertThat(run(AT, "--json", "--vrrp=wan:12", files[0], files[1]).checks()).isEmpty();
    assertThat(run("--vrrp=wan", files[0]).code).isEqualTo(2);
    assertThat(run("--vrrp=wan:0", files[0]).err).contains("VRID 0 is not between 1 and 255");
  }

  /** What a running node writes is what the doctor reads. */
  @Test
  void theStatusOfARunningNodeIsRead() throws IOException {
    SimNetwork net = new SimNetwork(1);
    SimHost host = net.host("fw1");
    host.attach(net.segment("wan"), "igb0", "198.51.100.2/29");
    try (CarpNode node =
        CarpNode.builder(host)
            .virtualRouter(
                VirtualRouter.onInterface("igb0")
                    .vhid(11)
                    .password("x")
                    .address(
                        InetAddresses.toAddrString(InetAddresses.forString("198.51.100.1")) + "/29")
                    .advskew(0))
            .start()) {
      net.advance(Duration.ofSeconds(5));
      Path healthy = directory.resolve("healthy.json");
      Files.writeString(healthy, "[" + node.explain("igb0", 11).toJson() + "]");
      assertThat(run(AT, "--json", "--status", healthy.toString(), SAMPLES + "fw1.xml").checks())
          .isEmpty();
      node.demotion().demote("operator", "forgotten", 240);
      net.advance(Duration.ofSeconds(5));
      Path demoted = directory.resolve("demoted.json");
      Files.writeString(
          demoted,
          """
          {"name":"fw1","maintenance":null,"demotion":%s,
           "routers":[{"interface":"igb0","vhid":11,"role":"MASTER","explanation":%s}],
           "pfsync":{"states":99,"state_limit":100,"awaiting_bulk":true}}
          """
              .formatted(node.demotion().toJson(), node.explain("igb0", 11).toJson()));
      Outcome outcome = run(AT, "--json", "--status", demoted.toString(), SAMPLES + "fw1.xml");
      assertThat(outcome.checks())
          .containsExactlyInAnyOrder("LIVE_DEMOTION", "LIVE_STATES", "LIVE_BULK");
      assertThat(outcome.out).contains("demoted by 240: +240 operator: forgotten");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "{}", "[1,2]", "{\"routers\":5}", "not json", "{\"a\":"})
  void whatIsNoStatusIsRefused(String content) throws IOException {
    Path file = Files.writeString(directory.resolve("status.json"), content);
    Outcome outcome = run(AT, "--status", file.toString(), SAMPLES + "fw1.xml");
    if (content.equals("[1,2]")) {
      assertThat(outcome.code).as("two routers that say nothing").isNotEqualTo(2);
    } else {
      assertThat(outcome.code).isEqualTo(2);
      assertThat(outcome.err).contains("status.json");
    }
  }

  @Test
  void whatCannotBeReadIsTold() throws IOException {
    assertThat(run(directory.resolve("gone.xml").toString()).err).contains("no such file");
    Path broken = Files.writeString(directory.resolve("x.xml"), "<pfsense><a></pfsense>");
    Outcome outcome = run(broken.toString());
    assertThat(outcome.code).isEqualTo(2);
    assertThat(outcome.err).contains("not well-formed");
    assertThat(run().code).isEqualTo(2);
  }

  /** The library's tests plant mistakes into its own copies. */
  @Test
  void theSamplesAreThoseOfTheLibrarysTests() throws IOException {
    Path copies =
        Path.of("../xmlrpc-sync/src/test/resources/org/pfha/configsync/doctor").toAbsolutePath();
    for (String name : List.of("fw1.xml", "fw2.xml")) {
      assertThat(Path.of(SAMPLES, name)).hasSameTextualContentAs(copies.resolve(name));
    }
  }
}
