package org.pfha.net.pcap;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.pfha.net.Subscription;
import org.pfha.net.sim.SimFrame;
import org.pfha.net.sim.SimSegment;

/**
 * Writes a classic pcap file. Thread-safe.
 *
 * <pre>
 *   file    0 magic  4 version 2.4  8 zone  12 sigfigs  16 snaplen  20 link type
 *   record  0 seconds  4 fraction  8 captured length  12 original length  16 bytes
 * </pre>
 */
public final class PcapWriter implements Closeable {

  /** What a record begins with. */
  public enum LinkType {
    /** An Ethernet header (1). */
    ETHERNET(1),
    /** The IP header (101). */
    RAW(101);

    private final int number;

    LinkType(int number) {
      this.number = number;
    }
  }

  /** Resolution of the time stamps. */
  public enum Resolution {
    /** Microseconds, which every tool reads. */
    MICROSECONDS(0xa1b2c3d4, 1000),
    /** Nanoseconds. */
    NANOSECONDS(0xa1b23c4d, 1);

    private final int magic;
    private final int nanos;

    Resolution(int magic, int nanos) {
      this.magic = magic;
      this.nanos = nanos;
    }
  }

  static final int SNAPLEN = 0x40000;

  private static final long SECOND = 1_000_000_000L;

  private final OutputStream out;
  private final LinkType linkType;
  private final Resolution resolution;

  /**
   * Writes the file's header.
   *
   * @param out where to; closed by {@link #close}
   * @param linkType what records begin with
   * @param resolution of the time stamps
   * @throws IOException if it cannot be written
   */
  public PcapWriter(OutputStream out, LinkType linkType, Resolution resolution) throws IOException {
    this.out = out;
    this.linkType = linkType;
    this.resolution = resolution;
    out.write(
        ByteBuffer.allocate(24)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(resolution.magic)
            .putShort((short) 2)
            .putShort((short) 4)
            .putLong(0)
            .putInt(SNAPLEN)
            .putInt(linkType.number)
            .array());
  }

  /**
   * Writes one record.
   *
   * @param atNanos nanoseconds since 1970; negative ones are written as 0
   * @param bytes beginning as the link type says
   * @throws IOException if it cannot be written
   */
  public synchronized void write(long atNanos, byte[] bytes) throws IOException {
    long at = Math.max(0, atNanos);
    int captured = Math.min(bytes.length, SNAPLEN);
    out.write(
        ByteBuffer.allocate(16)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt((int) (at / SECOND))
            .putInt((int) (at % SECOND / resolution.nanos))
            .putInt(captured)
            .putInt(bytes.length)
            .array());
    out.write(bytes, 0, captured);
  }

  /**
   * Writes every frame of a simulated segment from now on. ARP is left out if records begin with
   * the IP header. A failure to write fails the sender with an {@link UncheckedIOException}.
   *
   * @param segment to watch
   * @return ends the watching, not the file
   */
  public Subscription follow(SimSegment segment) {
    return segment.tap(this::write);
  }

  private void write(SimFrame frame) {
    try {
      if (linkType == LinkType.ETHERNET) {
        write(frame.atNanos(), frame.toEthernet());
      } else if (frame.etherType() != SimFrame.ARP) {
        write(frame.atNanos(), frame.payload());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    out.close();
  }
}
