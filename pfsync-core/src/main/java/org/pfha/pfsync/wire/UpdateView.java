package org.pfha.pfsync.wire;

import org.pfha.pf.StatePeer;

/**
 * A view over one compressed update, the message of UPD_C (spec pfsync 5.5).
 *
 * <pre>
 *   0 id  8 src[32]  40 dst[32]  72 creatorid  76 expire (0)  80 timeout  81 pad[3]
 *                                                             OpenBSD: 81 state_flags
 * </pre>
 *
 * <p>Only {@link #src} and {@link #dst} allocate. Confined to one thread.
 */
public final class UpdateView {

  static final int ID_OFFSET = Structures.UPD_C.offset("id");
  static final int SRC_OFFSET = Structures.UPD_C.offset("src");
  static final int DST_OFFSET = Structures.UPD_C.offset("dst");
  static final int CREATOR_ID_OFFSET = Structures.UPD_C.offset("creatorid");
  static final int EXPIRE_OFFSET = Structures.UPD_C.offset("expire");
  static final int TIMEOUT_OFFSET = Structures.UPD_C.offset("timeout");
  static final int STATE_FLAGS_OFFSET = Structures.UPD_C_OPENBSD.offset("state_flags");

  private final int timeouts;
  private final boolean hasFlags;
  private byte[] bytes = new byte[0];
  private int offset;

  /**
   * A view over nothing, to be wrapped.
   *
   * @param receiver the newest format of the receiver, whose release decides what is in range
   */
  public UpdateView(StateFormat receiver) {
    timeouts = receiver.timeouts;
    hasFlags = receiver == StateFormat.OPENBSD6;
  }

  /**
   * Looks at other bytes.
   *
   * @param newBytes at least 84 bytes from the offset; not copied
   * @param newOffset of the message
   * @return this
   */
  public UpdateView wrap(byte[] newBytes, int newOffset) {
    if (bytes != newBytes) { // a reference that is stored anew costs the collector something
      bytes = newBytes;
    }
    offset = newOffset;
    return this;
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
   * The range checks.
   *
   * @return OK or the first field that is out of range
   */
  public FieldCheck check() {
    return FieldCheck.ofProgress(
        timeout(), PeerView.state(bytes, srcAt()), PeerView.state(bytes, dstAt()), timeouts);
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
   * Timeout index.
   *
   * @return 0–255
   */
  public int timeout() {
    return Wire.u8(bytes, offset + TIMEOUT_OFFSET);
  }

  /**
   * Remaining lifetime; FreeBSD sends 0 and does not look at it.
   *
   * @return seconds, unsigned 32 bits
   */
  public long expire() {
    return Wire.u32(bytes, offset + EXPIRE_OFFSET);
  }

  /**
   * State flags, which only OpenBSD sends.
   *
   * @return eight bits; 0 elsewhere
   */
  public int stateFlags() {
    return hasFlags ? Wire.u8(bytes, offset + STATE_FLAGS_OFFSET) : 0;
  }

  /**
   * Where the initiator is, for {@link PeerView}.
   *
   * @return index into {@link #array}
   */
  public int srcAt() {
    return offset + SRC_OFFSET;
  }

  /**
   * Where the responder is, for {@link PeerView}.
   *
   * @return index into {@link #array}
   */
  public int dstAt() {
    return offset + DST_OFFSET;
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
}
