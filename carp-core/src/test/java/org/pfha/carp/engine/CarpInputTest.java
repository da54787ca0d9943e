package org.pfha.carp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpKeyring;
import org.pfha.carp.wire.CarpOddity;
import org.pfha.carp.wire.CarpReject;
import org.pfha.carp.wire.CarpView;
import org.pfha.carp.wire.VrrpAdvert;
import org.pfha.net.InternetChecksum;
import org.pfha.net.IpPacket;

/** What is believed, what is not, and under which name it is counted. */
class CarpInputTest {

  private static final List<InetAddress> ADDRESSES = List.of(Packets.address("192.0.2.11"));
  private static final InetAddress PEER = Packets.address("192.0.2.251");
  private static final InetAddress OWN = Packets.address("192.0.2.252");
  private static final InetAddress GROUP = Packets.group(false);
  private static final byte[] SECRET = "secret".getBytes(StandardCharsets.UTF_8);

  private final byte[] payload = new byte[CarpView.LENGTH];
  private CarpInput input = new CarpInput();

  @BeforeEach
  void aGoodAdvert() {
    input = receiver(CarpProfile.PFHA, false);
    new CarpAdvert(11, 1, 0, 0, 5).encode(payload, 0, key("secret"));
  }

  private static CarpAuthenticator key(String password) {
    return CarpAuthenticator.of(password.getBytes(StandardCharsets.UTF_8), 11, ADDRESSES);
  }

  private static CarpInput receiver(CarpProfile profile, boolean strict) {
    CarpInput input = new CarpInput(profile);
    input.add(
        CarpParameters.of(11, ADDRESSES).withProfile(profile),
        profile.keyring(SECRET, 11, ADDRESSES),
        strict);
    input.ownAddresses(List.of(OWN));
    return input;
  }

  private IpPacket packet(InetAddress source, InetAddress destination, int ttl) {
    return Packets.packet(payload.clone(), source, destination, ttl, 0);
  }

  private CarpReject verdict() {
    return input.check(packet(PEER, GROUP, 255));
  }

  private void checksum() {
    payload[6] = 0;
    payload[7] = 0;
    int sum = InternetChecksum.of(payload, 0, payload.length);
    payload[6] = (byte) (sum >> 8);
    payload[7] = (byte) sum;
  }

  @Test
  void aGoodAdvertIsBelievedAndCounted() {
    assertThat(verdict()).isEqualTo(CarpReject.NONE);
    assertThat(input.isVrrp()).isFalse();
    assertThat(input.advert().advert()).isEqualTo(new CarpAdvert(11, 1, 0, 0, 5));
    assertThat(input.key()).isEqualTo(CarpKeyring.Match.SENDING);
    assertThat(input.counters().verdicts(CarpReject.NONE)).isEqualTo(1);
    assertThat(input.counters().ipackets()).isEqualTo(1);
    assertThat(input.counters().ipackets6()).isZero();
  }

  /** Two faults in one packet: the first test of the profile's order names it (spec carp 6). */
  @ParameterizedTest
  @CsvSource({
    "FREEBSD_13,     badttl, badttl, badsum, badver",
    "FREEBSD_14,     badsum, badvhid, badsum, badver",
    "FREEBSD_15,     badsum, badvhid, badver, badver",
    "OPENBSD,        badttl, badttl, badsum, badver",
    "UCARP,          badttl, badttl, badver, badver",
    "PFHA,           badttl, badttl, badsum, badver",
    "PFHA_SUBSECOND, badttl, badttl, badsum, badver",
  })
  void theOrderOfTheTestsIsThatOfTheProfile(
      CarpProfile profile,
      String ttlAndChecksum,
      String ttlAndVhid,
      String checksumAndVersion,
      String versionAndHmac) {
    input = receiver(profile, false);
    payload[7] ^= 1;
    assertThat(input.check(packet(PEER, GROUP, 64))).hasToString(ttlAndChecksum);

    payload[1] = 12;
    checksum();
    assertThat(input.check(packet(PEER, GROUP, 64))).hasToString(ttlAndVhid);

    payload[1] = 11;
    payload[0] = 0x41;
    assertThat(verdict()).hasToString(checksumAndVersion);

    checksum();
    payload[20] ^= 1;
    checksum();
    assertThat(verdict()).hasToString(versionAndHmac);
  }

