package org.pfha.pfsync.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
 * <p>OpenBSD's header version 6 has the message size in 4-byte units instead of the section's pad,
 * by which unknown actions are stepped over and longer messages accepted, and no EOF (spec pfsync
 * 20).
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
    /** Not the header version of the receiver's release. */
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
    /** An action this release does not implement: {@code badact}, the section is counted. */
    BADACT,
    /** Its messages are not all there, or too many: {@code badlen}, the section is counted. */
    BADLEN
  }

  /** Size of the packet header. */
  public static final int HEADER = Structures.HEADER.size();

  /** Size of a section header. */
  public static final int SECTION_HEADER = Structures.SECTION.size();

  /** Size of the ruleset checksum. */
  public static final int CHECKSUM_SIZE = 16;

  static final int VERSION_OFFSET = Structures.HEADER.offset("version");
  static final int LEN_OFFSET = Structures.HEADER.offset("len");
  static final int CHECKSUM_OFFSET = Structures.HEADER.offset("pfcksum");
  static final int ACTION_OFFSET = Structures.SECTION.offset("action");
  static final int COUNT_OFFSET = Structures.SECTION.offset("count");
  static final int MESSAGE_LEN_OFFSET = Structures.SECTION_OPENBSD.offset("len");

  /** In what OpenBSD's section headers count message sizes. */
  static final int MESSAGE_LEN_UNIT = 4;

  static final int NAMED_ID_OFFSET = Structures.INS_ACK.offset("id");
  static final int NAMED_CREATOR_ID_OFFSET = Structures.INS_ACK.offset("creatorid");
  static final int CLR_IFNAME_OFFSET = Structures.CLR.offset("ifname");
  static final int CLR_CREATOR_ID_OFFSET = Structures.CLR.offset("creatorid");
  static final int BUS_CREATOR_ID_OFFSET = Structures.BUS.offset("creatorid");
  static final int BUS_ENDTIME_OFFSET = Structures.BUS.offset("endtime");
  static final int BUS_STATUS_OFFSET = Structures.BUS.offset("status");

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
    if (version() != format.version) {
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
    while (end - position >= SECTION_HEADER) {
      action = Wire.u8(bytes, position + ACTION_OFFSET);
      count = Wire.u16(bytes, position + COUNT_OFFSET);
      messages = position + SECTION_HEADER;
      size = format.messageSize(action);
      Step step = format.version == 6 ? openBsdSection() : section(checkBus);
      if (step != Step.SECTION || size >= 0) {
        return step;
      }
    }
    return Step.END;
  }

  private Step section(boolean checkBus) {
    if (action >= format.actions) {
      return Step.UNKNOWN_ACTION;
    }
    if (action == Action.EOF) {
      position = end;
      return messages == start + length ? Step.EOF : Step.EOF_BADLEN;
    }
    if (size < 0) {
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

  /** An unknown action is a section that {@link #next} steps over. */
  private Step openBsdSection() {
    int stride = Wire.u8(bytes, position + MESSAGE_LEN_OFFSET) * MESSAGE_LEN_UNIT;
    if (stride < size || count * stride > end - messages) {
      return Step.BADLEN;
    }
    position = messages + count * stride;
    size = size < 0 ? size : stride;
    return Step.SECTION;
  }

  /**
   * The header version.
   *
   * @return 0–255; that of the format when checked
   */
  public int version() {
    return Wire.u8(bytes, start + VERSION_OFFSET);
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
   * The format of the full states in the current section.
   *
   * @return null if it has none
   */
  public @Nullable StateFormat stateFormat() {
    return format.stateFormat(action);
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
    return Wire.i64(bytes, messageAt(index) + NAMED_ID_OFFSET);
  }

  /**
   * The creator named by a message of INS_ACK, UPD_REQ, DEL_C, CLR or BUS.
   *
   * @param index 0 to {@link #count} − 1
   * @return four bytes, big-endian
   */
  public int creatorId(int index) {
    int at =
        switch (action) {
          case Action.CLR -> CLR_CREATOR_ID_OFFSET;
          case Action.BUS -> BUS_CREATOR_ID_OFFSET;
          default -> NAMED_CREATOR_ID_OFFSET;
        };
    return Wire.i32(bytes, messageAt(index) + at);
  }

  /**
   * The interface of a CLR message. Allocates.
   *
   * @param index 0 to {@link #count} − 1
   * @return a name, empty for every interface
   */
  public String clearInterface(int index) {
    return Wire.name(bytes, messageAt(index) + CLR_IFNAME_OFFSET, Structures.IFNAME_SIZE);
  }

  /**
   * Whether a message of the section is there, which nobody checks for TDB and an unawaited BUS.
   *
   * @param index 0 or more
   * @return true if it can be read
   */
  public boolean hasMessage(int index) {
    return index < count && messages + (index + 1) * size <= start + length;
  }

  /**
   * The duration in a BUS message.
   *
   * @param index 0 to {@link #count} − 1
   * @return seconds since the request, unsigned
   */
  public long busEndTime(int index) {
    return Wire.u32(bytes, messageAt(index) + BUS_ENDTIME_OFFSET);
  }

  /**
   * The status in a BUS message.
   *
   * @param index 0 to {@link #count} − 1
   * @return 1 start, 2 end
   */
  public int busStatus(int index) {
    return Wire.u8(bytes, messageAt(index) + BUS_STATUS_OFFSET);
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
    while (reader.next(true) == Step.SECTION) {
      StateFormat carried = reader.stateFormat();
      if (carried == null || reader.action == Action.DEL) {
        continue;
      }
      StateView view = new StateView(carried, format);
      for (int i = 0; i < reader.count; i++) {
        if (view.wrap(packet, reader.messageAt(i)).check() == FieldCheck.OK) {
          states.add(view.state());
        }
      }
    }
    return states;
  }
}
