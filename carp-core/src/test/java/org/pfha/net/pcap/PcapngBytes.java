package org.pfha.net.pcap;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Makes pcapng files, block by block. */
final class PcapngBytes {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteOrder order;

  PcapngBytes(ByteOrder order) {
    this.order = order;
  }

  static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  PcapngBytes section() {
    return block(
        0x0a0d0d0a,
        body(16).putInt(0x1a2b3c4d).putShort((short) 1).putShort((short) 0).putLong(-1));
  }

  /** Resolution −1: not said. */
  PcapngBytes linkInterface(
      int linkType, int snaplen, String name, int resolution, long offsetSeconds) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer body =
        body(8 + 4 + padded(text.length) + (resolution < 0 ? 0 : 8) + 12 + 4)
            .putShort((short) linkType)
            .putShort((short) 0)
            .putInt(snaplen)
            .putShort((short) 2)
            .putShort((short) text.length)
            .put(Arrays.copyOf(text, padded(text.length)));
    if (resolution >= 0) {
      body.putShort((short) 9).putShort((short) 1).put((byte) resolution).put(new byte[3]);
    }
    body.putShort((short) 14).putShort((short) 8).putLong(offsetSeconds).putInt(0);
    return block(1, body);
  }

  PcapngBytes packet(int link, long time, byte[] bytes) {
    return block(
        6,
        body(20 + padded(bytes.length))
            .putInt(link)
            .putInt((int) (time >>> 32))
            .putInt((int) time)
            .putInt(bytes.length)
            .putInt(bytes.length)
            .put(bytes));
  }

  PcapngBytes oldPacket(int link, long time, byte[] bytes) {
    return block(
        2,
        body(20 + padded(bytes.length))
            .putShort((short) link)
            .putShort((short) 1)
            .putInt((int) (time >>> 32))
            .putInt((int) time)
            .putInt(bytes.length)
            .putInt(bytes.length)
            .put(bytes));
  }

  PcapngBytes simple(byte[] bytes, int captured) {
    return block(3, body(4 + padded(captured)).putInt(bytes.length).put(bytes, 0, captured));
  }

  PcapngBytes unknown(int type, int length) {
    return block(type, body(length));
  }

  PcapngBytes header(int type, int length) {
    out.writeBytes(body(32).putInt(type).putInt(length).array());
    return this;
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  private PcapngBytes block(int type, ByteBuffer body) {
    int length = 12 + body.capacity();
    out.writeBytes(body(8).putInt(type).putInt(length).array());
    byte[] bytes = new byte[body.capacity()];
    body.get(0, bytes);
    out.writeBytes(bytes);
    out.writeBytes(body(4).putInt(length).array());
    return this;
  }

  private ByteBuffer body(int size) {
    return ByteBuffer.allocate(size).order(order);
  }

  private static int padded(int length) {
    return length + 3 & ~3;
  }
}
