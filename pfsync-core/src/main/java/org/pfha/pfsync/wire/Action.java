package org.pfha.pfsync.wire;

/**
 * Action numbers of section headers (spec pfsync 3 and 20). How large their messages are depends on
 * the release: {@link StateFormat#messageSize}.
 */
public final class Action {

  /** Drop all states of a creator. */
  public static final int CLR = 0;

  /** A new state, format 1301. */
  public static final int INS = 1;

  /** An insert has arrived. */
  public static final int INS_ACK = 2;

  /** A full update, format 1301. */
  public static final int UPD = 3;

  /** A compressed update: peers and timeout. */
  public static final int UPD_C = 4;

  /** Asks for a full update, or for everything. */
  public static final int UPD_REQ = 5;

  /** Delete, full message. */
  public static final int DEL = 6;

  /** Delete. */
  public static final int DEL_C = 7;

  /** Never implemented. */
  public static final int INS_F = 8;

  /** Never implemented. */
  public static final int DEL_F = 9;

  /** Start or end of a bulk transfer. */
  public static final int BUS = 10;

  /** IPsec replay counters, stepped over by FreeBSD. */
  public static final int TDB = 11;

  /** End of the packet. */
  public static final int EOF = 12;

  /** A new state, format 1400. */
  public static final int INS_1400 = 13;

  /** A full update, format 1400. */
  public static final int UPD_1400 = 14;

  /** A new state, format 1500. */
  public static final int INS_1500 = 15;

  /** A full update, format 1500. */
  public static final int UPD_1500 = 16;

  /** OpenBSD: a new state. */
  public static final int OPENBSD_INS = 13;

  /** OpenBSD: a full update. */
  public static final int OPENBSD_UPD = 14;

  /** OpenBSD: IPsec replay counters of 64 bits. */
  public static final int OPENBSD_TDB = 15;

  /** No more than this many bytes of messages in a section. */
  public static final int MAX_SECTION = 2048;

  /** Status of a BUS message: a bulk transfer starts. */
  public static final int BUS_START = 1;

  /** Status of a BUS message: a bulk transfer has ended. */
  public static final int BUS_END = 2;

  private static final String[] NAMES = {
    "CLR",
    "INS",
    "INS_ACK",
    "UPD",
    "UPD_C",
    "UPD_REQ",
    "DEL",
    "DEL_C",
    "INS_F",
    "DEL_F",
    "BUS",
    "TDB",
    "EOF",
    "INS_1400",
    "UPD_1400",
    "INS_1500",
    "UPD_1500"
  };

  private Action() {}

  /**
   * The name of an action of FreeBSD.
   *
   * @param action an action number
   * @return its name, or the number if it has none
   */
  public static String name(int action) {
    return action >= 0 && action < NAMES.length ? NAMES[action] : Integer.toString(action);
  }
}
