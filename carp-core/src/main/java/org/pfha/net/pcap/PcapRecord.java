package org.pfha.net.pcap;

/**
 * One captured packet. Immutable, as long as nobody writes to the bytes.
 *
 * @param atNanos nanoseconds since 1970, as far as the file's resolution goes
 * @param originalLength bytes it had on the wire
 * @param ip the IP packet without link-layer header, as much of it as was captured; empty if the
 *     frame was of another kind, such as ARP
 * @param frame all that was captured, link-layer header included
 * @param link where it was captured
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of a file, never compared
public record PcapRecord(
    long atNanos, int originalLength, byte[] ip, byte[] frame, CaptureInterface link) {

  /**
   * A packet without link-layer header.
   *
   * @param atNanos nanoseconds since 1970
   * @param originalLength bytes it had on the wire
   * @param ip the IP packet
   */
  public PcapRecord(long atNanos, int originalLength, byte[] ip) {
    this(atNanos, originalLength, ip, ip, CaptureInterface.NONE);
  }

  static PcapRecord of(long atNanos, int originalLength, byte[] frame, CaptureInterface link) {
    return new PcapRecord(
        atNanos, originalLength, LinkLayer.ip(link.linkType(), frame), frame, link);
  }

  /**
   * Whether it holds an IP packet.
   *
   * @return false for frames of another kind
   */
  public boolean isIp() {
    return ip.length > 0;
  }

  /**
   * Whether it was captured on the pfsync interface itself, where no IP header is: the frame begins
   * with the packet header of pfsync.
   *
   * @return true if its interface is of that kind
   */
  public boolean isPfsync() {
    return LinkLayer.isPfsync(link.linkType());
  }
}
