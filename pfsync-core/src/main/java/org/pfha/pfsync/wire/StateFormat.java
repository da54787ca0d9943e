package org.pfha.pfsync.wire;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The encodings of a full state and what else distinguishes, on the wire, the release that
 * introduced each (spec pfsync 3, 17 and 20). Where the fields are is said by {@link #layout()}.
 * Immutable.
 */
@SuppressWarnings("ImmutableEnumChecker") // a Layout is immutable, the sizes never change
public enum StateFormat {
  /** FreeBSD 13: 242 bytes. */
  V1301("1301", 5, 13, 20, Action.INS, Action.UPD, 20, Structures.STATE_1301),
  /** FreeBSD 14: 277 bytes. */
  V1400("1400", 5, 15, 25, Action.INS_1400, Action.UPD_1400, 40, Structures.STATE_1400),
  /** FreeBSD 15: 360 bytes. */
  V1500("1500", 5, 17, 25, Action.INS_1500, Action.UPD_1500, 40, Structures.STATE_1500),
  /** OpenBSD, packet header version 6: 264 bytes; not understood by the others, nor they by it. */
  OPENBSD6(
      "openbsd6", 6, 16, 20, Action.OPENBSD_INS, Action.OPENBSD_UPD, 20, Structures.STATE_OPENBSD);

  private static final int UNKNOWN = -1;
  private static final int[] KERNEL_ORDER = {
    Action.INS,
    Action.INS_1400,
    Action.INS_1500,
    Action.INS_ACK,
    Action.UPD,
    Action.UPD_1400,
    Action.UPD_1500,
    Action.UPD_C,
    Action.DEL,
    Action.DEL_C,
    Action.UPD_REQ,
    Action.TDB,
    Action.CLR,
    Action.BUS
  };
  private static final int[] OPENBSD_ORDER = {
    Action.INS_ACK,
    Action.UPD_C,
    Action.DEL_C,
    Action.OPENBSD_INS,
    Action.OPENBSD_UPD,
    Action.DEL,
    Action.UPD_REQ,
    Action.OPENBSD_TDB,
    Action.CLR,
    Action.BUS
  };

  private final String text;
  private final Layout layout;
  private final int ipHeader;
  final int version;
  final int actions;
  final int timeouts;
  final int size;
  final int insert;
  final int update;
  final int inet6;
  final StateOffsets at;

  private final int[] sizes;

  StateFormat(
      String text,
      int version,
      int actions,
      int timeouts,
      int insert,
      int update,
      int ipHeader,
      Layout layout) {
    this.text = text;
    this.version = version;
    this.actions = actions;
    this.timeouts = timeouts;
    this.insert = insert;
    this.update = update;
    this.ipHeader = ipHeader;
    this.layout = layout;
    size = layout.size();
    at = new StateOffsets(layout);
    inet6 = version == 5 ? 28 : 24;
    sizes = sizes(version, actions);
  }

  private static int[] sizes(int version, int actions) {
    int[] sizes = new int[actions];
    Arrays.fill(sizes, UNKNOWN);
    sizes[Action.CLR] = Structures.CLR.size();
    sizes[Action.BUS] = Structures.BUS.size();
    sizes[Action.EOF] = 0;
    for (int named : new int[] {Action.INS_ACK, Action.UPD_REQ, Action.DEL_C}) {
      sizes[named] = Structures.INS_ACK.size();
    }
    sizes[Action.UPD_C] = Structures.UPD_C.size();
    sizes[Action.TDB] = Structures.TDB.size();
    if (version == 6) {
      sizes[Action.OPENBSD_INS] = Structures.STATE_OPENBSD.size();
      sizes[Action.OPENBSD_UPD] = Structures.STATE_OPENBSD.size();
      sizes[Action.DEL] = Structures.STATE_OPENBSD.size();
      sizes[Action.OPENBSD_TDB] = Structures.TDB_OPENBSD.size();
      sizes[Action.EOF] = UNKNOWN;
      return sizes;
    }
    sizes[Action.INS] = Structures.STATE_1301.size();
    sizes[Action.UPD] = Structures.STATE_1301.size();
    if (actions <= Action.INS_1400) {
      sizes[Action.DEL] = Structures.STATE_1301.size();
    } else {
      sizes[Action.INS_1400] = Structures.STATE_1400.size();
      sizes[Action.UPD_1400] = Structures.STATE_1400.size();
    }
    if (actions > Action.INS_1500) {
      sizes[Action.INS_1500] = Structures.STATE_1500.size();
      sizes[Action.UPD_1500] = Structures.STATE_1500.size();
    }
    return sizes;
  }

  /**
   * The format of a number or name.
   *
   * @param text {@code 1301}, {@code 1400}, {@code 1500} or {@code openbsd6}
   * @return the format, or null if there is none
   */
  public static @Nullable StateFormat of(String text) {
    for (StateFormat format : values()) {
      if (format.text.equals(text)) {
        return format;
      }
    }
    return null;
  }

  /**
   * What people call it.
   *
   * @return {@code 1301}, {@code 1400}, {@code 1500} or {@code openbsd6}
   */
  public String text() {
    return text;
  }

  /**
   * Where a full state's fields are.
   *
   * @return the layout
   */
  public Layout layout() {
    return layout;
  }

  /**
   * Every structure that the release knows.
   *
   * @return header, section header, parts and messages
   */
  public List<Layout> structures() {
    return Structures.of(this);
  }

  /**
   * The numbers of FreeBSD's headers.
   *
   * @return by their names there, such as {@code PFTM_UDP_SINGLE}; meaningless for OpenBSD
   */
  public Map<String, Integer> constants() {
    return Constants.of(this);
  }

  /**
   * The version in the packet header.
   *
   * @return 5, or 6 for OpenBSD
   */
  public int headerVersion() {
    return version;
  }

  /**
   * Size of a full state.
   *
   * @return bytes
   */
  public int size() {
    return size;
  }

  /**
   * The first action number a receiver of this release rejects.
   *
   * @return an action number
   */
  public int actionCount() {
    return actions;
  }

  /**
   * The first timeout index a receiver of this release rejects.
   *
   * @return an index
   */
  public int timeoutCount() {
    return timeouts;
  }

  /**
   * The action number of an insert in this format.
   *
   * @return an action number
   */
  public int insertAction() {
    return insert;
  }

  /**
   * The action number of a full update in this format.
   *
   * @return an action number
   */
  public int updateAction() {
    return update;
  }

  /**
   * The number that stands for IPv6 in a state; it is FreeBSD's or OpenBSD's, never the local
   * system's. IPv4 is 2 in every format.
   *
   * @return 28 or 24
   */
  public int inet6() {
    return inet6;
  }

  /**
   * The size of an action's messages, as a receiver of this release sees it.
   *
   * @param action 0–255
   * @return bytes, or −1 if this release does not implement the action
   */
  public int messageSize(int action) {
    return action >= 0 && action < actions ? sizes[action] : UNKNOWN;
  }

  /**
   * The format of the full states that an action carries, for a receiver of this release.
   *
   * @param action 0–255
   * @return the format, or null if the action carries none or is not known
   */
  public @Nullable StateFormat stateFormat(int action) {
    if (version == 6) {
      return action == insert || action == update || action == Action.DEL ? this : null;
    }
    return switch (messageSize(action) <= 0 ? Action.EOF : action) {
      case Action.INS, Action.UPD, Action.DEL -> V1301;
      case Action.INS_1400, Action.UPD_1400 -> V1400;
      case Action.INS_1500, Action.UPD_1500 -> V1500;
      default -> null;
    };
  }

  /**
   * Whether an action inserts states, for a receiver of this release.
   *
   * @param action 0–255
   * @return true for the inserts of every format the release knows
   */
  public boolean isInsert(int action) {
    StateFormat carried = stateFormat(action);
    return carried != null && action == carried.insert;
  }

  /**
   * Whether an action updates states in full, for a receiver of this release.
   *
   * @param action 0–255
   * @return true for the full updates of every format the release knows
   */
  public boolean isUpdate(int action) {
    StateFormat carried = stateFormat(action);
    return carried != null && action == carried.update;
  }

  /**
   * The order in which a packet has its sections (spec pfsync 11.2, 20).
   *
   * @return action numbers, those of other formats of the same header version included
   */
  public List<Integer> sectionOrder() {
    return Arrays.stream(version == 6 ? OPENBSD_ORDER : KERNEL_ORDER).boxed().toList();
  }

  /**
   * How large an IP payload a sender of this release makes: FreeBSD 14 and later leave room for an
   * IPv6 header in IPv4 packets, too (spec pfsync 1).
   *
   * @param mtu of the sync interface, bytes
   * @return bytes from the packet header to the end of EOF
   */
  public int payloadLimit(int mtu) {
    return mtu - ipHeader;
  }

  /**
   * How many messages of one action fill a packet that holds nothing else.
   *
   * @param action one that this release sends
   * @param mtu of the sync interface, bytes
   * @return a count, also bounded by what a receiver takes in one section
   */
  public int messagesPerPacket(int action, int mtu) {
    int room = payloadLimit(mtu) - PfsyncReader.HEADER - PfsyncReader.SECTION_HEADER - trailer();
    return Math.max(0, Math.min(room, Action.MAX_SECTION) / messageSize(action));
  }

  /** Bytes of the section that ends a packet. */
  int trailer() {
    return version == 6 ? 0 : PfsyncReader.SECTION_HEADER;
  }
}
