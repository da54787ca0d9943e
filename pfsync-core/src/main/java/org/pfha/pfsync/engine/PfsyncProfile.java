package org.pfha.pfsync.engine;

import org.pfha.pfsync.wire.StateFormat;

/**
 * The release a node behaves like: which formats it understands and where the kernels differ (spec
 * pfsync 4, 8–10, 17). What it <em>sends</em> is chosen apart from it. Immutable.
 */
public enum PfsyncProfile {
  /** FreeBSD 13: format 1301. */
  FREEBSD_13(StateFormat.V1301, 20),
  /** FreeBSD 14: formats 1301 and 1400. */
  FREEBSD_14(StateFormat.V1400, 40),
  /** FreeBSD 15: all formats; looks closer, counts what it refuses, clears by interface. */
  FREEBSD_15(StateFormat.V1500, 40);

  private final StateFormat newest;
  private final int ipHeader;

  PfsyncProfile(StateFormat newest, int ipHeader) {
    this.newest = newest;
    this.ipHeader = ipHeader;
  }

  /**
   * The release that introduced a format.
   *
   * @param format of FreeBSD
   * @return its release
   * @throws IllegalArgumentException for OpenBSD's format
   */
  public static PfsyncProfile of(StateFormat format) {
    for (PfsyncProfile profile : values()) {
      if (profile.newest == format) {
        return profile;
      }
    }
    throw new IllegalArgumentException("no FreeBSD release has introduced " + format);
  }

  /**
   * The newest format it understands, and those before.
   *
   * @return a format
   */
  public StateFormat newest() {
    return newest;
  }

  /**
   * What a packet's IP header is taken to need (spec pfsync 1).
   *
   * @return bytes
   */
  public int ipHeader() {
    return ipHeader;
  }

  /**
   * Each INS that fails counts as {@code badact} and the section goes on; the others count none,
   * and running out of memory ends the section (spec pfsync 8).
   */
  boolean countsFailedInserts() {
    return this == FREEBSD_15;
  }

  /** CLR with an interface spares the states of other interfaces (spec pfsync 10). */
  boolean clearsByInterface() {
    return this == FREEBSD_15;
  }

  /** An interface name without an end is refused (spec pfsync 8 step 2). */
  boolean wantsEndedNames() {
    return this == FREEBSD_15;
  }

  /** A next hop needs an interface, which 1301 does not carry (spec pfsync 8 step 7). */
  boolean wantsRouteInterface() {
    return this == FREEBSD_15;
  }

  /** Routing tables must exist, SCTP states must have a tag (spec pfsync 8 step 9). */
  boolean checksOptions() {
    return this == FREEBSD_15;
  }
}
