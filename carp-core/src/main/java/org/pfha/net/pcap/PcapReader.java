package org.pfha.net.pcap;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a classic pcap file of link type Ethernet (VLAN tags are skipped) or raw IP. Confined to
 * one thread.
 *
 * <p>A broken file never throws: reading ends where it stops making sense, and {@link #end} says
 * why. Only failing input is an {@link IOException}.
 */
public final class PcapReader implements Closeable {

  /** How far reading has come. */
  public enum End {
    /** There may be more. */
    NOT_YET,
    /** The file ended behind a whole record. */
    COMPLETE,
    /** The file's header is too short, or its magic is none of pcap's. */
    NOT_PCAP,
    /** The link type is neither Ethernet nor raw IP. */
    UNSUPPORTED_LINK_TYPE,
    /** The file ended within a record. */
    TRUNCATED,
    /** A record claims more than {@value PcapReader#LONGEST} bytes. */
    OVERSIZED_RECORD
  }

  /** Longest record that is believed. */
  static final int LONGEST = 262_144;

  private static final int MICROSECOND_MAGIC = 0xa1b2c3d4;
  private static final int NANOSECOND_MAGIC = 0xa1b23c4d;
  private static final int ETHERNET = 1;
  private static final int RAW = 101;
  private static final int FILE_HEADER = 24;
  private static final int RECORD_HEADER = 16;
  private static final int LINK_TYPE_OFFSET = 20;

  private final InputStream in;
  private ByteOrder order = ByteOrder.BIG_ENDIAN;
  private int nanosPerUnit = 1;
  private int linkType;
  private End end = End.NOT_YET;

  /**
   * Reads the file's header.
   *
   * @param in the file; closed by {@link #close}
   * @throws IOException if it cannot be read
   */
  public PcapReader(InputStream in) throws IOException {
    this.in = in;
    byte[] header = in.readNBytes(FILE_HEADER);
    if (header.length < FILE_HEADER || !magic(ByteBuffer.wrap(header))) {
      end = End.NOT_PCAP;
      return;
    }
    // The upper bits tell of a frame check sequence behind each frame.
    linkType = ByteBuffer.wrap(header).order(order).getInt(LINK_TYPE_OFFSET) & 0xffff;
    if (linkType != ETHERNET && linkType != RAW) {
      end = End.UNSUPPORTED_LINK_TYPE;
    }
  }

  private boolean magic(ByteBuffer header) {
    for (ByteOrder candidate : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
      int magic = header.order(candidate).getInt(0);
      if (magic == MICROSECOND_MAGIC || magic == NANOSECOND_MAGIC) {
        order = candidate;
        nanosPerUnit = magic == MICROSECOND_MAGIC ? 1000 : 1;
        return true;
      }
    }
    return false;
  }

  /**
   * Reads the next record.
   *
   * @return the record, or empty at the {@link #end}
   * @throws IOException if it cannot be read
   */
  public Optional<PcapRecord> next() throws IOException {
    return Optional.ofNullable(end == End.NOT_YET ? read() : null);
  }

  private @Nullable PcapRecord read() throws IOException {
    byte[] head = in.readNBytes(RECORD_HEADER);
    if (head.length < RECORD_HEADER) {
      end = head.length == 0 ? End.COMPLETE : End.TRUNCATED;
      return null;
    }
    ByteBuffer header = ByteBuffer.wrap(head).order(order);
    long seconds = header.getInt() & 0xffff_ffffL;
    long fraction = header.getInt() & 0xffff_ffffL;
    int captured = header.getInt();
    int original = header.getInt();
    if (captured < 0 || captured > LONGEST) {
      end = End.OVERSIZED_RECORD;
      return null;
    }
    byte[] bytes = in.readNBytes(captured);
    if (bytes.length < captured) {
      end = End.TRUNCATED;
      return null;
    }
    return new PcapRecord(
        seconds * 1_000_000_000L + fraction * nanosPerUnit, original, ipOf(bytes), bytes);
  }

  private byte[] ipOf(byte[] frame) {
    if (linkType == RAW) {
      return frame;
    }
    for (int at = 12; at + 2 <= frame.length; at += 4) {
      int type = (frame[at] & 0xff) << 8 | (frame[at + 1] & 0xff);
      if (type == 0x0800 || type == 0x86dd) {
        return Arrays.copyOfRange(frame, at + 2, frame.length);
      }
      if (type != 0x8100 && type != 0x88a8) {
        break;
      }
    }
    return new byte[0];
  }

  /**
   * All records that are left.
   *
   * @return in the file's order
   * @throws IOException if it cannot be read
   */
  public List<PcapRecord> readAll() throws IOException {
    List<PcapRecord> records = new ArrayList<>();
    for (Optional<PcapRecord> next = next(); next.isPresent(); next = next()) {
      records.add(next.get());
    }
    return records;
  }

  /**
   * How far reading has come, and why it ended.
   *
   * @return {@link End#NOT_YET} until {@link #next} was empty
   */
  public End end() {
    return end;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
