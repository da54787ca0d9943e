package org.pfha.pfsync.wire;

import java.net.InetAddress;
import java.util.Arrays;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateRoute;

/**
 * A view over one full state, the message of INS, UPD and DEL (spec pfsync 5.2).
 *
 * <pre>
 *   0 id        8 ifname[16]  24 wire key[36]  60 stack key[36]  96 src[32]  128 dst[32]
 * 160 rt_addr 176 rule       180 anchor       184 nat_rule      188 creation 192 expire
 * 196 packets 212 bytes      228 creatorid    232 … by format
 * </pre>
 *
 * <p>Confined to one thread. {@link #state} may be called only after {@link #check} said OK.
 */
public final class StateView {

  static final int ID_OFFSET = 0;
  static final int IFNAME_OFFSET = 8;
  static final int IFNAME_SIZE = 16;
  static final int WIRE_KEY_OFFSET = 24;
  static final int STACK_KEY_OFFSET = 60;
  static final int SRC_OFFSET = 96;
  static final int DST_OFFSET = 128;
  static final int ROUTE_TO_OFFSET = 160;
  static final int RULE_OFFSET = 176;
  static final int ANCHOR_OFFSET = 180;
  static final int NAT_RULE_OFFSET = 184;
  static final int CREATION_OFFSET = 188;
  static final int EXPIRE_OFFSET = 192;
  static final int PACKETS_OFFSET = 196;
  static final int BYTES_OFFSET = 212;
  static final int CREATOR_ID_OFFSET = 228;

  private static final int KEY_PORTS = 32;

  private final StateFormat format;
  private byte[] bytes = new byte[0];
  private int offset;

  /**
   * A view over nothing, to be wrapped.
   *
   * @param format where the fields are
   */
  public StateView(StateFormat format) {
    this.format = format;
  }

