package org.pfha.pfsync.wire;

/** Action numbers of section headers and the sizes of their messages (spec pfsync 3). */
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

  /** IPsec replay counters, stepped over. */
  public static final int TDB = 11;

  /** End of the packet. */
  public static final int EOF = 12;

  /** No more than this many bytes of messages in a section. */
  public static final int MAX_SECTION = 2048;

  private static final int[] SIZES = {20, 0, 12, 0, 84, 12, 0, 12, 0, 0, 12, 48, 0};
  private static final String[] NAMES = {
    "CLR", "INS", "INS_ACK", "UPD", "UPD_C", "UPD_REQ", "DEL", "DEL_C", "INS_F", "DEL_F", "BUS",
    "TDB", "EOF"
  };

  private Action() {}

  /**
   * The size of an action's message.
   *
   * @param action an action number below the format's {@link StateFormat#actionCount}
   * @param format what a full state looks like
   * @return bytes, 0 if it has no message
   */
  public static int messageSize(int action, StateFormat format) {
    return switch (action) {
      case INS, UPD, DEL -> StateFormat.V1301.size;
      default -> action == format.insert || action == format.update ? format.size : SIZES[action];
    };
  }

  /**
   * The name of an action.
   *
   * @param action an action number
   * @return its name, or the number if it has none
   */
  public static String name(int action) {
    return action >= 0 && action < NAMES.length ? NAMES[action] : Integer.toString(action);
  }
}
