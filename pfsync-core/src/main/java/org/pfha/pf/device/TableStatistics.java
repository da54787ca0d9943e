package org.pfha.pf.device;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * The counters of a table: {@code pfr_tstats}. Immutable.
 *
 * @param table whose
 * @param packets 6 counts: [in, out][blocked, passed, passed by another rule's state]
 * @param bytes 6 counts, the same
 * @param matches look-ups that found an address
 * @param misses look-ups that found none
 * @param since wall-clock second from which on they count
 * @param addresses how many the table holds
 * @param rules how many refer to it
 * @param anchors in how many anchors a rule refers to it
 */
public record TableStatistics(
    PfTable table,
    List<Long> packets,
    List<Long> bytes,
    long matches,
    long misses,
    long since,
    int addresses,
    int rules,
    int anchors) {

  private static final int COUNTS = 6;

  /** Copies the lists. */
  public TableStatistics {
    packets = List.copyOf(packets);
    bytes = List.copyOf(bytes);
  }

  /**
   * Reads {@code pfr_tstats}.
   *
   * @param structure 1200 bytes in the order of this machine
   * @return the counters
   */
  public static TableStatistics ofBytes(byte[] structure) {
    return decode(Struct.wrap(structure), 0);
  }

  /**
   * Writes {@code pfr_tstats}.
   *
   * @return 1200 bytes in the order of this machine
   */
  public byte[] toBytes() {
    byte[] structure = new byte[Layouts.PFR_TSTATS.size()];
    encode(Struct.wrap(structure), 0);
    return structure;
  }

  void encode(ByteBuffer out, int at) {
    table.encode(out, at + Layouts.TSTATS_TABLE);
    Struct.putLongs(out, at + Layouts.TSTATS_PACKETS, packets);
    Struct.putLongs(out, at + Layouts.TSTATS_BYTES, bytes);
    out.putLong(at + Layouts.TSTATS_MATCH, matches);
    out.putLong(at + Layouts.TSTATS_NOMATCH, misses);
    out.putLong(at + Layouts.TSTATS_TZERO, since);
    out.putInt(at + Layouts.TSTATS_CNT, addresses);
    out.putInt(at + Layouts.TSTATS_REFCNT, rules);
    out.putInt(at + Layouts.TSTATS_REFCNT + 4, anchors);
  }

  static TableStatistics decode(ByteBuffer in, int at) {
    return new TableStatistics(
        PfTable.decode(in, at + Layouts.TSTATS_TABLE),
        Arrays.stream(Struct.longs(in, at + Layouts.TSTATS_PACKETS, COUNTS)).boxed().toList(),
        Arrays.stream(Struct.longs(in, at + Layouts.TSTATS_BYTES, COUNTS)).boxed().toList(),
        in.getLong(at + Layouts.TSTATS_MATCH),
        in.getLong(at + Layouts.TSTATS_NOMATCH),
        in.getLong(at + Layouts.TSTATS_TZERO),
        in.getInt(at + Layouts.TSTATS_CNT),
        in.getInt(at + Layouts.TSTATS_REFCNT),
        in.getInt(at + Layouts.TSTATS_REFCNT + 4));
  }
}
