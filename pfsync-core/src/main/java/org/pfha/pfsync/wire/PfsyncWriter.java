package org.pfha.pfsync.wire;

import static com.google.common.base.Preconditions.checkState;

import java.util.Arrays;
import org.pfha.pf.PfState;
import org.pfha.pf.StatePeer;

/**
 * Writes one packet into a caller's buffer (spec pfsync 2): {@link #begin}, messages, {@link #end}.
 *
 * <p>Consecutive messages of one action share a section. Whoever writes keeps to the kernel's order
 * of sections (spec pfsync 11.2) and asks {@link #fits} first. Confined to one thread.
 */
public final class PfsyncWriter {

  private final StateFormat format;
  private byte[] bytes = new byte[0];
  private int start;
  private int limit;
  private int position;
  private int section = -1;
  private int action = -1;
  private int count;

  /**
   * A writer to nothing.
   *
   * @param format how full states are written
   */
  public PfsyncWriter(StateFormat format) {
    this.format = format;
  }

  /**
   * Begins a packet.
   *
   * @param buffer where it goes
   * @param offset of the packet header
   * @param budget most bytes it may have, EOF included; at least 24
   * @param checksum 16 bytes, the sender's ruleset
   * @return this
   */
  public PfsyncWriter begin(byte[] buffer, int offset, int budget, byte[] checksum) {
    bytes = buffer;
    start = offset;
    limit = offset + budget - PfsyncReader.SECTION_HEADER;
    Arrays.fill(bytes, offset, offset + budget, (byte) 0);
    Wire.put8(bytes, start, PfsyncReader.VERSION);
    System.arraycopy(
        checksum, 0, bytes, start + PfsyncReader.CHECKSUM_OFFSET, PfsyncReader.CHECKSUM_SIZE);
    position = start + PfsyncReader.HEADER;
    section = -1;
    action = -1;
    return this;
  }

  /**
   * Whether another message has room.
   *
   * @param next its action
   * @return true if it can be written
   */
  public boolean fits(int next) {
    int size = Action.messageSize(next, format);
    if (next == action) {
      return position + size <= limit && (count + 1) * size <= Action.MAX_SECTION;
    }
    return position + PfsyncReader.SECTION_HEADER + size <= limit;
  }

  /**
   * Whether nothing has been written yet.
   *
   * @return true if the packet has no section
   */
  public boolean isEmpty() {
    return section < 0;
  }

  /**
   * Writes an INS, UPD or DEL.
   *
   * @param next the action
   * @param state the state
   * @return this
   */
  public PfsyncWriter state(int next, PfState state) {
    StateView.write(bytes, message(next), state, format);
    return this;
  }

  /**
   * Writes a UPD_C.
   *
   * @param id the state's id
   * @param creatorId its creator
   * @param src the initiator
   * @param dst the responder
   * @param timeout timeout index
   * @return this
   */
  public PfsyncWriter update(long id, int creatorId, StatePeer src, StatePeer dst, int timeout) {
    UpdateView.write(bytes, message(Action.UPD_C), id, creatorId, src, dst, timeout);
    return this;
  }

  /**
   * Writes an INS_ACK, UPD_REQ or DEL_C.
   *
   * @param next the action
   * @param id the state's id
   * @param creatorId its creator
   * @return this
   */
  public PfsyncWriter name(int next, long id, int creatorId) {
    int at = message(next);
    Wire.put64(bytes, at, id);
    Wire.put32(bytes, at + 8, creatorId);
    return this;
  }

  /**
   * Writes a CLR.
   *
   * @param ifname interface, or empty for all
   * @param creatorId whose states go
   * @return this
   */
  public PfsyncWriter clear(String ifname, int creatorId) {
    int at = message(Action.CLR);
    Wire.putName(bytes, at, ifname);
    Wire.put32(bytes, at + 16, creatorId);
    return this;
  }

  /**
   * Writes a BUS.
   *
   * @param creatorId own host id
   * @param endTime seconds since the request
   * @param status 1 start, 2 end
   * @return this
   */
  public PfsyncWriter bus(int creatorId, int endTime, int status) {
    int at = message(Action.BUS);
    Wire.put32(bytes, at, creatorId);
    Wire.put32(bytes, at + 4, endTime);
    Wire.put8(bytes, at + 8, status);
    return this;
  }

  /**
   * Ends the packet.
   *
   * @return its length in bytes
   */
  public int end() {
    closeSection();
    Wire.put8(bytes, position, Action.EOF);
    Wire.put16(bytes, position + PfsyncReader.COUNT_OFFSET, 1);
    position += PfsyncReader.SECTION_HEADER;
    int length = position - start;
    Wire.put16(bytes, start + PfsyncReader.LEN_OFFSET, length);
    return length;
  }

  private int message(int next) {
    checkState(fits(next), "no room for another %s", Action.name(next));
    if (next != action) {
      closeSection();
      section = position;
      action = next;
      count = 0;
      position += PfsyncReader.SECTION_HEADER;
    }
    count++;
    int at = position;
    position += Action.messageSize(next, format);
    return at;
  }

  private void closeSection() {
    if (section >= 0) {
      Wire.put8(bytes, section, action);
      Wire.put16(bytes, section + PfsyncReader.COUNT_OFFSET, count);
    }
  }
}
