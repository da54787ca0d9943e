package org.pfha.net.sys;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One netlink message (spec pf-ioctl 10). Immutable, as long as nobody writes to the payload.
 *
 * <pre>
 *   0 length  4 type  6 flags  8 sequence  12 port  16 payload, padded to 4
 *   generic payload: 0 command  1 version  2 reserved  4 attributes
 * </pre>
 *
 * @param type 0–0xffff
 * @param flags 0–0xffff
 * @param sequence number of the request
 * @param port id
 * @param payload behind the header, without padding
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of a message, never compared
public record NetlinkMessage(int type, int flags, int sequence, int port, byte[] payload) {

  private static final int HEADER = 16;
  private static final int GENERIC_HEADER = 4;
  private static final int TYPE_ERROR = 2;
  private static final int TYPE_DONE = 3;
  private static final int CAPPED = 0x100;
  private static final int ACK_ATTRIBUTES = 0x200;
  private static final int ERRNO = 4;
  private static final int ERROR_TEXT = 1;

  /**
   * A generic netlink message from port 0.
   *
   * @param type the family's id
   * @param flags 0–0xffff
   * @param sequence number of the request
   * @param command 0–255
   * @param version 0–255, of the family
   * @param attributes in order
   * @return the message
   */
  public static NetlinkMessage generic(
      int type,
      int flags,
      int sequence,
      int command,
      int version,
      List<NetlinkAttribute> attributes) {
    byte[] body = NetlinkAttribute.toBytes(attributes);
    byte[] payload = new byte[GENERIC_HEADER + body.length];
    payload[0] = (byte) command;
    payload[1] = (byte) version;
    System.arraycopy(body, 0, payload, GENERIC_HEADER, body.length);
    return new NetlinkMessage(type, flags, sequence, 0, payload);
  }

  /**
   * Reads what one receive call returned.
   *
   * @param bytes any bytes
   * @return the whole messages before the first that is malformed
   */
  public static List<NetlinkMessage> parse(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    List<NetlinkMessage> messages = new ArrayList<>();
    int at = 0;
    while (bytes.length - at >= HEADER) {
      int length = in.getInt(at);
      if (length < HEADER || length > bytes.length - at) {
        break;
      }
      messages.add(
          new NetlinkMessage(
              in.getShort(at + 4) & 0xffff,
              in.getShort(at + 6) & 0xffff,
              in.getInt(at + 8),
              in.getInt(at + 12),
              Arrays.copyOfRange(bytes, at + HEADER, at + length)));
      at += length + 3 & ~3;
    }
    return messages;
  }

  /**
   * The whole message, padding included.
   *
   * @return a new array
   */
  public byte[] toBytes() {
    return ByteBuffer.allocate(HEADER + payload.length + 3 & ~3)
        .order(ByteOrder.nativeOrder())
        .putInt(HEADER + payload.length)
        .putShort((short) type)
        .putShort((short) flags)
        .putInt(sequence)
        .putInt(port)
        .put(payload)
        .array();
  }

  /**
   * Whether this ends a dump or acknowledges a request.
   *
   * @return true for the types DONE and ERROR, whose payload is an errno and more
   */
  public boolean isEnd() {
    return type == TYPE_ERROR || type == TYPE_DONE;
  }

  /**
   * How a dump or a request ended: FreeBSD's errno is positive, Linux's negative.
   *
   * @return the errno, 0 for success, or empty if this is no {@link #isEnd} or is cut off
   */
  public OptionalInt errno() {
    return isEnd() && payload.length >= ERRNO
        ? OptionalInt.of(ByteBuffer.wrap(payload).order(ByteOrder.nativeOrder()).getInt())
        : OptionalInt.empty();
  }

  /**
   * What the kernel says beside an errno.
   *
   * <pre>
   *   error  0 errno  4 header of the request  20 the rest of it, unless capped  attributes
   *   done   0 errno  4 attributes
   * </pre>
   *
   * @return its words, or empty if it says nothing
   */
  public Optional<String> errorText() {
    if (!isEnd() || (flags & ACK_ATTRIBUTES) == 0) {
      return Optional.empty();
    }
    int at = ERRNO;
    if (type == TYPE_ERROR) {
      at += HEADER;
      if ((flags & CAPPED) == 0 && payload.length >= at) {
        int request = ByteBuffer.wrap(payload).order(ByteOrder.nativeOrder()).getInt(ERRNO);
        at = ERRNO + (Math.max(HEADER, request) + 3 & ~3);
      }
    }
    return at < ERRNO || at > payload.length
        ? Optional.empty()
        : NetlinkAttributes.of(payload, at, payload.length).text(ERROR_TEXT);
  }

  /**
   * The generic header's command.
   *
   * @return 0–255, or -1 if the payload is shorter than a generic header
   */
  public int command() {
    return payload.length < GENERIC_HEADER ? -1 : payload[0] & 0xff;
  }

  /**
   * The attributes behind the generic header.
   *
   * @return those before the first that is malformed
   */
  public List<NetlinkAttribute> attributes() {
    return payload.length < GENERIC_HEADER
        ? List.of()
        : NetlinkAttribute.parse(Arrays.copyOfRange(payload, GENERIC_HEADER, payload.length));
  }

  /**
   * The same attributes, to be looked up by type; nothing is copied.
   *
   * @return a view of the payload
   */
  public NetlinkAttributes body() {
    return NetlinkAttributes.of(payload, Math.min(GENERIC_HEADER, payload.length), payload.length);
  }
}
