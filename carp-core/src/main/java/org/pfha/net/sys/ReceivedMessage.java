package org.pfha.net.sys;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.ToLongFunction;

/**
 * Room for one datagram, for the address it came from and for what the kernel says beside it: what
 * {@code recvmsg} fills on 64-bit Linux (spec pf-ioctl 11). Nothing is allocated for a datagram.
 * Confined to one thread.
 *
 * <pre>
 *   msghdr    0 name  8 name length 4  16 iovec  24 count  32 control  40 control length  48 flags 4
 *   iovec     0 base  8 length
 *   cmsghdr   0 length 8  8 level 4  12 type 4  16 data, padded to 8
 * </pre>
 */
public final class ReceivedMessage implements AutoCloseable {

  private static final int NAME_LENGTH_OFFSET = 8;
  private static final int IOVEC_OFFSET = 16;
  private static final int IOVEC_COUNT_OFFSET = 24;
  private static final int CONTROL_OFFSET = 32;
  private static final int CONTROL_LENGTH_OFFSET = 40;
  private static final int FLAGS_OFFSET = 48;
  private static final int CONTROL_HEADER = 16;

  private static final int IOVEC = 64;
  private static final int NAME = 80;
  private static final int NAME_SIZE = 128;
  private static final int CONTROL = 208;
  private static final int CONTROL_SIZE = 256;
  private static final int DATA = CONTROL + CONTROL_SIZE;

  private static final int TRUNCATED = 0x20;

  private final NativeMemory memory;
  private final ByteBuffer block;
  private final ByteBuffer data;
  private final int room;
  private long address;
  private int length;

  /**
   * Makes room.
   *
   * @param calls that will receive
   * @param bytes of the longest datagram
   */
  public ReceivedMessage(SystemCalls calls, int bytes) {
    room = bytes;
    memory = calls.allocate(DATA + bytes);
    block = memory.buffer().order(ByteOrder.nativeOrder());
    data = block.slice(DATA, bytes);
  }

  /** Lays the header out for the next call, and says where it is. */
  long prepare(ToLongFunction<ByteBuffer> addressOf) {
    if (address == 0) {
      address = addressOf.applyAsLong(block);
      block.putLong(0, address + NAME);
      block.putLong(IOVEC_OFFSET, address + IOVEC);
      block.putLong(IOVEC_COUNT_OFFSET, 1);
      block.putLong(CONTROL_OFFSET, address + CONTROL);
      block.putLong(IOVEC, address + DATA);
      block.putLong(IOVEC + 8, room);
    }
    block.putInt(NAME_LENGTH_OFFSET, NAME_SIZE);
    block.putLong(CONTROL_LENGTH_OFFSET, CONTROL_SIZE);
    block.putInt(FLAGS_OFFSET, 0);
    return address;
  }

  void received(int bytes) {
    length = Math.min(bytes, room);
  }

  /** What was received, for a journal: name, control, flags and data. */
  byte[][] parts() {
    return new byte[][] {
      part(NAME, Math.min(block.getInt(NAME_LENGTH_OFFSET), NAME_SIZE)),
      part(CONTROL, controlLength()),
      part(FLAGS_OFFSET, 4),
      part(DATA, length)
    };
  }

  /** The inverse of {@link #parts}. */
  void parts(byte[][] parts) {
    block.put(NAME, parts[0]).putInt(NAME_LENGTH_OFFSET, parts[0].length);
    block.put(CONTROL, parts[1]).putLong(CONTROL_LENGTH_OFFSET, parts[1].length);
    block.put(FLAGS_OFFSET, parts[2]);
    block.put(DATA, parts[3]);
    length = parts[3].length;
  }

  private byte[] part(int at, int bytes) {
    byte[] part = new byte[bytes];
    block.get(at, part);
    return part;
  }

  /**
   * The datagram's size.
   *
   * @return bytes that were received, at most the room there is
   */
  public int length() {
    return length;
  }

  /**
   * Whether the datagram was longer than the room for it.
   *
   * @return true if its end is lost
   */
  public boolean isTruncated() {
    return (block.getInt(FLAGS_OFFSET) & TRUNCATED) != 0;
  }

  /**
   * Copies the datagram.
   *
   * @param to has room for {@link #length} bytes from the offset on
   * @param offset where to begin
   */
  public void copyTo(byte[] to, int offset) {
    data.get(0, to, offset, length);
  }

  /**
   * Copies a part of the address it came from.
   *
   * @param from offset in the socket address
   * @param to has room for the bytes from the offset on
   * @param offset where to begin
   * @param bytes how many
   */
  public void copySource(int from, byte[] to, int offset, int bytes) {
    block.get(NAME + from, to, offset, bytes);
  }

  /**
   * One byte of the address it came from.
   *
   * @param index offset in the socket address
   * @return 0–255
   */
  public int sourceByte(int index) {
    return block.get(NAME + index) & 0xff;
  }

  /**
   * Looks for what the kernel says beside the datagram.
   *
   * @param level as numbered by this system
   * @param type as numbered by this system
   * @param bytes that its data have at least
   * @return where its data begin, for {@link #controlInt} and its like, or −1 if there is none
   */
  public int control(int level, int type, int bytes) {
    int end = CONTROL + controlLength();
    for (int at = CONTROL; end - at >= CONTROL_HEADER; ) {
      long size = block.getLong(at);
      if (size < CONTROL_HEADER || size > end - at) {
        return -1;
      }
      if (block.getInt(at + 8) == level
          && block.getInt(at + 12) == type
          && size >= CONTROL_HEADER + bytes) {
        return at + CONTROL_HEADER;
      }
      at += (int) size + 7 & ~7;
    }
    return -1;
  }

  private int controlLength() {
    return (int) Math.min(block.getLong(CONTROL_LENGTH_OFFSET), CONTROL_SIZE);
  }

  /**
   * Four bytes of what {@link #control} has found, in native order.
   *
   * @param at what {@link #control} returned, plus an offset
   * @return the number
   */
  public int controlInt(int at) {
    return block.getInt(at);
  }

  /**
   * Eight bytes of what {@link #control} has found, in native order.
   *
   * @param at what {@link #control} returned, plus an offset
   * @return the number
   */
  public long controlLong(int at) {
    return block.getLong(at);
  }

  /**
   * Copies bytes of what {@link #control} has found.
   *
   * @param at what {@link #control} returned, plus an offset
   * @param to has room for the bytes from the offset on
   * @param offset where to begin
   * @param bytes how many
   */
  public void copyControl(int at, byte[] to, int offset, int bytes) {
    block.get(at, to, offset, bytes);
  }

  /** Gives the memory back; this must not be used any more. */
  @Override
  public void close() {
    memory.close();
  }
}