  @Test
  void odditiesAreAcceptedAndCountedAndDroppedByTheStrictMode() {
    payload[3] = 5;
    payload[4] = 3;
    checksum();
    byte[] longer = java.util.Arrays.copyOf(payload, 40);
    IpPacket odd = Packets.packet(longer, PEER, GROUP, 255, 0);
    assertThat(input.check(odd)).as("zeros are padding").isEqualTo(CarpReject.NONE);
    assertThat(input.counters().oddities(CarpOddity.TRAILING_BYTES)).isZero();
    longer[39] = 1;
    odd = Packets.packet(longer, PEER, GROUP, 255, 0);
    assertThat(input.check(odd)).isEqualTo(CarpReject.NONE);
    assertThat(input.counters().oddities(CarpOddity.TRAILING_BYTES)).isEqualTo(1);
    assertThat(input.counters().oddities(CarpOddity.AUTHLEN)).isEqualTo(2);
    assertThat(input.counters().oddities(CarpOddity.DEMOTE_BYTE)).isEqualTo(2);

    input = receiver(CarpProfile.PFHA, true);
    assertThat(input.check(odd)).isEqualTo(CarpReject.BADAUTHLEN);
    payload[3] = 7;
    checksum();
    longer = java.util.Arrays.copyOf(payload, 40);
    longer[39] = 1;
    assertThat(input.check(Packets.packet(longer, PEER, GROUP, 255, 0)))
        .isEqualTo(CarpReject.BADLEN);
    assertThat(verdict()).as("byte 4 is OpenBSD's").isEqualTo(CarpReject.NONE);
  }

  @Test
  void theTypeAndTheGroupAreTestedThoughNoKernelDoes() {
    assertThat(input.check(packet(PEER, Packets.address("224.0.0.1"), 255)))
        .isEqualTo(CarpReject.BADDST);
    assertThat(input.check(packet(PEER, OWN, 255))).isEqualTo(CarpReject.BADDST);
    payload[0] = 0x22;
    checksum();
    assertThat(verdict()).isEqualTo(CarpReject.BADTYPE);
  }

  @Test
  void anEchoIsAnAdvertFromAnOwnAddressByteForByteTheOwnLastOne() {
    input.sent(11, false, payload.clone());
    assertThat(input.check(packet(OWN, GROUP, 255))).isEqualTo(CarpReject.OWN_ADDRESS);
    assertThat(verdict()).as("a peer that shares the counter is heard").isEqualTo(CarpReject.NONE);
    new CarpAdvert(11, 1, 0, 0, 6).encode(payload, 0, key("secret"));
    assertThat(input.check(packet(OWN, GROUP, 255)))
        .as("a node that was given our address is heard")
        .isEqualTo(CarpReject.NONE);
  }

  @Test
  void openBsdTakesItsOwnCounterForAnEchoWhereverItComesFrom() {
    input = receiver(CarpProfile.OPENBSD, false);
    assertThat(verdict()).isEqualTo(CarpReject.NONE);
    input.sent(11, false, payload.clone());
    assertThat(verdict()).isEqualTo(CarpReject.BADAUTH);
  }

  @Test
  void aUnicastPeerMayBeFurtherAwayButIsNotAGroup() {
    CarpParameters unicast = CarpParameters.of(11, ADDRESSES).withPeers(List.of(PEER));
    input.add(unicast, CarpKeyring.of(key("secret")), false);
    assertThat(input.check(packet(PEER, OWN, 64))).isEqualTo(CarpReject.NONE);
    assertThat(verdict()).isEqualTo(CarpReject.BADDST);

    input = new CarpInput();
    input.add(
        CarpParameters.of(11, ADDRESSES).withPeers(List.of(Packets.address("239.10.20.30"))),
        CarpKeyring.of(key("secret")),
        false);
    assertThat(input.check(packet(PEER, Packets.address("239.10.20.30"), 255)))
        .as("another group")
        .isEqualTo(CarpReject.NONE);
    assertThat(verdict()).isEqualTo(CarpReject.BADDST);
  }

  @Test
  void freeBsd14TestsTheTtlOfUnicastPeersThatEndIn224To239() {
    CarpParameters parameters =
        CarpParameters.of(11, ADDRESSES).withProfile(CarpProfile.FREEBSD_14);
    CarpKeyring keys = CarpKeyring.of(key("secret"));
    input = new CarpInput(CarpProfile.FREEBSD_14);
    input.add(parameters.withPeers(List.of(Packets.address("192.0.2.230"))), keys, false);
    assertThat(input.check(packet(PEER, OWN, 64))).isEqualTo(CarpReject.BADTTL);
    input.add(parameters.withPeers(List.of(PEER)), keys, false);
    assertThat(input.check(packet(PEER, OWN, 64))).isEqualTo(CarpReject.NONE);
  }

