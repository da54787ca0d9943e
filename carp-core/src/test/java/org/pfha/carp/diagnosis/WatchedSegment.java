package org.pfha.carp.diagnosis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pfha.carp.engine.Role;
import org.pfha.carp.engine.RoleReason;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpReject;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.InternetChecksum;
import org.pfha.net.IpDatagram;
import org.pfha.net.IpPacket;
import org.pfha.net.LinkAddress;
import org.pfha.net.MacAddress;
import org.pfha.net.NeighbourView;
import org.pfha.net.OutboundPacket;

/** Virtual router 1 on em1 of 192.0.2.2, advbase 1 and advskew 0, and whoever else there is. */
final class WatchedSegment {

  static final String SECRET = "mekmitasdigoat";
  static final List<InetAddress> SHARED = addresses("192.0.2.1", "2001:db8::1");
  static final String PEER = "192.0.2.3";
  static final String PEER6 = "fe80::3";
  static final String OWN = "192.0.2.2";
  static final MacAddress OWN_MAC = new MacAddress(0x0200_0000_0002L);
  static final MacAddress PEER_MAC = new MacAddress(0x0200_0000_0003L);
  static final long SECOND = 1_000_000_000L;

  final List<CarpDiagnosis> told = new ArrayList<>();
  final CarpWatch watch;
  private final long origin;
  private long now;
  private long counter = 0x1000;

  WatchedSegment() {
    this(ReplayPolicy.REPORT, 0);
  }

  /** With a clock that begins anywhere. */
  WatchedSegment(ReplayPolicy policy, long origin) {
    this.origin = origin;
    this.now = origin;
    watch =
        new CarpWatch(watched(), WatchedSegment::explainer, new HmacBudget(), policy, told::add);
  }

  static Watched watched() {
    return new Watched("em1", 1, SECOND, 3 * SECOND, SHARED, addresses(OWN, "fe80::2"), OWN_MAC);
  }

  static HmacExplainer explainer() {
    return HmacExplainer.of(1, SECRET.getBytes(UTF_8), SHARED)
        .withOtherAddresses(addresses("192.0.2.99"));
  }

  static List<InetAddress> addresses(String... texts) {
    return Arrays.stream(texts).map(text -> LinkAddress.parse(text).address()).toList();
  }

  static CarpAuthenticator hashing(List<InetAddress> addresses) {
    return CarpAuthenticator.of(SECRET.getBytes(UTF_8), 1, addresses);
  }

  long now() {
    return now;
  }

  /** Lets time pass until an instant, ticking whenever it is asked for. */
  WatchedSegment at(double seconds) {
    long target = origin + Math.round(seconds * 1e9);
    while (watch.isWaiting() && watch.deadlineNanos() - target <= 0) {
      if (watch.deadlineNanos() - now > 0) {
        now = watch.deadlineNanos();
      }
      watch.tick(now);
    }
    now = target;
    return this;
  }

  /** The clock shows another time, without anything having happened. */
  void jump(double seconds) {
    now = origin + Math.round(seconds * 1e9);
  }

  WatchedSegment becomes(Role role, RoleReason reason) {
    watch.role(role, reason, now);
    return this;
  }

  WatchedSegment becomesMaster() {
    return becomes(Role.MASTER, RoleReason.MASTER_TIMED_OUT);
  }

  WatchedSegment becomesBackup() {
    return becomes(Role.BACKUP, RoleReason.MORE_FREQUENT_ADVERTISEMENT);
  }

  /** A valid advert with the next counter. */
  boolean hears(String source, int advbase, int advskew) {
    return hears(source, advbase, advskew, counter++);
  }

  boolean hears(String source, int advbase, int advskew, long count) {
    byte[] advert = advert(advbase, advskew, count, hashing(SHARED));
    return watch.accepted(view(advert), packet(source, advert));
  }

  /** An advert whose hash was computed with other addresses. */
  void hearsWrong(String source, String... hashed) {
    byte[] advert = advert(1, 0, counter++, hashing(addresses(hashed)));
    rejects(CarpReject.BADAUTH, source, advert);
  }

  void rejects(CarpReject reason, String source, byte[] payload) {
    watch.rejected(reason, view(payload), packet(source, payload));
  }

  byte[] sends() {
    byte[] advert = advert(1, 0, counter++, hashing(SHARED));
    watch.sent(advert, now);
    return advert;
  }

  static byte[] advert(int advbase, int advskew, long counter, CarpAuthenticator hashing) {
    byte[] bytes = new byte[CarpView.LENGTH];
    new CarpAdvert(1, advbase, advskew, 0, counter).encode(bytes, 0, hashing);
    return bytes;
  }

  static CarpView view(byte[] payload) {
    return new CarpView().wrap(payload, 0, payload.length);
  }

  IpPacket packet(String source, byte[] payload) {
    InetAddress from = LinkAddress.parse(source).address();
    boolean ipv6 = from.getAddress().length == 16;
    InetAddress group = LinkAddress.parse(ipv6 ? "ff02::12" : "224.0.0.18").address();
    byte[] bytes =
        IpDatagram.build(
            new OutboundPacket("em1", 112, from, group, 255, 0xe0, true, null, payload), from, 0);
    IpPacket packet = new IpPacket().wrap(bytes, 0, bytes.length, "em1", now);
    if (packet.check() != IpPacket.Check.OK) {
      throw new AssertionError("not a packet: " + packet.check());
    }
    return packet;
  }

  /** ARP: request or reply, sent from one MAC for another. */
  WatchedSegment arp(int operation, String address, MacAddress mac, MacAddress ethernet) {
    byte[] ip = LinkAddress.parse(address).address().getAddress();
    return claim(
        ByteBuffer.allocate(42)
            .put(new byte[] {-1, -1, -1, -1, -1, -1})
            .put(ethernet.toBytes())
            .putShort((short) 0x0806)
            .putLong(0x0001_0800_0604_0000L | operation)
            .put(mac.toBytes())
            .put(ip)
            .put(new byte[6])
            .put(ip)
            .array());
  }

  /** An unsolicited neighbour advertisement. */
  WatchedSegment advertises(String address, MacAddress mac, MacAddress ethernet) {
    byte[] ip = LinkAddress.parse(address).address().getAddress();
    byte[] group = LinkAddress.parse("ff02::1").address().getAddress();
    byte[] frame =
        ByteBuffer.allocate(86)
            .put(new byte[] {0x33, 0x33, 0, 0, 0, 1})
            .put(ethernet.toBytes())
            .putShort((short) 0x86dd)
            .putInt(6 << 28)
            .putShort((short) 32)
            .putShort((short) 0x3aff)
            .put(ip)
            .put(group)
            .putInt(0x8800_0000)
            .putInt(0x2000_0000)
            .put(ip)
            .putShort((short) 0x0201)
            .put(mac.toBytes())
            .array();
    int sum = InternetChecksum.finish(InternetChecksum.sum(frame, 22, 64) + 32 + 58);
    frame[56] = (byte) (sum >> 8);
    frame[57] = (byte) sum;
    return claim(frame);
  }

  WatchedSegment claim(byte[] frame) {
    NeighbourView view = new NeighbourView().wrap(frame, 0, frame.length, "em1", now);
    if (view.check() == NeighbourView.Check.OK) {
      watch.claimed(view);
    }
    return this;
  }

  /** Everything told until now, one line each; forgotten afterwards. */
  List<String> lines() {
    List<String> lines = told.stream().map(CarpDiagnosis::line).toList();
    told.clear();
    return lines;
  }
}