  /**
   * Looks at other bytes.
   *
   * @param newBytes at least {@link StateFormat#size} bytes from the offset; not copied
   * @param newOffset of the message
   * @return this
   */
  public StateView wrap(byte[] newBytes, int newOffset) {
    bytes = newBytes;
    offset = newOffset;
    return this;
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
    if (direction() > 2) {
      return FieldCheck.BAD_DIRECTION;
    }
    int family = family();
    return family == StateKey.INET || family == StateKey.INET6
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
        timeout(),
        PeerView.state(bytes, offset + SRC_OFFSET),
        PeerView.state(bytes, offset + DST_OFFSET),
        format);
  }

  /**
   * The state's id.
   *
   * @return eight bytes, big-endian
   */
  public long id() {
    return Wire.i64(bytes, offset + ID_OFFSET);
  }

  /**
   * The creator's host id.
   *
   * @return four bytes, big-endian
   */
  public int creatorId() {
    return Wire.i32(bytes, offset + CREATOR_ID_OFFSET);
  }

  /**
   * Address family of the keys.
   *
   * @return 0–255; 2 or 28 when checked
   */
  public int family() {
    return Wire.u8(bytes, offset + format.family);
  }

  /**
   * Direction of the first packet.
   *
   * @return 0–255; 0–2 when checked
   */
  public int direction() {
    return Wire.u8(bytes, offset + format.direction);
  }

  /**
   * Timeout index.
   *
   * @return 0–255
   */
  public int timeout() {
    return Wire.u8(bytes, offset + format.timeout);
  }

  /**
   * State flags.
   *
   * @return bits
   */
  public int stateFlags() {
    return Wire.u8(bytes, offset + format.stateFlags);
  }

  /**
   * The initiator. Allocates.
   *
   * @return a peer
   */
  public StatePeer src() {
    return PeerView.read(bytes, offset + SRC_OFFSET);
  }

  /**
   * The responder. Allocates.
   *
   * @return a peer
   */
  public StatePeer dst() {
    return PeerView.read(bytes, offset + DST_OFFSET);
  }

  /**
   * The whole message as a value. Allocates.
   *
   * @return a snapshot
   */
  public PfState state() {
    int family = family();
    return PfState.builder(
            id(), creatorId(), key(offset + WIRE_KEY_OFFSET), Wire.u8(bytes, offset + format.proto))
        .ifname(Wire.name(bytes, offset + IFNAME_OFFSET, IFNAME_SIZE))
        .stack(key(offset + STACK_KEY_OFFSET))
        .direction(direction())
        .src(src())
        .dst(dst())
        .route(route(family))
        .rule(Wire.i32(bytes, offset + RULE_OFFSET))
        .anchor(Wire.i32(bytes, offset + ANCHOR_OFFSET))
        .natRule(Wire.i32(bytes, offset + NAT_RULE_OFFSET))
        .creation(Wire.u32(bytes, offset + CREATION_OFFSET))
        .expire(Wire.u32(bytes, offset + EXPIRE_OFFSET))
        .packets(
            Wire.i64(bytes, offset + PACKETS_OFFSET), Wire.i64(bytes, offset + PACKETS_OFFSET + 8))
        .bytes(Wire.i64(bytes, offset + BYTES_OFFSET), Wire.i64(bytes, offset + BYTES_OFFSET + 8))
        .log(Wire.u8(bytes, offset + format.log))
        .stateFlags(stateFlags())
        .timeout(timeout())
        .syncFlags(Wire.u8(bytes, offset + format.syncFlags))
        .build();
  }

  private StateKey key(int at) {
    return new StateKey(
        family(),
        Wire.i64(bytes, at),
        Wire.i64(bytes, at + 8),
        Wire.i64(bytes, at + 16),
        Wire.i64(bytes, at + 24),
        Wire.u16(bytes, at + KEY_PORTS),
        Wire.u16(bytes, at + KEY_PORTS + 2));
  }

  private StateRoute route(int family) {
    int at = offset + ROUTE_TO_OFFSET;
    if (Wire.i64(bytes, at) == 0 && Wire.i64(bytes, at + 8) == 0) {
      return StateRoute.NONE;
    }
    byte[] slot = Arrays.copyOfRange(bytes, at, at + 16);
    return new StateRoute(0, "", StateKey.toAddress(family, slot));
  }

  static void write(byte[] bytes, int at, PfState state, StateFormat format) {
    Wire.put64(bytes, at + ID_OFFSET, state.id());
    Wire.putName(bytes, at + IFNAME_OFFSET, state.ifname());
    writeKey(bytes, at + WIRE_KEY_OFFSET, state.wire());
    writeKey(bytes, at + STACK_KEY_OFFSET, state.stack());
    PeerView.write(bytes, at + SRC_OFFSET, state.src());
    PeerView.write(bytes, at + DST_OFFSET, state.dst());
    InetAddress routeTo = state.route().address();
    if (routeTo != null) {
      byte[] address = routeTo.getAddress();
      System.arraycopy(address, 0, bytes, at + ROUTE_TO_OFFSET, address.length);
    }
    Wire.put32(bytes, at + RULE_OFFSET, state.rule());
    Wire.put32(bytes, at + ANCHOR_OFFSET, state.anchor());
    Wire.put32(bytes, at + NAT_RULE_OFFSET, state.natRule());
    Wire.put32(bytes, at + CREATION_OFFSET, (int) state.creation());
    Wire.put32(bytes, at + EXPIRE_OFFSET, (int) state.expire());
    Wire.put64(bytes, at + PACKETS_OFFSET, state.packets0());
    Wire.put64(bytes, at + PACKETS_OFFSET + 8, state.packets1());
    Wire.put64(bytes, at + BYTES_OFFSET, state.bytes0());
    Wire.put64(bytes, at + BYTES_OFFSET + 8, state.bytes1());
    Wire.put32(bytes, at + CREATOR_ID_OFFSET, state.creatorId());
    Wire.put8(bytes, at + format.family, state.wire().family());
    Wire.put8(bytes, at + format.proto, state.proto());
    Wire.put8(bytes, at + format.direction, state.direction());
    Wire.put8(bytes, at + format.log, state.log());
    Wire.put8(bytes, at + format.stateFlags, state.stateFlags());
    Wire.put8(bytes, at + format.timeout, state.timeout());
    Wire.put8(bytes, at + format.syncFlags, state.syncFlags());
  }

  private static void writeKey(byte[] bytes, int at, StateKey key) {
    Wire.put64(bytes, at, key.address0High());
    Wire.put64(bytes, at + 8, key.address0Low());
    Wire.put64(bytes, at + 16, key.address1High());
    Wire.put64(bytes, at + 24, key.address1Low());
    Wire.put16(bytes, at + KEY_PORTS, key.port0());
    Wire.put16(bytes, at + KEY_PORTS + 2, key.port1());
  }
}
