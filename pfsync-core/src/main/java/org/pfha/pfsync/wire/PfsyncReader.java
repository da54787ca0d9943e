package org.pfha.pfsync.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pfha.pf.PfState;

/**
 * Walks a packet section by section, with the kernel's checks in the kernel's order (spec pfsync
 * 4).
 *
 * <pre>
 *  0 version (5)  1 pad  2 len  4 pfcksum[16]
 * 20 action  21 pad  22 count  24 messages …                repeated
 *    12 (EOF)      0       1
 * </pre>
 *
 * <p>{@link #wrap}, {@link #check} once, then {@link #next} until it says something else than
 * {@link Step#SECTION}. Allocates nothing. Confined to one thread.
 */
public final class PfsyncReader {

  /** What is wrong with the packet header; named after the kernel's counters. */
  public enum Check {
    /** Its sections can be read. */
    OK,
    /** Shorter than the packet header. */
    HDROPS,
    /** Not header version 5. */
    BADVER,
    /** Promises more bytes than there are. */
    BADLEN
  }

  /** Where {@link #next} has got to. */
  public enum Step {
    /** A section whose messages are all there. */
    SECTION,
    /** The section that ends the packet, at its end. */
    EOF,
    /** The section that ends the packet, with bytes behind it: {@code badlen}. */
    EOF_BADLEN,
    /** No section is left; nothing to count. */
    END,
    /** An action number this release does not know: {@code badact}, the section is not counted. */
    UNKNOWN_ACTION,
    /** An action nobody implements: {@code badact}, the section is counted. */
    BADACT,
    /** Its messages are not all there, or too many: {@code badlen}, the section is counted. */
    BADLEN
  }

  /** Size of the packet header. */
  public static final int HEADER = 20;

  /** Size of a section header. */
  public static final int SECTION_HEADER = 4;

  /** The header version. */
  public static final int VERSION = 5;

  static final int LEN_OFFSET = 2;
  static final int CHECKSUM_OFFSET = 4;
  static final int CHECKSUM_SIZE = 16;
  static final int COUNT_OFFSET = 2;

  private final StateFormat format;
  private byte[] bytes = new byte[0];
  private int start;
  private int length;
  private int end;
  private int position;
  private int action;
  private int count;
  private int messages;
  private int size;

  /**
   * A reader over nothing, to be wrapped.
   *
   * @param format the newest format, hence the release, of the receiver
   */
  public PfsyncReader(StateFormat format) {
    this.format = format;
  }

  /**
   * Looks at another packet.
   *
   * @param newBytes the IP payload is in here; not copied
   * @param offset of the packet header
   * @param newLength bytes behind the IP header
   * @return this
   */
  public PfsyncReader wrap(byte[] newBytes, int offset, int newLength) {
    bytes = newBytes;
    start = offset;
    length = newLength;
    return this;
  }

  /**
   * Checks the packet header.
   *
   * @return OK or why the packet is dropped
   */
  public Check check() {
    if (length < HEADER) {
      return Check.HDROPS;
    }
    if (version() != VERSION) {
      return Check.BADVER;
    }
    if (headerLength() > length) {
      return Check.BADLEN;
    }
    end = start + headerLength();
    position = start + HEADER;
    return Check.OK;
  }

  /**
   * Steps to the next section.
   *
   * @param checkBus whether BUS messages must be there in full; they must while a bulk transfer is
   *     awaited
   * @return where it has got to
   */
  public Step next(boolean checkBus) {
    if (end - position < SECTION_HEADER) {
      return Step.END;
    }
    action = Wire.u8(bytes, position);
    count = Wire.u16(bytes, position + COUNT_OFFSET);
    messages = position + SECTION_HEADER;
    if (action >= format.actions) {
      return Step.UNKNOWN_ACTION;
    }
    size = Action.messageSize(action, format);
    if (action == Action.EOF) {
      position = end;
      return messages == start + length ? Step.EOF : Step.EOF_BADLEN;
    }
    if (action == Action.INS_F
        || action == Action.DEL_F
        || (action == Action.DEL && format != StateFormat.V1301)) {
      return Step.BADACT;
    }
    int total = count * size;
    boolean unchecked = action == Action.TDB || (action == Action.BUS && !checkBus);
    if (!unchecked) {
      int present = start + length - messages;
      if (total > present || total > Action.MAX_SECTION || present == 0) {
        return Step.BADLEN;
      }
    }
    position = messages + total;
    return Step.SECTION;
  }

