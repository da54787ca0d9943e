package org.pfha.net.pcap;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a capture file: classic pcap or pcapng, of either byte order and any resolution of time.
 * Link types are Ethernet (VLAN tags are skipped), raw IP, Linux cooked (both versions), the
 * loopback of the BSDs, pflog and pfsync. Confined to one thread.
 *
 * <p>A broken file never throws: reading ends where it stops making sense, and {@link #end} says
 * why. Only failing input is an {@link IOException}. Blocks of pcapng that hold no packet are
 * stepped over; a packet without time has that of the one before; records of an interface of
 * unknown link type are returned without IP packet.
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
    /** The link type of a classic file is unknown. */
    UNSUPPORTED_LINK_TYPE,
    /** The file ended within a record. */
    TRUNCATED,
    /** A record claims more than {@value PcapReader#LONGEST} bytes. */
    OVERSIZED_RECORD,
    /** A block of pcapng contradicts itself, or names an interface that was not described. */
    BAD_BLOCK
  }

  /** Longest record that is believed. */
  static final int LONGEST = 262_144;

  private static final int MAGIC = 4;

  private final CaptureInput in;
  private final boolean following;
  private @Nullable CaptureFile file;
  private End end = End.NOT_YET;

  /**
   * Reads a file to its end.
   *
   * @param in the file; closed by {@link #close}
   */
  public PcapReader(InputStream in) {
    this(in, false);
  }

  private PcapReader(InputStream in, boolean following) {
    this.in = new CaptureInput(in);
    this.following = following;
  }

  /**
   * Reads a file that is still being written: where it ends within a record or behind one, there
   * may be more later, and {@link #next} can be called again.
   *
   * @param in the file, which returns more after its end when it has grown, as those of {@link
   *     java.nio.file.Files#newInputStream} do; closed by {@link #close}
   * @return a reader whose {@link #end} is never {@link End#COMPLETE} or {@link End#TRUNCATED}
   */
  public static PcapReader following(InputStream in) {
    return new PcapReader(in, true);
  }

  /**
   * Reads the next record.
   *
   * @return the record, or empty at the {@link #end}; of a followed file also when there is none
   *     yet
   * @throws IOException if it cannot be read
   */
  public Optional<PcapRecord> next() throws IOException {
    return Optional.ofNullable(end == End.NOT_YET ? read() : null);
  }

  private @Nullable PcapRecord read() throws IOException {
    CaptureFile opened = file == null ? open() : file;
    if (opened == null) {
      return null;
    }
    PcapRecord record = opened.next();
    if (record == null) {
      end = opened.end();
      if (end == End.NOT_YET && !following) {
        end = in.isEmpty() ? End.COMPLETE : End.TRUNCATED;
      }
    }
    return record;
  }

  private @Nullable CaptureFile open() throws IOException {
    if (in.has(MAGIC)) {
      int magic = in.i32(0, ByteOrder.BIG_ENDIAN);
      if (magic == PcapngFile.SECTION) {
        file = new PcapngFile(in);
        return file;
      }
      boolean classic =
          ClassicFile.isMagic(magic) || ClassicFile.isMagic(in.i32(0, ByteOrder.LITTLE_ENDIAN));
      if (classic && in.has(ClassicFile.FILE_HEADER)) {
        file = new ClassicFile(in);
        return file;
      }
      if (classic && following) {
        return null;
      }
      end = End.NOT_PCAP;
    } else if (!following) {
      end = End.NOT_PCAP;
    }
    return null;
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
