package org.pfha.carp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpKeyring;
import org.pfha.carp.wire.CarpOddity;
import org.pfha.carp.wire.CarpReject;
import org.pfha.carp.wire.CarpView;
import org.pfha.carp.wire.VrrpAdvert;
import org.pfha.net.InternetChecksum;
import org.pfha.net.IpPacket;

/**
 * The whole receive path under every profile, from bytes to the engine's actions: nothing throws,
 * the counters add up, and the engine stays in its states.
 *
 * <p>Input: a profile, then packets, each behind a byte of flags and a length. Flags repair the
 * checksum or the HMAC, which no fuzzer guesses, and let time pass.
 */
class ReceivePathFuzzTest {

  private static final int REPAIR_HMAC = 1;
  private static final int REPAIR_CHECKSUM = 2;
  private static final int TICK = 4;
  private static final int LOSE_LINK = 8;

  private static final List<InetAddress> CARP =
      List.of(Packets.address("192.0.2.11"), Packets.address("2001:db8::b"));
  private static final List<InetAddress> IPV4 = List.of(Packets.address("192.0.2.11"));

  private static final class Count implements CarpActions {
    private final List<Decision> decisions = new ArrayList<>();

    @Override
    public void sendAdvert(CarpAdvert advert, boolean ipv6) {}

    @Override
    public void sendAdvert(VrrpAdvert advert, boolean ipv6) {}

    @Override
    public void announce(InetAddress address) {}

    @Override
    public void roleChanged(Role from, Role to, RoleReason reason, long atNanos) {
      assertThat(from).isNotEqualTo(to);
    }

    @Override
    public void sendErrorDemotion(int amount) {}

    @Override
    public boolean wantsDecisions() {
      return true;
    }

    @Override
    public void decided(Decision decision) {
      decisions.add(decision);
    }
  }

  @FuzzTest(maxDuration = "1m")
  void everyProfile(byte[] data) {
    if (data.length == 0) {
      return;
    }
    CarpProfile[] profiles = CarpProfile.values();
    CarpProfile profile = profiles[(data[0] & 0x7f) % profiles.length];
    VrrpProfile[] vrrpProfiles = VrrpProfile.values();
    VrrpProfile vrrpProfile = vrrpProfiles[(data[0] & 0x7f) % vrrpProfiles.length];
    List<InetAddress> addresses = profile == CarpProfile.UCARP ? IPV4 : CARP;
    CarpParameters parameters = CarpParameters.of(11, addresses).withProfile(profile);
    VrrpParameters vrrpParameters = new VrrpParameters(vrrpProfile, 12, 100, 100, true, 0, IPV4);
    CarpKeyring keys = profile.keyring(new byte[] {1}, 11, addresses);
    CarpInput input = new CarpInput(profile);
    input.add(parameters, keys, data[0] < 0);
    input.add(vrrpParameters);
    input.ownAddresses(List.of(Packets.address("192.0.2.252")));
    CarpEngine carp = new CarpEngine(parameters, () -> 1);
    VrrpEngine vrrp = new VrrpEngine(vrrpParameters);
    Count count = new Count();
    carp.linkUp(0, count);
    vrrp.linkUp(0, count);

    int packets = 0;
    int accepted = 0;
    long now = 0;
    for (int at = 1; at + 2 <= data.length; ) {
      int flags = data[at] & 0xff;
      int length = Math.min(data[at + 1] & 0xff, data.length - at - 2);
      byte[] bytes = java.util.Arrays.copyOfRange(data, at + 2, at + 2 + length);
      at += 2 + length;
      repair(bytes, flags, keys.sending());
      now += (flags & 0xf0) * 10_000_000L;
      if ((flags & LOSE_LINK) != 0) {
        carp.linkDown(now, count);
        carp.linkUp(now, count);
      }
      if ((flags & TICK) != 0) {
        carp.tick(now, count);
        vrrp.tick(now, count);
      }
      IpPacket packet = new IpPacket().wrap(bytes, 0, bytes.length, Packets.LINK, now);
      packets++;
      if (input.check(packet) == CarpReject.NONE) {
        accepted++;
        if (input.isVrrp()) {
          vrrp.received(input.vrrp(), packet, count);
        } else {
          carp.received(input.advert(), packet, count);
        }
      }
      assertThat(carp.isWaiting()).isEqualTo(carp.role() != Role.INIT);
      assertThat(vrrp.isWaiting()).isEqualTo(vrrp.role() != Role.INIT);
    }

    ReceiveCounters counters = input.counters();
    long verdicts = 0;
    for (CarpReject verdict : CarpReject.values()) {
      verdicts += counters.verdicts(verdict);
    }
    assertThat(verdicts).isEqualTo(packets);
    assertThat(counters.ipackets() + counters.ipackets6()).isEqualTo(packets);
    assertThat(counters.verdicts(CarpReject.NONE)).isEqualTo(accepted);
    for (CarpOddity oddity : CarpOddity.values()) {
      assertThat(counters.oddities(oddity)).isLessThanOrEqualTo(accepted);
    }
    count.decisions.forEach(decision -> assertThat(decision.toString()).isNotEmpty());
  }

  private static void repair(byte[] bytes, int flags, CarpAuthenticator key) {
    IpPacket packet = new IpPacket().wrap(bytes, 0, bytes.length, Packets.LINK, 0);
    if (packet.check() != IpPacket.Check.OK || packet.payloadLength() < CarpView.LENGTH) {
      return;
    }
    int at = packet.payloadOffset();
    if ((flags & REPAIR_HMAC) != 0) {
      CarpView view = new CarpView().wrap(bytes, at, packet.payloadLength());
      key.sign(view.counter(), bytes, at + 16);
    }
    if ((flags & (REPAIR_HMAC | REPAIR_CHECKSUM)) != 0) {
      bytes[at + 6] = 0;
      bytes[at + 7] = 0;
      int sum = InternetChecksum.of(bytes, at, CarpView.LENGTH);
      bytes[at + 6] = (byte) (sum >> 8);
      bytes[at + 7] = (byte) sum;
    }
  }
}
