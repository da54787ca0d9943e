package org.pfha.net.pcap;

/**
 * One captured packet. Immutable, as long as nobody writes to the bytes.
 *
 * @param atNanos nanoseconds since 1970, as far as the file's resolution goes
 * @param originalLength bytes it had on the wire
 * @param ip the IP packet without link-layer header, as much of it as was captured; empty if the
 *     frame was of another kind, such as ARP
 * @param frame all that was captured, link-layer header included
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of a file, never compared
public record PcapRecord(long atNanos, int originalLength, byte[] ip, byte[] frame) {

  /**
   * A packet without link-layer header.
   *
   * @param atNanos nanoseconds since 1970
   * @param originalLength bytes it had on the wire
   * @param ip the IP packet
   */
  public PcapRecord(long atNanos, int originalLength, byte[] ip) {
    this(atNanos, originalLength, ip, ip);
  }

  /**
   * Whether it holds an IP packet.
   *
   * @return false for frames of another kind
   */
  public boolean isIp() {
    return ip.length > 0;
  }
}
