package org.pfha.configsync.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.doctor.PlannedSegment.Addresses;
import org.pfha.configsync.doctor.PlannedSegment.Kind;

/** Plans for the three usual networks, and the doctor's opinion of them. */
class HaPlanTest {

  private static final PlanSecrets SECRETS =
      new PlanSecrets((nic, vhid) -> "carp-" + nic + "-" + vhid, "sync-secret");

  private static HaPlanBuilder singleWan() {
    return HaPlan.of("fw1", "fw2")
        .wan("WAN", "198.51.100.0/29", "198.51.100.6")
        .lan("LAN", "10.20.0.0/24")
        .dhcp("LAN");
  }

  private static HaPlanBuilder multiWan() {
    return HaPlan.of("paris-1", "paris-2")
        .wan("FIBRE", "198.51.100.0/29,2001:db8:1::/64", "198.51.100.6")
        .wan("CABLE", "203.0.113.64/28", "203.0.113.65")
        .lan("LAN", "10.20.0.0/22,2001:db8:20::/64")
        .dmz("DMZ", "10.30.0.0/24")
        .dmz("GUESTS", "10.40.0.0/16")
        .sync("10.255.0.0/29")
        .device("LAN", "lagg0")
        .device("DMZ", "lagg0.30")
        .device("GUESTS", "lagg0.40")
        .dhcp("LAN")
        .dhcp("GUESTS");
  }

  private static HaPlanBuilder routed() {
    return HaPlan.of("edge-a", "edge-b")
        .wan("WAN", "198.51.100.0/29", "198.51.100.1")
        .routed("SERVERS", "203.0.113.0/26,2001:db8:30::/64")
        .lan("OFFICE", "172.31.0.0/16");
  }

  static Stream<HaPlanBuilder> scenarios() {
    return Stream.of(singleWan(), multiWan(), routed());
  }

