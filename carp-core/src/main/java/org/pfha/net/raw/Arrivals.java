package org.pfha.net.raw;

/** Takes what sockets receive, on the loop. The bytes are valid during the call only. */
interface Arrivals {

  /**
   * An IP packet.
   *
   * @param bytes from its header on
   * @param length of the packet
   * @param link where it arrived
   * @param atNanos when, on the loop's clock
   */
  void packet(byte[] bytes, int length, String link, long atNanos);

  /** An Ethernet frame, perhaps about where an address answers. */
  void frame(byte[] bytes, int length, String link, long atNanos);

  /** Something too long was cut off, and is dropped. */
  void truncated();
}
