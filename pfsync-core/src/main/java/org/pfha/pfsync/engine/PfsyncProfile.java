package org.pfha.pfsync.engine;

import org.pfha.pfsync.wire.StateFormat;

/**
 * The release a node behaves like: which formats it understands and where the kernels differ (spec
 * pfsync 4, 8–10, 17). What it <em>sends</em> is chosen apart from it. Immutable.
 */
public enum PfsyncProfile {
  /** FreeBSD 13: a full table ends an INS section in silence, CLR ignores its interface. */
  FREEBSD_13(StateFormat.V1301, 20, false, false),
  /** FreeBSD 14: as 13, but it understands 1400 as well and refuses DEL. */
  FREEBSD_14(StateFormat.V1400, 40, false, false),
  /** FreeBSD 15: each INS that fails is counted, CLR honours its interface. */
  FREEBSD_15(StateFormat.V1500, 40, true, true);

  private final StateFormat newest;
  private final int ipHeader;
  private final boolean countsFailedInserts;
  private final boolean clearsByInterface;

  PfsyncProfile(
      StateFormat newest, int ipHeader, boolean countsFailedInserts, boolean clearsByInterface) {
    this.newest = newest;
    this.ipHeader = ipHeader;
    this.countsFailedInserts = countsFailedInserts;
    this.clearsByInterface = clearsByInterface;
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
   * Whether each INS that fails counts as {@code badact} and the section goes on; otherwise none is
   * counted and running out of memory ends the section (spec pfsync 8).
   *
   * @return true from release 15
   */
  boolean countsFailedInserts() {
    return countsFailedInserts;
  }

  /**
   * Whether CLR with an interface spares the states of other interfaces (spec pfsync 10).
   *
   * @return true from release 15
   */
  boolean clearsByInterface() {
    return clearsByInterface;
  }
}
