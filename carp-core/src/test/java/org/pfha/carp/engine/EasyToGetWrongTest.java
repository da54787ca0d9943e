package org.pfha.carp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpKeyring;
import org.pfha.carp.wire.CarpReject;
import org.pfha.carp.wire.CarpView;
import org.pfha.carp.wire.VrrpAdvert;
import org.pfha.net.InternetChecksum;
import org.pfha.net.IpPacket;

/** The facts that spec carp 19 names, each by itself. */
class EasyToGetWrongTest {

  private static final byte[] SECRET = {'s', 'e', 'c', 'r', 'e', 't'};
  private static final InetAddress V4 = Packets.address("192.0.2.1");
  private static final InetAddress V6 = Packets.address("2001:db8::1");
  private static final InetAddress LINK_LOCAL = Packets.address("fe80::5e:1");

  private final byte[] advert = new byte[CarpView.LENGTH];

  private static CarpAuthenticator key(InetAddress... addresses) {
    return CarpAuthenticator.of(SECRET, 1, List.of(addresses));
  }

  private static CarpInput input(CarpProfile profile, CarpKeyring keys, InetAddress... addresses) {
    CarpInput input = new CarpInput(profile);
    input.add(CarpParameters.of(1, List.of(addresses)).withProfile(profile), keys, false);
    return input;
  }

  @Test
  void theChecksumHasNoPseudoHeaderNotEvenOverIpv6() {
    CarpInput input = input(CarpProfile.PFHA, CarpKeyring.of(key(V6)), V6);
    new CarpAdvert(1, 1, 0, 0, 1).encode(advert, 0, key(V6));
    InetAddress source = Packets.address("fe80::9");
    InetAddress group = Packets.group(true);
    assertThat(input.check(Packets.packet(advert, source, group, 255, 0)))
        .isEqualTo(CarpReject.NONE);

    advert[6] = 0;
    advert[7] = 0;
    int sum =
        InternetChecksum.finish(
            InternetChecksum.sum(source.getAddress(), 0, 16)
                + InternetChecksum.sum(group.getAddress(), 0, 16)
                + CarpView.PROTOCOL
                + advert.length
                + InternetChecksum.sum(advert, 0, advert.length));
    advert[6] = (byte) (sum >> 8);
    advert[7] = (byte) sum;
    assertThat(input.check(Packets.packet(advert, source, group, 255, 0)))
        .isEqualTo(CarpReject.BADSUM);
  }

  @Test
  void theCounterIsSentHighWordFirstAndIsRandomWhileAlone() {
    new CarpAdvert(1, 1, 0, 0, 0x0102030405060708L).encode(advert, 0, key(V4));
    assertThat(HexFormat.of().formatHex(advert, 8, 16)).isEqualTo("0102030405060708");

    long[] random = {5, -77, 1L << 63, 12};
    List<Long> sent = new ArrayList<>();
    Sink sink = new Sink(sent);
    int[] drawn = {0};
    CarpEngine engine = new CarpEngine(CarpParameters.of(1, List.of(V4)), () -> random[drawn[0]++]);
    engine.linkUp(0, sink);
    for (int i = 0; i < 3; i++) {
      engine.tick(engine.deadlineNanos(), sink);
    }
    assertThat(sent).containsExactly(5L, -77L, 1L << 63);
  }

  @Test
  void bothFamiliesAreInEveryHmac() {
    new CarpAdvert(1, 1, 0, 0, 1).encode(advert, 0, key(V6, V4));
    CarpView view = new CarpView().wrap(advert, 0, advert.length);
    assertThat(key(V4, V6).verify(view)).isTrue();
    assertThat(key(V4).verify(view)).isFalse();
    assertThat(key(V6).verify(view)).isFalse();
  }

  @Test
  void ipv4AddressesAreSortedUnsignedAndBeforeIpv6() {
    CarpAuthenticator key =
        key(V6, Packets.address("203.0.113.1"), Packets.address("127.0.0.1"), V4);
    assertThat(HexFormat.of().formatHex(key.message(0)))
        .isEqualTo(
            "020101"
                + "7f000001"
                + "c0000201"
                + "cb007101"
                + "20010db8000000000000000000000001"
                + "0000000000000000");
  }

