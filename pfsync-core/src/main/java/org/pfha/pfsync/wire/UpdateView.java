package org.pfha.pfsync.wire;

import org.pfha.pf.StatePeer;

/**
 * A view over one compressed update, the message of UPD_C (spec pfsync 5.5).
 *
 * <pre>
 *   0 id  8 src[32]  40 dst[32]  72 creatorid  76 expire (0)  80 timeout  81 pad[3]
 * </pre>
 *
 * <p>Confined to one thread.
 */
public final class UpdateView {

  static final int ID_OFFSET = 0;
  static final int SRC_OFFSET = 8;
  static final int DST_OFFSET = 40;
  static final int CREATOR_ID_OFFSET = 72;
  static final int TIMEOUT_OFFSET = 80;

  private final StateFormat format;
  private byte[] bytes = new byte[0];
  private int offset;

  /**
   * A view over nothing, to be wrapped.
   *
   * @param format of the release that receives it
   */
  public UpdateView(StateFormat format) {
    this.format = format;
  }

  /**
   * Looks at other bytes.
   *
   * @param newBytes at least 84 bytes from the offset; not copied
   * @param newOffset of the message
   * @return this
   */
  public UpdateView wrap(byte[] newBytes, int newOffset) {
    bytes = newBytes;
    offset = newOffset;
    return this;
  }

  /**
   * The range checks.
   *
   * @return OK or the first field that is out of range
   */
  public FieldCheck check() {
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
   * Timeout index.
   *
   * @return 0–255
   */
  public int timeout() {
    return Wire.u8(bytes, offset + TIMEOUT_OFFSET);
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

  static void write(
      byte[] bytes, int at, long id, int creatorId, StatePeer src, StatePeer dst, int timeout) {
    Wire.put64(bytes, at + ID_OFFSET, id);
    PeerView.write(bytes, at + SRC_OFFSET, src);
    PeerView.write(bytes, at + DST_OFFSET, dst);
    Wire.put32(bytes, at + CREATOR_ID_OFFSET, creatorId);
    Wire.put8(bytes, at + TIMEOUT_OFFSET, timeout);
  }
}