  /** A configuration of everything but what a plan brings. */
  private static ConfigTree skeleton(String name) throws IOException, ConfigFormatException {
    try (InputStream in = HaPlanTest.class.getResourceAsStream(name)) {
      ConfigTree tree = ConfigTree.parse(in.readAllBytes());
      return new ConfigTree(
          tree.root(),
          tree.sections()
              .without(
                  "interfaces",
                  "gateways",
                  "virtualip",
                  "dhcpbackend",
                  "dhcpd",
                  "unbound",
                  "nat",
                  "aliases",
                  "filter",
                  "ipsec",
                  "openvpn",
                  "hasync"));
    }
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void theDoctorFindsNothingWrongWithAPlannedPair(HaPlanBuilder scenario)
      throws IOException, ConfigFormatException {
    HaPlan plan = scenario.build();
    ConfigTree a = plan.into(skeleton("fw1.xml"), Side.A, SECRETS);
    ConfigTree b = plan.into(skeleton("fw2.xml"), Side.B, SECRETS);
    assertThat(ConfigTree.parse(a.toXml())).as("what is written is what is planned").isEqualTo(a);
    List<Finding> findings =
        HaDoctor.of(a).withSecondary(b).at(Instant.parse("2026-11-01T00:00:00Z")).examine();
    assertThat(findings).isEmpty();
  }

  @Test
  void theLowestAddressMovesAndItsLastOctetIsTheVhid() {
    HaPlan plan = singleWan().build();
    assertThat(plan.segments())
        .extracting(PlannedSegment::nic, PlannedSegment::first)
        .containsExactly(
            tuple(
                "wan",
                new Addresses(
                    "198.51.100.0/29", "198.51.100.1", "198.51.100.2", "198.51.100.3", 1)),
            tuple("lan", new Addresses("10.20.0.0/24", "10.20.0.1", "10.20.0.2", "10.20.0.3", 1)),
            tuple("opt1", new Addresses("172.31.255.0/30", "", "172.31.255.1", "172.31.255.2", 0)));
  }

  @Test
  void gatewaysReservedAddressesAndTakenIdsAreLeftAlone() {
    HaPlan plan =
        HaPlan.of("a", "b")
            .wan("WAN", "198.51.100.64/28", "198.51.100.65")
            .lan("LAN", "10.0.0.0/24")
            .reserve("10.0.0.2")
            .avoid("WAN", 66)
            .avoid("LAN", 1)
            .avoid("LAN", 2)
            .build();
    assertThat(plan.segments().get(0).first())
        .isEqualTo(
            new Addresses(
                "198.51.100.64/28", "198.51.100.66", "198.51.100.67", "198.51.100.68", 67));
    assertThat(plan.segments().get(1).first())
        .isEqualTo(new Addresses("10.0.0.0/24", "10.0.0.1", "10.0.0.3", "10.0.0.4", 3));
  }

  @Test
  void bothFamiliesOfASegmentHaveVhidsOfTheirOwn() {
    PlannedSegment lan =
        multiWan().build().segments().stream()
            .filter(segment -> segment.nic().equals("lan"))
            .findFirst()
            .orElseThrow();
    assertThat(lan.addresses())
        .containsExactly(
            new Addresses("10.20.0.0/22", "10.20.0.1", "10.20.0.2", "10.20.0.3", 1),
            new Addresses(
                "2001:db8:20::/64", "2001:db8:20::1", "2001:db8:20::2", "2001:db8:20::3", 2));
    assertThat(lan.device()).isEqualTo("lagg0");
  }

  @Test
  void theSyncNetworkOverlapsNothing() {
    HaPlan plan =
        HaPlan.of("a", "b")
            .wan("WAN", "198.51.100.0/29", "198.51.100.6")
            .lan("LAN", "172.31.128.0/17")
            .build();
    PlannedSegment sync = plan.segments().get(2);
    assertThat(sync.kind()).isEqualTo(Kind.SYNC);
    assertThat(sync.first().network()).isEqualTo("172.31.127.0/30");
  }

  @Test
  void publicNetworksAreRoutedToTheSharedAddressAndNotTranslated() throws ConfigFormatException {
    HaPlan plan = routed().build();
    assertThat(plan.notes())
        .contains(
            "let the provider route 203.0.113.0/26 to 198.51.100.2, the shared address, not to a"
                + " node");
    String xml = new String(plan.fragment(Side.A, SECRETS).toXml(), StandardCharsets.UTF_8);
    assertThat(xml.replaceAll("\\s", ""))
        .contains(
            "<network>203.0.113.0/26</network></source><destination><any></any></destination>"
                + "<interface>wan</interface><nonat></nonat>");
  }

  @Test
  void aPlanTellsAllProblemsAtOnce() {
    assertThatThrownBy(
            () ->
                HaPlan.of("fw-master", "fw-MASTER")
                    .wan("WAN", "198.51.100.0/30", "192.0.2.1")
                    .lan("LAN", "10.0.0.0/8")
                    .lan("LAN", "10.1.0.0/33")
                    .dmz("B A D", "10.2.0.0/24")
                    .sync("10.255.0.0/16")
                    .sync("172.16.0.0/30")
                    .device("NOWHERE", "igb9")
                    .dhcp("WAN")
                    .reserve("x")
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "'fw-master' names a state",
            "both nodes are named 'fw-master'",
            "gateway '192.0.2.1' is not in 198.51.100.0/30",
            "198.51.100.0/30 has no 3 free addresses",
            "'10.1.0.0/33' is no network",
            "two networks are named 'LAN'",
            "'B A D' is no name",
            "overlaps 10.0.0.0/8",
            "10.255.0.0/16 is no IPv4 network of /30 to /24 for sync",
            "there is one sync network, but 2 are given",
            "no network is named 'NOWHERE'",
            "WAN is no inside network: no DHCP there",
            "reserved address 'x' is none");
    assertThatThrownBy(() -> HaPlan.of("a", "b").build())
        .hasMessageContainingAll("a plan needs a WAN", "a plan needs an inside network");
  }

  @Test
  void noTextShowsASecret() throws ConfigFormatException {
    HaPlan plan = multiWan().build();
    PlanSecrets made = PlanSecrets.madeBy(() -> "generated");
    assertThat(plan.text() + plan.toJson() + plan + made + SECRETS)
        .doesNotContain("carp-lan", "sync-secret", "generated");
    assertThat(plan.toJson()).contains("\"nic\":\"opt1\",\"label\":\"SYNC\"");
    assertThat(plan.text()).contains("FIBRE", "paris-1", "advskew 0 on paris-1, 100 on paris-2");
    byte[] a = plan.fragment(Side.A, made).toXml();
    assertThat(new String(a, StandardCharsets.UTF_8)).contains("generated");
  }

  @Test
  void bothNodesGetTheSamePasswordsAndIdentifiers() {
    int[] made = {0};
    PlanSecrets secrets = PlanSecrets.madeBy(() -> "p" + made[0]++);
    HaPlan plan = multiWan().build();
    HaNode a = new HaNode(Side.A, plan.fragment(Side.A, secrets));
    HaNode b = new HaNode(Side.B, plan.fragment(Side.B, secrets));
    assertThat(a.vips()).hasSize(7).extracting(Vip::uniqid).doesNotHaveDuplicates();
    assertThat(a.vips()).extracting(Vip::password).doesNotHaveDuplicates();
    assertThat(b.vips()).extracting(Vip::password).isEqualTo(passwords(a));
    assertThat(b.vips())
        .extracting(Vip::uniqid)
        .isEqualTo(a.vips().stream().map(Vip::uniqid).toList());
  }

  private static List<String> passwords(HaNode node) {
    return node.vips().stream().map(Vip::password).toList();
  }

  /** Random networks either make a healthy pair or are refused with a reason. */
  @Test
  void randomPlansAreHealthyOrRefused() throws IOException, ConfigFormatException {
    long seed = 909;
    SplittableRandom random = new SplittableRandom(seed);
    ConfigTree first = skeleton("fw1.xml");
    ConfigTree second = skeleton("fw2.xml");
    Map<Boolean, int[]> outcomes = Map.of(true, new int[1], false, new int[1]);
    for (int run = 0; run < 300; run++) {
      HaPlanBuilder builder = HaPlan.of("fw1", "fw2");
      for (int i = 0; i <= random.nextInt(3); i++) {
        int octet = random.nextInt(4);
        builder.wan(
            "W" + i,
            "198.51.%d.0/%d".formatted(octet, random.nextInt(20, 31)),
            "198.51.%d.%d".formatted(octet, random.nextInt(1, 7)));
      }
      for (int i = 0; i <= random.nextInt(4); i++) {
        String network =
            "10.%d.%d.0/%d"
                .formatted(random.nextInt(40), random.nextInt(256), random.nextInt(16, 31));
        switch (random.nextInt(3)) {
          case 0 -> builder.lan("L" + i, network).dhcp("L" + i);
          case 1 -> builder.dmz("L" + i, network);
          default -> builder.routed("L" + i, network);
        }
      }
      HaPlan plan;
      try {
        plan = builder.build();
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageMatching(".*(overlaps|free addresses|gateway).*");
        outcomes.get(false)[0]++;
        continue;
      }
      outcomes.get(true)[0]++;
      assertThat(
              HaDoctor.of(plan.into(first, Side.A, SECRETS))
                  .withSecondary(plan.into(second, Side.B, SECRETS))
                  .examine())
          .as("seed %d run %d", seed, run)
          .isEmpty();
    }
    assertThat(outcomes.get(true)[0]).isGreaterThan(50);
    assertThat(outcomes.get(false)[0]).isGreaterThan(50);
  }
}