  /**
   * The header version.
   *
   * @return 0–255; 5 when checked
   */
  public int version() {
    return Wire.u8(bytes, start);
  }

  /**
   * The packet's own length.
   *
   * @return bytes from the packet header to the end of EOF
   */
  public int headerLength() {
    return Wire.u16(bytes, start + LEN_OFFSET);
  }

  /**
   * Compares the ruleset checksum.
   *
   * @param checksum 16 bytes
   * @return true if the sender has the same
   */
  public boolean checksumIs(byte[] checksum) {
    int at = start + CHECKSUM_OFFSET;
    return Arrays.equals(bytes, at, at + CHECKSUM_SIZE, checksum, 0, checksum.length);
  }

  /**
   * The ruleset checksum.
   *
   * @return a copy of 16 bytes
   */
  public byte[] checksum() {
    int at = start + CHECKSUM_OFFSET;
    return Arrays.copyOfRange(bytes, at, at + CHECKSUM_SIZE);
  }

  /**
   * The current section's action.
   *
   * @return 0–255
   */
  public int action() {
    return action;
  }

  /**
   * How many messages the current section has.
   *
   * @return 0–65535
   */
  public int count() {
    return count;
  }

  /**
   * Where the current section's header is.
   *
   * @return bytes from the packet header
   */
  public int sectionOffset() {
    return messages - SECTION_HEADER - start;
  }

  /**
   * Where a message of the current section is.
   *
   * @param index 0 to {@link #count} − 1
   * @return index into the wrapped array
   */
  public int messageAt(int index) {
    return messages + index * size;
  }

  /**
   * The state named by a message of INS_ACK, UPD_REQ or DEL_C.
   *
   * @param index 0 to {@link #count} − 1
   * @return eight bytes, big-endian
   */
  public long id(int index) {
    return Wire.i64(bytes, messageAt(index));
  }

  /**
   * The creator named by a message of INS_ACK, UPD_REQ, DEL_C, CLR or BUS.
   *
   * @param index 0 to {@link #count} − 1
   * @return four bytes, big-endian
   */
  public int creatorId(int index) {
    int at = action == Action.CLR ? 16 : action == Action.BUS ? 0 : 8;
    return Wire.i32(bytes, messageAt(index) + at);
  }

  /**
   * The interface of a CLR message. Allocates.
   *
   * @param index 0 to {@link #count} − 1
   * @return a name, empty for every interface
   */
  public String clearInterface(int index) {
    return Wire.name(bytes, messageAt(index), StateView.IFNAME_SIZE);
  }

  /**
   * Whether the first message of a section is there, which nobody checks for an unawaited BUS.
   *
   * @return true if it can be read
   */
  public boolean hasFirstMessage() {
    return count > 0 && messages + size <= start + length;
  }

  /**
   * The duration in a BUS message.
   *
   * @return seconds since the request, unsigned
   */
  public long busEndTime() {
    return Wire.u32(bytes, messageAt(0) + 4);
  }

  /**
   * The status in a BUS message.
   *
   * @return 1 start, 2 end
   */
  public int busStatus() {
    return Wire.u8(bytes, messageAt(0) + 8);
  }

  /**
   * The states that a packet carries in full, for a tool or a demo: those of INS and UPD that are
   * in range, up to where the packet is malformed.
   *
   * @param packet an IP payload
   * @param format the release it is read for
   * @return the states in their order
   */
  public static List<PfState> states(byte[] packet, StateFormat format) {
    List<PfState> states = new ArrayList<>();
    PfsyncReader reader = new PfsyncReader(format).wrap(packet, 0, packet.length);
    if (reader.check() != Check.OK) {
      return states;
    }
    StateView view = new StateView(format);
    while (reader.next(true) == Step.SECTION) {
      if (reader.action == format.insert || reader.action == format.update) {
        for (int i = 0; i < reader.count; i++) {
          if (view.wrap(packet, reader.messageAt(i)).check() == FieldCheck.OK) {
            states.add(view.state());
          }
        }
      }
    }
    return states;
  }
}
