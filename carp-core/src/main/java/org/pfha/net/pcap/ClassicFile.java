package org.pfha.net.pcap;

import java.io.IOException;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.pfha.net.pcap.PcapReader.End;

/**
 * The classic format, in the byte order and resolution that its magic tells; drawn at {@link
 * PcapWriter}.
 */
final class ClassicFile implements CaptureFile {

  static final int FILE_HEADER = 24;

  private static final int MICROSECOND_MAGIC = 0xa1b2c3d4;
  private static final int NANOSECOND_MAGIC = 0xa1b23c4d;
  private static final int RECORD_HEADER = 16;
  private static final int LINK_TYPE_OFFSET = 20;

  private final CaptureInput in;
  private final ByteOrder order;
  private final int nanosPerUnit;
  private final CaptureInterface link;
  private End end = End.NOT_YET;

  /** To be made when the file's header is there and its magic is right. */
  ClassicFile(CaptureInput in) {
    this.in = in;
    order =
        isMagic(in.i32(0, ByteOrder.BIG_ENDIAN)) ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    nanosPerUnit = in.i32(0, order) == MICROSECOND_MAGIC ? 1000 : 1;
    // The upper bits tell of a frame check sequence behind each frame.
    link = new CaptureInterface(0, "", in.i32(LINK_TYPE_OFFSET, order) & 0xffff);
    if (!LinkLayer.isKnown(link.linkType())) {
      end = End.UNSUPPORTED_LINK_TYPE;
    }
    in.skip(FILE_HEADER);
  }

  static boolean isMagic(int magic) {
    return magic == MICROSECOND_MAGIC || magic == NANOSECOND_MAGIC;
  }

  @Override
  public @Nullable PcapRecord next() throws IOException {
    if (end != End.NOT_YET || !in.has(RECORD_HEADER)) {
      return null;
    }
    long at = in.u32(0, order) * 1_000_000_000L + in.u32(4, order) * nanosPerUnit;
    int captured = in.i32(8, order);
    int original = in.i32(12, order);
    if (captured < 0 || captured > PcapReader.LONGEST) {
      end = End.OVERSIZED_RECORD;
      return null;
    }
    if (!in.has(RECORD_HEADER + captured)) {
      return null;
    }
    in.take(RECORD_HEADER);
    return PcapRecord.of(at, original, in.take(captured), link);
  }

  @Override
  public End end() {
    return end;
  }
}
