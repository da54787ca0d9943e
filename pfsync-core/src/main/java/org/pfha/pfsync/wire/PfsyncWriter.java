package org.pfha.pfsync.wire;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import java.util.Arrays;
import org.pfha.pf.PfState;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateRow;

/**
 * Writes one packet into a caller's buffer (spec pfsync 2): {@link #begin}, messages, {@link #end}.
 *
 * <p>Consecutive messages of one action share a section. Whoever writes keeps to the kernel's order
 * of sections ({@link StateFormat#sectionOrder}) and asks {@link #fits} first. Allocates nothing,
 * but for the next hop of a routed state. Confined to one thread.
 */
public final class PfsyncWriter {

  private final StateFormat format;
  private final boolean oneStatePerSection;
  private byte[] bytes = new byte[0];
  private int start;
  private int limit;
  private int position;
  private int section = -1;
  private int action = -1;
  private int count;
  private boolean splitting;

  /**
   * A writer to nothing.
   *
   * @param format the newest format of the release that is to understand the packets
   */
  public PfsyncWriter(StateFormat format) {
    this(format, false);
  }

  /**
   * A writer to nothing.
   *
   * @param format the newest format of the release that is to understand the packets
   * @param oneStatePerSection whether each full state gets a section of its own, as early FreeBSD
   *     14 receivers need it: they step through 1301 sections in strides of 277 bytes and misread
   *     every message but the first (spec pfsync 17, pitfall 3)
   */
  public PfsyncWriter(StateFormat format, boolean oneStatePerSection) {
    this.format = format;
    this.oneStatePerSection = oneStatePerSection;
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
    checkArgument(
        checksum.length == PfsyncReader.CHECKSUM_SIZE,
        "ruleset checksum has %s bytes, not 16",
        checksum.length);
    bytes = buffer;
    start = offset;
    limit = offset + budget - format.trailer();
    Arrays.fill(bytes, offset, offset + budget, (byte) 0);
    Wire.put8(bytes, start + PfsyncReader.VERSION_OFFSET, format.version);
    System.arraycopy(
        checksum, 0, bytes, start + PfsyncReader.CHECKSUM_OFFSET, PfsyncReader.CHECKSUM_SIZE);
    position = start + PfsyncReader.HEADER;
    section = -1;
    action = -1;
    splitting = false;
    return this;
  }

  /**
   * Makes the next message begin a section, whatever its action.
   *
   * @return this
   */
  public PfsyncWriter split() {
    splitting = true;
    return this;
  }

  /**
   * Whether another message has room.
   *
   * @param next its action
   * @return true if it can be written
   */
  public boolean fits(int next) {
    int size = size(next);
    if (continues(next)) {
      return position + size <= limit && (count + 1) * size <= Action.MAX_SECTION;
    }
    return position + PfsyncReader.SECTION_HEADER + size <= limit;
  }

  private boolean continues(int next) {
    return next == action
        && !splitting
        && !(oneStatePerSection && format.stateFormat(next) != null);
  }

