package org.pfha.pfsync.wire;

import org.pfha.pf.PfState;
import org.pfha.pf.StateDraft;
import org.pfha.pf.StateKey;
import org.pfha.pf.StatePeer;

/**
 * A view over one full state, the message of INS, UPD and DEL (spec pfsync 5.2–5.4, 20).
 *
 * <pre>
 *   0 id        8 ifname[16]  24 wire key[36]  60 stack key[36]  96 src[32]  128 dst[32]
 * 160 rt_addr 176 rule       180 anchor       184 nat_rule      188 creation 192 expire
 * 196 packets 212 bytes      228 creatorid    232 … by format, see {@link StateFormat#layout}
 * </pre>
 *
 * <p>Only {@link #src}, {@link #dst}, {@link #ifname} and {@link #state} allocate. None of the
 * accessors can fail once {@link #check} said OK. Confined to one thread.
 */
public final class StateView {

  private final StateFormat format;
  private final StateOffsets at;
  private final int timeouts;
  private byte[] bytes = new byte[0];
  private int offset;

  /**
   * A view over nothing, to be wrapped, for a receiver of the release that introduced the format.
   *
   * @param format where the fields are
   */
  public StateView(StateFormat format) {
    this(format, format);
  }

  /**
   * A view over nothing, to be wrapped.
   *
   * @param format where the fields are
   * @param receiver the newest format of the receiver, whose release decides what is in range
   */
  public StateView(StateFormat format, StateFormat receiver) {
    this.format = format;
    at = format.at;
    timeouts = receiver.timeouts;
  }

  /**
   * Looks at other bytes.
   *
   * @param newBytes at least {@link StateFormat#size} bytes from the offset; not copied
   * @param newOffset of the message
   * @return this
   */
  public StateView wrap(byte[] newBytes, int newOffset) {
    if (bytes != newBytes) { // a reference that is stored anew costs the collector something
      bytes = newBytes;
    }
    offset = newOffset;
    return this;
  }

  /**
   * Where the fields are.
   *
   * @return the format
   */
  public StateFormat format() {
    return format;
  }

  /**
   * The bytes looked at.
   *
   * @return not a copy
   */
  public byte[] array() {
    return bytes;
  }

  /**
   * Where the message is.
   *
   * @return index into {@link #array}
   */
  public int offset() {
    return offset;
  }

  /**
   * The range checks of an insert.
   *
   * @return OK or the first field that is out of range
   */
  public FieldCheck check() {
    FieldCheck progress = checkProgress();
    if (progress != FieldCheck.OK) {
      return progress;
    }
    if (direction() > PfState.OUT) {
      return FieldCheck.BAD_DIRECTION;
    }
    int family = family();
    return family == StateKey.INET || family == format.inet6
        ? FieldCheck.OK
        : FieldCheck.BAD_FAMILY;
  }

  /**
   * The range checks of an update, which looks at less.
   *
   * @return OK or the first field that is out of range
   */
  public FieldCheck checkProgress() {
    return FieldCheck.ofProgress(
        timeout(), PeerView.state(bytes, srcAt()), PeerView.state(bytes, dstAt()), timeouts);
  }

  /**
   * What the kernel does not look at but a careful receiver does (spec pfsync 17.1): family of the
   * stack key, family of a route's next hop, names without an end.
   *
   * @return OK or the first field that makes no sense
   */
  public FieldCheck checkSense() {
    if (!isFamily(stackFamily())) {
      return FieldCheck.BAD_STACK_FAMILY;
    }
    if (at.routeFamily >= 0
        && route() != 0
        && u8(at.routeFamily) != 0
        && !isFamily(u8(at.routeFamily))) {
      return FieldCheck.BAD_ROUTE_FAMILY;
    }
    boolean ended = isEnded(at.ifname) && isEnded(at.routeIfname) && isEnded(at.originalIfname);
    return ended ? FieldCheck.OK : FieldCheck.BAD_NAME;
  }

  private boolean isFamily(int family) {
    return family == StateKey.INET || family == format.inet6;
  }

  private boolean isEnded(int name) {
    return name < 0 || Wire.hasEnd(bytes, offset + name, Structures.IFNAME_SIZE);
  }

  /**
   * Whether the interface name ends within its 16 bytes; FreeBSD 15 refuses one that does not.
   *
   * @return true if there is a NUL
   */
  public boolean hasTerminatedIfname() {
    return isEnded(at.ifname);
  }

  /**
   * The state's id.
   *
   * @return eight bytes, big-endian
   */
  public long id() {
    return Wire.i64(bytes, offset + at.id);
  }

  /**
   * The creator's host id.
   *
   * @return four bytes, big-endian
   */
  public int creatorId() {
    return Wire.i32(bytes, offset + at.creatorId);
  }

  /**
   * The interface the state is bound to. Allocates.
   *
   * @return up to 15 characters
   */
  public String ifname() {
    return Wire.name(bytes, offset + at.ifname, Structures.IFNAME_SIZE);
  }

