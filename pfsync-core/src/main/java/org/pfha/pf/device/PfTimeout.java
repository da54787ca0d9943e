package org.pfha.pf.device;

/** Timeouts, under the kernel's indexes (spec pf-ioctl 4). Those of SCTP are there from 14. */
public enum PfTimeout {
  /** TCP: only the first packet was seen. */
  TCP_FIRST(0, "tcp.first"),
  /** TCP: before the handshake's end. */
  TCP_OPENING(1, "tcp.opening"),
  /** TCP: established. */
  TCP_ESTABLISHED(2, "tcp.established"),
  /** TCP: one end has closed. */
  TCP_CLOSING(3, "tcp.closing"),
  /** TCP: both ends have closed. */
  TCP_FINWAIT(4, "tcp.finwait"),
  /** TCP: reset, or closed and acknowledged. */
  TCP_CLOSED(5, "tcp.closed"),
  /** UDP: only the first packet was seen. */
  UDP_FIRST(6, "udp.first"),
  /** UDP: one end sends. */
  UDP_SINGLE(7, "udp.single"),
  /** UDP: both ends send. */
  UDP_MULTIPLE(8, "udp.multiple"),
  /** ICMP: only the first packet was seen. */
  ICMP_FIRST(9, "icmp.first"),
  /** ICMP: an error was answered. */
  ICMP_ERROR(10, "icmp.error"),
  /** Others: only the first packet was seen. */
  OTHER_FIRST(11, "other.first"),
  /** Others: one end sends. */
  OTHER_SINGLE(12, "other.single"),
  /** Others: both ends send. */
  OTHER_MULTIPLE(13, "other.multiple"),
  /** Fragments that are not complete. */
  FRAGMENT(14, "frag"),
  /** Between two purges of what has expired; 0 becomes 1. */
  INTERVAL(15, "interval"),
  /** A count of states, from which on timeouts shrink; 0 for never. */
  ADAPTIVE_START(16, "adaptive.start"),
  /** A count of states, at which timeouts would be zero. */
  ADAPTIVE_END(17, "adaptive.end"),
  /** Source nodes after their last state. */
  SOURCE_TRACK(18, "src.track"),
  /** TCP: the largest difference of timestamps. */
  TCP_TIMESTAMP_DIFFERENCE(19, "tcp.tsdiff"),
  /** SCTP: only the first packet was seen. */
  SCTP_FIRST(20, "sctp.first"),
  /** SCTP: before the handshake's end. */
  SCTP_OPENING(21, "sctp.opening"),
  /** SCTP: established. */
  SCTP_ESTABLISHED(22, "sctp.established"),
  /** SCTP: one end has closed. */
  SCTP_CLOSING(23, "sctp.closing"),
  /** SCTP: closed. */
  SCTP_CLOSED(24, "sctp.closed");

  private final int index;
  private final String text;

  PfTimeout(int index, String text) {
    this.index = index;
    this.text = text;
  }

  /**
   * The kernel's number of it.
   *
   * @return 0–24
   */
  public int index() {
    return index;
  }

  /**
   * Its name in pf.conf.
   *
   * @return such as {@code tcp.first}
   */
  public String text() {
    return text;
  }

  /**
   * Whether it counts states and not seconds.
   *
   * @return true for the two adaptive ones
   */
  public boolean isCount() {
    return this == ADAPTIVE_START || this == ADAPTIVE_END;
  }
}