  @Test
  void zonesAreDropped() throws UnknownHostException {
    byte[] asKameStoresIt = LINK_LOCAL.getAddress();
    asKameStoresIt[3] = 4;
    InetAddress scoped = Inet6Address.getByAddress(null, asKameStoresIt, 4);
    assertThat(key(scoped).message(7)).isEqualTo(key(LINK_LOCAL).message(7));
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"PFHA", "PFHA_SUBSECOND"})
  void typeAndAuthlenAreNotLookedAtByPeers(CarpProfile profile) {
    CarpInput input = input(profile, profile.keyring(SECRET, 1, List.of(V4)), V4);
    new CarpAdvert(1, 1, 0, 0, 1).encode(advert, 0, key(V4));
    advert[0] = 0x22;
    advert[3] = 0;
    advert[6] = 0;
    advert[7] = 0;
    int sum = InternetChecksum.of(advert, 0, advert.length);
    advert[6] = (byte) (sum >> 8);
    advert[7] = (byte) sum;
    IpPacket packet =
        Packets.packet(advert, Packets.address("192.0.2.9"), Packets.group(false), 255, 0);
    assertThat(input.check(packet)).isEqualTo(CarpReject.NONE);
  }

  @Test
  void deadlinesCountFromTheArrivalOfTheFrame() {
    Sink sink = new Sink(new ArrayList<>());
    CarpParameters parameters = CarpParameters.of(1, List.of(V4)).withInterval(1, 100);
    CarpEngine engine = new CarpEngine(parameters, () -> 1);
    engine.linkUp(0, sink);
    IpPacket packet = Packets.carp(new CarpAdvert(1, 1, 0, 0, 1), key(V4), "192.0.2.9", 500);

    // whatever time it is when this is called
    engine.received(Packets.view(packet), packet, sink);

    assertThat(engine.deadlineNanos()).isEqualTo(500 + parameters.masterDownNanos());
  }

  @Test
  void openBsdsWayOfHashingIsAcceptedOnRequest() {
    CarpAuthenticator freeBsd = key(V6, LINK_LOCAL);
    CarpAuthenticator openBsd = CarpAuthenticator.openBsd(SECRET, 1, List.of(V6, LINK_LOCAL), null);
    new CarpAdvert(1, 1, 0, 0, 1).encode(advert, 0, openBsd);
    IpPacket packet =
        Packets.packet(advert, Packets.address("fe80::9"), Packets.group(true), 255, 0);
    CarpKeyring one = CarpKeyring.of(freeBsd);
    assertThat(input(CarpProfile.PFHA, one, V6, LINK_LOCAL).check(packet))
        .isEqualTo(CarpReject.BADAUTH);
    CarpInput compatible = input(CarpProfile.PFHA, one.accepting(openBsd), V6, LINK_LOCAL);
    assertThat(compatible.check(packet)).isEqualTo(CarpReject.NONE);
    assertThat(compatible.key()).isEqualTo(CarpKeyring.Match.OTHER_HASHING);
    CarpKeyring openBsdRing = CarpProfile.OPENBSD.keyring(SECRET, 1, List.of(V6, LINK_LOCAL));
    assertThat(input(CarpProfile.OPENBSD, openBsdRing, V6, LINK_LOCAL).check(packet))
        .isEqualTo(CarpReject.NONE);
  }

  private record Sink(List<Long> counters) implements CarpActions {

    @Override
    public void sendAdvert(VrrpAdvert advert, boolean ipv6) {
      throw new AssertionError("there is no VRRP here: " + advert);
    }

    @Override
    public void sendAdvert(CarpAdvert sent, boolean ipv6) {
      counters.add(sent.counter());
    }

    @Override
    public void announce(InetAddress address) {}

    @Override
    public void roleChanged(Role from, Role to, RoleReason reason, long atNanos) {}

    @Override
    public void sendErrorDemotion(int amount) {}
  }
}