  /**
   * The real interface of a floating state. Allocates.
   *
   * @return up to 15 characters, empty if the format does not say
   */
  public String originalIfname() {
    return at.originalIfname < 0
        ? ""
        : Wire.name(bytes, offset + at.originalIfname, Structures.IFNAME_SIZE);
  }

  /**
   * The interface a route leads out of. Allocates.
   *
   * @return up to 15 characters, empty if the format does not say
   */
  public String routeIfname() {
    return at.routeIfname < 0
        ? ""
        : Wire.name(bytes, offset + at.routeIfname, Structures.IFNAME_SIZE);
  }

  /**
   * Whether next hop bytes are set.
   *
   * @return true if any of the 16 is not zero
   */
  public boolean hasRouteAddress() {
    int slot = offset + at.routeTo;
    return (Wire.i64(bytes, slot) | Wire.i64(bytes, slot + 8)) != 0;
  }

  /**
   * The kind of route.
   *
   * @return 0 none or not carried, 1 fastroute, 2 route-to, 3 dup-to, 4 reply-to
   */
  public int route() {
    return at.route < 0 ? 0 : u8(at.route);
  }

  /**
   * The routing table.
   *
   * @return −1 for none or not carried
   */
  public int rtableId() {
    return at.rtableId < 0 ? PfState.NONE : Wire.i32(bytes, offset + at.rtableId);
  }

  /**
   * Address family of the wire key, as the format numbers it.
   *
   * @return 0–255; 2 or {@link StateFormat#inet6} when checked
   */
  public int family() {
    return u8(at.wireFamily);
  }

  /**
   * Address family of the stack key, which the kernel does not check.
   *
   * @return 0–255
   */
  public int stackFamily() {
    return u8(at.stackFamily);
  }

  /**
   * IP protocol on the wire.
   *
   * @return 0–255
   */
  public int proto() {
    return u8(at.wireProto);
  }

  /**
   * IP protocol as the local stack sees it; another one with translation between families.
   *
   * @return 0–255
   */
  public int stackProto() {
    return u8(at.stackProto);
  }

  /**
   * Direction of the first packet.
   *
   * @return 0–255; 0–2 when checked
   */
  public int direction() {
    return u8(at.direction);
  }

  /**
   * Timeout index.
   *
   * @return 0–255
   */
  public int timeout() {
    return u8(at.timeout);
  }

  /**
   * Log bits.
   *
   * @return 8 bits
   */
  public int log() {
    return u8(at.log);
  }

  /**
   * State flags.
   *
   * @return bits; the lower eight only in 1301
   */
  public int stateFlags() {
    return at.wideFlags ? Wire.u16(bytes, offset + at.stateFlags) : u8(at.stateFlags);
  }

  /**
   * Position in the sender's ruleset.
   *
   * @return −1 for none
   */
  public int rule() {
    return Wire.i32(bytes, offset + at.rule);
  }

  /**
   * Position of the anchor in the sender's ruleset.
   *
   * @return −1 for none
   */
  public int anchor() {
    return Wire.i32(bytes, offset + at.anchor);
  }

  /**
   * Age.
   *
   * @return seconds, unsigned 32 bits
   */
  public long creation() {
    return Wire.u32(bytes, offset + at.creation);
  }

  /**
   * Remaining lifetime.
   *
   * @return seconds, unsigned 32 bits
   */
  public long expire() {
    return Wire.u32(bytes, offset + at.expire);
  }

  /**
   * Where the wire key is, for {@link KeyView}.
   *
   * @return index into {@link #array}
   */
  public int wireKeyAt() {
    return offset + at.wireKey;
  }

  /**
   * Where the stack key is, for {@link KeyView}.
   *
   * @return index into {@link #array}
   */
  public int stackKeyAt() {
    return offset + at.stackKey;
  }

  /**
   * Where the initiator is, for {@link PeerView}.
   *
   * @return index into {@link #array}
   */
  public int srcAt() {
    return offset + at.src;
  }

  /**
   * Where the responder is, for {@link PeerView}.
   *
   * @return index into {@link #array}
   */
  public int dstAt() {
    return offset + at.dst;
  }

  /**
   * The initiator. Allocates.
   *
   * @return a peer
   */
  public StatePeer src() {
    return PeerView.read(bytes, srcAt());
  }

  /**
   * The responder. Allocates.
   *
   * @return a peer
   */
  public StatePeer dst() {
    return PeerView.read(bytes, dstAt());
  }

  /**
   * The whole message as a value. A stack key of unknown family is read as one of the wire key's.
   * Allocates.
   *
   * @return a snapshot
   */
  public PfState state() {
    return StateCodec.read(bytes, offset, format);
  }

  /**
   * What a receiver takes over, into a draft: all that {@link #state} has but rules, counters and
   * flags, which are the sender's own or for the receiver to decide on. Allocates nothing but names
   * that the draft's table does not know.
   *
   * @param draft whatever was in it is lost
   */
  public void copyTo(StateDraft draft) {
    DraftCodec.read(bytes, offset, format, draft);
  }

  private int u8(int field) {
    return Wire.u8(bytes, offset + field);
  }
}