  @Test
  void bothPasswordsAreBelievedWhileItIsChanged() {
    CarpKeyring rotating =
        CarpKeyring.of(key("new")).accepting(key("secret"), 1_000).accepting(key("older"), 500);
    input.keys(11, rotating);

    assertThat(input.check(Packets.packet(payload, PEER, GROUP, 255, 999)))
        .isEqualTo(CarpReject.NONE);
    assertThat(input.key()).isEqualTo(CarpKeyring.Match.OTHER_PASSWORD);
    assertThat(input.counters().oddities(CarpOddity.OTHER_PASSWORD)).isEqualTo(1);
    assertThat(input.check(Packets.packet(payload, PEER, GROUP, 255, 1_000)))
        .as("the window is over")
        .isEqualTo(CarpReject.BADAUTH);
    new CarpAdvert(11, 1, 0, 0, 6).encode(payload, 0, rotating.sending());
    assertThat(verdict()).isEqualTo(CarpReject.NONE);
    assertThat(rotating.toString()).doesNotContain("secret", "new");
  }

  @Test
  void bothFamiliesNeedAnAddressOfTheirs() {
    IpPacket ipv6 =
        Packets.packet(payload, Packets.address("fe80::9"), Packets.group(true), 255, 0);
    assertThat(input.check(ipv6)).isEqualTo(CarpReject.BADVHID);
    assertThat(input.counters().ipackets6()).isEqualTo(1);
    input.remove(11);
    assertThat(input.check(ipv6)).as("no virtual router is left").isEqualTo(CarpReject.BADIF);
    assertThat(verdict()).isEqualTo(CarpReject.BADVHID);
    assertThat(input.counters(11)).isNull();
  }

  @Test
  void brokenHeadersAreTheSystemsBusinessInAKernelAndOursHere() {
    byte[] bytes = packet(PEER, GROUP, 255).copy();
    bytes[10] ^= 1;
    IpPacket broken = new IpPacket().wrap(bytes, 0, bytes.length, Packets.LINK, 0);
    assertThat(input.check(broken)).isEqualTo(CarpReject.BADSUM);
    assertThat(receiver(CarpProfile.FREEBSD_13, false).check(broken))
        .isEqualTo(CarpReject.IP_LAYER);
    IpPacket cut = new IpPacket().wrap(bytes, 0, 30, Packets.LINK, 0);
    assertThat(input.check(cut)).isEqualTo(CarpReject.HDROPS);
    assertThat(input.check(new IpPacket().wrap(bytes, 0, 0, Packets.LINK, 0)))
        .isEqualTo(CarpReject.HDROPS);
  }

  @Test
  void vrrpAndCarpShareALinkButNotAVhid() {
    input.add(VrrpParameters.of(20, ADDRESSES));
    IpPacket vrrp = Packets.vrrp(new VrrpAdvert(20, 100, 100, ADDRESSES), "192.0.2.251", 0);
    assertThat(input.check(vrrp)).isEqualTo(CarpReject.NONE);
    assertThat(input.isVrrp()).isTrue();
    assertThat(input.vrrp().advert()).isEqualTo(new VrrpAdvert(20, 100, 100, ADDRESSES));
    assertThat(verdict()).isEqualTo(CarpReject.NONE);
    assertThat(input.isVrrp()).isFalse();

    IpPacket otherProtocol =
        Packets.vrrp(new VrrpAdvert(11, 100, 100, ADDRESSES), "192.0.2.251", 0);
    assertThat(input.check(otherProtocol)).isEqualTo(CarpReject.BADVER);
    payload[1] = 20;
    assertThat(verdict()).isEqualTo(CarpReject.BADVER);
  }

  @ParameterizedTest
  @EnumSource
  void vrrpIsBelievedByTheRulesOfItsProfile(VrrpProfile profile) {
    boolean lax = profile == VrrpProfile.FREEBSD_15;
    input.add(new VrrpParameters(profile, 20, 100, 100, true, 0, ADDRESSES));
    VrrpAdvert others = new VrrpAdvert(20, 100, 100, List.of(Packets.address("192.0.2.12")));
    CarpReject ofOthers = input.check(Packets.vrrp(others, "192.0.2.251", 0));
    assertThat(ofOthers)
        .isEqualTo(profile == VrrpProfile.KEEPALIVED ? CarpReject.BADADDRS : CarpReject.NONE);
    assertThat(input.counters().oddities(CarpOddity.OTHER_ADDRESSES))
        .isEqualTo(profile == VrrpProfile.KEEPALIVED ? 0 : 1);
    VrrpAdvert good = new VrrpAdvert(20, 100, 100, ADDRESSES);
    assertThat(input.check(Packets.vrrp(good, OWN.getHostAddress(), 0)))
        .isEqualTo(lax ? CarpReject.NONE : CarpReject.OWN_ADDRESS);
    assertThat(input.check(Packets.packet(good.encode(PEER, GROUP), PEER, GROUP, 254, 0)))
        .isEqualTo(CarpReject.BADTTL);
    IpPacket ipv6 =
        Packets.vrrp(
            new VrrpAdvert(20, 100, 100, List.of(Packets.address("2001:db8::1"))), "fe80::9", 0);
    assertThat(input.check(ipv6)).isEqualTo(CarpReject.BADVHID);
  }
}
