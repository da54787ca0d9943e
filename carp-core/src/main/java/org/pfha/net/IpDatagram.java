package org.pfha.net;

import static com.google.common.base.Preconditions.checkArgument;

import java.net.InetAddress;

/** Puts the IP header before a payload, as a system does for a raw socket. Thread-safe. */
public final class IpDatagram {

  private static final int V4_HEADER = 20;
  private static final int V6_HEADER = 40;
  private static final int DONT_FRAGMENT = 0x4000;

  private IpDatagram() {}

  /**
   * The size a packet has on the wire.
   *
   * @param packet to be sent
   * @return bytes, IP header included
   */
  public static int length(OutboundPacket packet) {
    return packet.payload().length
        + (packet.destination().getAddress().length == 4 ? V4_HEADER : V6_HEADER);
  }

  /**
   * Builds a whole IPv4 or IPv6 packet, header checksum included.
   *
   * @param packet what to send; its own source is not looked at
   * @param source address, of the destination's family
   * @param identification of an IPv4 packet, 0–0xffff
   * @return header and payload
   * @throws IllegalArgumentException if the packet does not fit into 65,535 bytes
   */
  public static byte[] build(OutboundPacket packet, InetAddress source, int identification) {
    byte[] from = source.getAddress();
    byte[] to = packet.destination().getAddress();
    checkArgument(from.length == to.length, "%s and %s differ", source, packet.destination());
    byte[] payload = packet.payload();
    int header = to.length == 4 ? V4_HEADER : V6_HEADER;
    checkArgument(
        payload.length <= 0xffff - header, "payload of %s bytes is too long", payload.length);
    byte[] bytes = new byte[header + payload.length];
    System.arraycopy(payload, 0, bytes, header, payload.length);
    if (to.length == 4) {
      bytes[0] = 0x45;
      bytes[1] = (byte) packet.trafficClass();
      put16(bytes, 2, bytes.length);
      put16(bytes, 4, identification);
      put16(bytes, 6, packet.dontFragment() ? DONT_FRAGMENT : 0);
      bytes[8] = (byte) packet.ttl();
      bytes[9] = (byte) packet.protocol();
      System.arraycopy(from, 0, bytes, 12, 4);
      System.arraycopy(to, 0, bytes, 16, 4);
      put16(bytes, 10, InternetChecksum.of(bytes, 0, V4_HEADER));
    } else {
      put16(bytes, 0, 6 << 12 | packet.trafficClass() << 4);
      put16(bytes, 4, payload.length);
      bytes[6] = (byte) packet.protocol();
      bytes[7] = (byte) packet.ttl();
      System.arraycopy(from, 0, bytes, 8, 16);
      System.arraycopy(to, 0, bytes, 24, 16);
    }
    return bytes;
  }

  private static void put16(byte[] bytes, int offset, int value) {
    bytes[offset] = (byte) (value >> 8);
    bytes[offset + 1] = (byte) value;
  }
}
