package org.pfha.net.sim;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pfha.net.MacAddress;

/**
 * One frame as its sender put it on the wire, before the segment's faults. Immutable, as long as
 * nobody writes to the payload.
 *
 * @param atNanos when, on the network's clock
 * @param segment where
 * @param sender who
 * @param ethernetSource MAC it came from
 * @param ethernetDestination MAC it goes to; all ones if nobody holds the address
 * @param etherType {@link #IPV4}, {@link #IPV6} or {@link #ARP}
 * @param payload a whole IP packet, or the 28 bytes of a gratuitous ARP request
 * @param announced the address an announcement is about, null for any other frame
 * @param announcedMac where that address answers now, null for any other frame
 */
@SuppressWarnings("ArrayRecordComponent") // bytes on a wire, never compared
public record SimFrame(
    long atNanos,
    SimSegment segment,
    SimHost sender,
    MacAddress ethernetSource,
    MacAddress ethernetDestination,
    int etherType,
    byte[] payload,
    @Nullable InetAddress announced,
    @Nullable MacAddress announcedMac) {

  /** EtherType of IPv4. */
  public static final int IPV4 = 0x0800;

  /** EtherType of ARP. */
  public static final int ARP = 0x0806;

  /** EtherType of IPv6. */
  public static final int IPV6 = 0x86dd;

  /**
   * What an announcement says.
   *
   * @return the address that has moved, or empty for an ordinary packet
   */
  public Optional<InetAddress> announcement() {
    return Optional.ofNullable(announced);
  }

  /**
   * The frame as an Ethernet sniffer sees it, without padding and frame check sequence.
   *
   * @return a new array
   */
  public byte[] toEthernet() {
    return ByteBuffer.allocate(14 + payload.length)
        .put(ethernetDestination.toBytes())
        .put(ethernetSource.toBytes())
        .putShort((short) etherType)
        .put(payload)
        .array();
  }
}
