package org.pfha.pfsync;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.StateFormat;

/**
 * What a sync link must carry: the field's rules of thumb beside figures computed from the format,
 * the MTU and the rates (spec pfsync 1, 5), and whether a link will do. Immutable.
 *
 * <p>The computed figures count one INS and one DEL_C a state and one UPD_C an update, each kind in
 * packets of its own. Packed, a packet is full before it leaves; unpacked, each message leaves at
 * once in a packet of its own, as with small {@code maxupd} or deferral. Reality is between them.
 * Wire bytes have Ethernet's preamble, header, checksum and gap.
 *
 * @param load what is told
 * @param format of full states
 * @param mtu of the sync interface, bytes
 * @param linkBitsPerSecond capacity of the sync link
 * @param packed every packet full
 * @param unpacked every message alone
 */
public record SyncBandwidth(
    SyncLoad load,
    StateFormat format,
    int mtu,
    long linkBitsPerSecond,
    Traffic packed,
    Traffic unpacked) {

  /**
   * Traffic in one direction. Immutable.
   *
   * @param packetsPerSecond IP packets
   * @param ipBytesPerSecond with IP headers
   * @param wireBytesPerSecond with everything that occupies an Ethernet
   */
  public record Traffic(long packetsPerSecond, long ipBytesPerSecond, long wireBytesPerSecond) {

    /**
     * What occupies the link.
     *
     * @return bits per second
     */
    public long wireBitsPerSecond() {
      return wireBytesPerSecond * BITS;
    }

    private Traffic plus(Traffic other) {
      return new Traffic(
          packetsPerSecond + other.packetsPerSecond,
          ipBytesPerSecond + other.ipBytesPerSecond,
          wireBytesPerSecond + other.wireBytesPerSecond);
    }
  }

  /** Rule of thumb: bytes for a new connection. */
  public static final int BYTES_PER_CONNECTION = 400;

  /** Rule of thumb: bytes for an update. */
  public static final int BYTES_PER_UPDATE = 300;

  /** Rule of thumb: how much more than the average a link must carry. */
  public static final int HEADROOM = 2;

  /** Rule of thumb: sync traffic is at most this part of the forwarded throughput. */
  public static final int THROUGHPUT_PERCENT = 10;

  /** Rule of thumb: beyond this, one gigabit link will not do. */
  public static final long MANY_CONNECTIONS_PER_SECOND = 50_000;

  /** What many connections a second need. */
  public static final long LARGE_LINK_BITS_PER_SECOND = 10_000_000_000L;

  private static final int BITS = 8;
  private static final int IPV4_HEADER = 20;
  private static final int PACKET_HEADER = 20;
  private static final int SECTION_HEADER = 4;
  private static final int ETHERNET = 8 + 14 + 4 + 12;
  private static final int SMALLEST_FRAME_PAYLOAD = 46;
  private static final double MEGA = 1e6;

  /**
   * Computes what a load needs.
   *
   * @param load what is told
   * @param format of full states: 1301, 1400 or 1500
   * @param mtu of the sync interface, 428–65535 bytes
   * @param linkBitsPerSecond capacity of the sync link
   * @return the estimate
   */
  public static SyncBandwidth of(
      SyncLoad load, StateFormat format, int mtu, long linkBitsPerSecond) {
    checkArgument(mtu >= 428 && mtu <= 65_535, "MTU %s is not between 428 and 65535", mtu);
    checkArgument(linkBitsPerSecond > 0, "link of %s bit/s", linkBitsPerSecond);
    return new SyncBandwidth(
        load, format, mtu, linkBitsPerSecond, all(load, format, mtu), all(load, format, 0));
  }

  private static Traffic all(SyncLoad load, StateFormat format, int mtu) {
    long states = load.connectionsPerSecond() * load.statesPerConnection();
    return traffic(states, format.insertAction(), format, mtu)
        .plus(traffic(load.updatesPerSecond(), Action.UPD_C, format, mtu))
        .plus(traffic(states, Action.DEL_C, format, mtu));
  }

  /** MTU 0 stands for one message a packet. */
  private static Traffic traffic(long messages, int action, StateFormat format, int mtu) {
    long perPacket = mtu == 0 ? 1 : format.messagesPerPacket(action, mtu);
    long packets = (messages + perPacket - 1) / perPacket;
    int trailer = format.headerVersion() == 5 ? SECTION_HEADER : 0;
    int overhead = IPV4_HEADER + PACKET_HEADER + SECTION_HEADER + trailer;
    long ip = messages * format.messageSize(action) + packets * overhead;
    long padded = Math.max(ip, packets * SMALLEST_FRAME_PAYLOAD);
    return new Traffic(packets, ip, padded + packets * ETHERNET);
  }

  /**
   * The rule of thumb with its headroom.
   *
   * @return bytes per second
   */
  public long ruleOfThumbBytesPerSecond() {
    return HEADROOM
        * (load.connectionsPerSecond() * BYTES_PER_CONNECTION
            + load.updatesPerSecond() * BYTES_PER_UPDATE);
  }

  /**
   * The rule of thumb for those who know only their throughput.
   *
   * @return bytes per second, at most; 0 if the throughput is not known
   */
  public long throughputShareBytesPerSecond() {
    return load.forwardedBitsPerSecond() / BITS * THROUGHPUT_PERCENT / 100;
  }

  /**
   * What the link should have: the rule of thumb or the computed traffic with the same headroom,
   * whichever is more.
   *
   * @return bits per second
   */
  public long neededBitsPerSecond() {
    return Math.max(ruleOfThumbBytesPerSecond() * BITS, HEADROOM * packed.wireBitsPerSecond());
  }

  /**
   * Whether the link will do.
   *
   * @return false if {@link #objections} has any
   */
  public boolean suffices() {
    return objections().isEmpty();
  }

  /**
   * Why the link will not do, and what to do.
   *
   * @return nothing if it will
   */
  public List<String> objections() {
    List<String> objections = new ArrayList<>();
    if (packed.wireBitsPerSecond() > linkBitsPerSecond) {
      objections.add(
          "%s of sync traffic do not fit into %s even with every packet full: states will be lost"
              .formatted(bits(packed.wireBitsPerSecond()), bits(linkBitsPerSecond)));
    } else if (neededBitsPerSecond() > linkBitsPerSecond) {
      objections.add(
          "%s leave no headroom on %s: bursts and bulk transfers will lose states"
              .formatted(bits(neededBitsPerSecond() / HEADROOM), bits(linkBitsPerSecond)));
    }
    if (load.connectionsPerSecond() > MANY_CONNECTIONS_PER_SECOND
        && linkBitsPerSecond < LARGE_LINK_BITS_PER_SECOND) {
      objections.add(
          "more than %,d connections/s want a 10 Gbit/s link, or separate interfaces"
              .formatted(MANY_CONNECTIONS_PER_SECOND));
    }
    return List.copyOf(objections);
  }

  /**
   * The estimate for people.
   *
   * @return a few lines
   */
  public String text() {
    StringBuilder text = new StringBuilder();
    line(
        text,
        "%,d connections/s, %,d updates/s, format %s, MTU %d",
        load.connectionsPerSecond(),
        load.updatesPerSecond(),
        format.text(),
        mtu);
    line(
        text,
        "rule of thumb   %s (%d B a connection, %d B an update, twice that as headroom)",
        both(ruleOfThumbBytesPerSecond()),
        BYTES_PER_CONNECTION,
        BYTES_PER_UPDATE);
    if (load.forwardedBitsPerSecond() > 0) {
      line(
          text,
          "of throughput   up to %s (%d %%)",
          both(throughputShareBytesPerSecond()),
          THROUGHPUT_PERCENT);
    }
    traffic(text, "packets full", packed);
    traffic(text, "messages alone", unpacked);
    line(text, "needed          %s", bits(neededBitsPerSecond()));
    line(
        text,
        suffices() ? "a link of %s will do" : "a link of %s will not do:",
        bits(linkBitsPerSecond));
    objections().forEach(objection -> line(text, "  %s", objection));
    return text.toString();
  }

  private static void traffic(StringBuilder text, String name, Traffic traffic) {
    line(
        text,
        "%-15s %s on the wire, %,d packets/s, %,d B/s of IP",
        name,
        both(traffic.wireBytesPerSecond),
        traffic.packetsPerSecond,
        traffic.ipBytesPerSecond);
  }

  private static String both(long bytes) {
    return "%,d B/s = %s".formatted(bytes, bits(bytes * BITS));
  }

  private static String bits(long bits) {
    return String.format(Locale.ROOT, "%,.1f Mbit/s", bits / MEGA);
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