  private int size(int next) {
    int size = format.messageSize(next);
    checkArgument(size >= 0, "release of format %s knows no action %s", format.text(), next);
    return size;
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
   * Writes an INS, UPD or DEL, in the action's format.
   *
   * @param next the action
   * @param state the state
   * @return this
   */
  public PfsyncWriter state(int next, PfState state) {
    StateFormat carried = format.stateFormat(next);
    checkArgument(carried != null, "action %s carries no state", next);
    StateCodec.write(bytes, message(next), state, carried);
    return this;
  }

  /**
   * Writes an INS, UPD or DEL.
   *
   * @param next the action
   * @param row the state
   * @param addedFlags state flags that it has on its way only
   * @param nowNanos the time of its age and lifetime
   * @return this
   */
  public PfsyncWriter state(int next, StateRow row, int addedFlags, long nowNanos) {
    RowCodec.write(bytes, message(next), row, addedFlags, format, nowNanos);
    return this;
  }

  /**
   * Writes a UPD_C.
   *
   * @param row the state
   * @return this
   */
  public PfsyncWriter update(StateRow row) {
    int at = message(Action.UPD_C);
    Wire.put64(bytes, at + UpdateView.ID_OFFSET, row.id());
    row.copyPeers(bytes, at + UpdateView.SRC_OFFSET);
    Wire.put32(bytes, at + UpdateView.CREATOR_ID_OFFSET, row.creatorId());
    Wire.put8(bytes, at + UpdateView.TIMEOUT_OFFSET, row.timeout());
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
    writeUpdate(id, creatorId, src, dst, timeout);
    return this;
  }

  private int writeUpdate(long id, int creatorId, StatePeer src, StatePeer dst, int timeout) {
    int at = message(Action.UPD_C);
    Wire.put64(bytes, at + UpdateView.ID_OFFSET, id);
    PeerView.write(bytes, at + UpdateView.SRC_OFFSET, src);
    PeerView.write(bytes, at + UpdateView.DST_OFFSET, dst);
    Wire.put32(bytes, at + UpdateView.CREATOR_ID_OFFSET, creatorId);
    Wire.put8(bytes, at + UpdateView.TIMEOUT_OFFSET, timeout);
    return at;
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
    Wire.put64(bytes, at + PfsyncReader.NAMED_ID_OFFSET, id);
    Wire.put32(bytes, at + PfsyncReader.NAMED_CREATOR_ID_OFFSET, creatorId);
    return this;
  }

  /**
   * Writes a CLR.
   *
   * @param ifname interface of up to 15 characters, or empty for all
   * @param creatorId whose states go
   * @return this
   */
  public PfsyncWriter clear(String ifname, int creatorId) {
    checkArgument(ifname.length() <= PfState.MAX_IFNAME, "interface '%s' is too long", ifname);
    int at = message(Action.CLR);
    Wire.putName(bytes, at + PfsyncReader.CLR_IFNAME_OFFSET, ifname);
    Wire.put32(bytes, at + PfsyncReader.CLR_CREATOR_ID_OFFSET, creatorId);
    return this;
  }

  /**
   * Writes a BUS.
   *
   * @param creatorId own host id
   * @param endTime seconds since the request
   * @param status {@link Action#BUS_START} or {@link Action#BUS_END}
   * @return this
   */
  public PfsyncWriter bus(int creatorId, int endTime, int status) {
    int at = message(Action.BUS);
    Wire.put32(bytes, at + PfsyncReader.BUS_CREATOR_ID_OFFSET, creatorId);
    Wire.put32(bytes, at + PfsyncReader.BUS_ENDTIME_OFFSET, endTime);
    Wire.put8(bytes, at + PfsyncReader.BUS_STATUS_OFFSET, status);
    return this;
  }

  /**
   * Writes any message.
   *
   * @param message what to write
   * @return this
   */
  public PfsyncWriter message(Message message) {
    if (message instanceof Message.FullState full) {
      state(full.action(), full.state());
    } else if (message instanceof Message.Update update) {
      int at =
          writeUpdate(
              update.id(), update.creatorId(), update.src(), update.dst(), update.timeout());
      Wire.put32(bytes, at + UpdateView.EXPIRE_OFFSET, (int) update.expire());
      if (format == StateFormat.OPENBSD6) {
        Wire.put8(bytes, at + UpdateView.STATE_FLAGS_OFFSET, update.stateFlags());
      }
    } else if (message instanceof Message.Named named) {
      name(named.action(), named.id(), named.creatorId());
    } else if (message instanceof Message.Clear clear) {
      clear(clear.ifname(), clear.creatorId());
    } else if (message instanceof Message.Bulk bulk) {
      bus(bulk.creatorId(), (int) bulk.endTime(), bulk.status());
    } else if (message instanceof Message.Tdb tdb) {
      TdbView.write(bytes, message(tdb.action()), tdb);
    }
    return this;
  }

  /**
   * Ends the packet.
   *
   * @return its length in bytes
   */
  public int end() {
    closeSection();
    if (format.trailer() > 0) {
      Wire.put8(bytes, position + PfsyncReader.ACTION_OFFSET, Action.EOF);
      Wire.put16(bytes, position + PfsyncReader.COUNT_OFFSET, 1);
      position += PfsyncReader.SECTION_HEADER;
    }
    int length = position - start;
    Wire.put16(bytes, start + PfsyncReader.LEN_OFFSET, length);
    return length;
  }

  /**
   * Makes room for a message that the caller writes.
   *
   * @param next its action
   * @return index into the buffer of as many zeros as the message has bytes
   */
  public int message(int next) {
    checkState(fits(next), "no room for another %s", Action.name(next));
    if (!continues(next)) {
      closeSection();
      splitting = false;
      section = position;
      action = next;
      count = 0;
      position += PfsyncReader.SECTION_HEADER;
    }
    count++;
    int at = position;
    position += size(next);
    return at;
  }

  private void closeSection() {
    if (section >= 0) {
      Wire.put8(bytes, section + PfsyncReader.ACTION_OFFSET, action);
      Wire.put16(bytes, section + PfsyncReader.COUNT_OFFSET, count);
      if (format == StateFormat.OPENBSD6) {
        Wire.put8(
            bytes,
            section + PfsyncReader.MESSAGE_LEN_OFFSET,
            size(action) / PfsyncReader.MESSAGE_LEN_UNIT);
      }
    }
  }
}
