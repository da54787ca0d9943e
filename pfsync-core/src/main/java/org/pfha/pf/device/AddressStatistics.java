package org.pfha.pf.device;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * The counters of one address of a table: {@code pfr_astats}. Immutable.
 *
 * @param address whose
 * @param packets 4 counts: [in, out][blocked, passed]
 * @param bytes 4 counts: [in, out][blocked, passed]
 * @param since wall-clock second from which on they count
 */
public record AddressStatistics(
    TableAddress address, List<Long> packets, List<Long> bytes, long since) {

  private static final int COUNTS = 4;

  /** Copies the lists. */
  public AddressStatistics {
    packets = List.copyOf(packets);
    bytes = List.copyOf(bytes);
  }

  /**
   * Reads {@code pfr_astats}.
   *
   * @param structure 96 bytes in the order of this machine
   * @return the counters
   */
  public static AddressStatistics ofBytes(byte[] structure) {
    return decode(Struct.wrap(structure), 0);
  }

  /**
   * Writes {@code pfr_astats}.
   *
   * @return 96 bytes in the order of this machine
   */
  public byte[] toBytes() {
    byte[] structure = new byte[Layouts.PFR_ASTATS.size()];
    encode(Struct.wrap(structure), 0);
    return structure;
  }

  void encode(ByteBuffer out, int at) {
    address.encode(out, at + Layouts.ASTATS_ADDR);
    Struct.putLongs(out, at + Layouts.ASTATS_PACKETS, packets);
    Struct.putLongs(out, at + Layouts.ASTATS_BYTES, bytes);
    out.putLong(at + Layouts.ASTATS_TZERO, since);
  }

  static AddressStatistics decode(ByteBuffer in, int at) {
    return new AddressStatistics(
        TableAddress.decode(in, at + Layouts.ASTATS_ADDR),
        Arrays.stream(Struct.longs(in, at + Layouts.ASTATS_PACKETS, COUNTS)).boxed().toList(),
        Arrays.stream(Struct.longs(in, at + Layouts.ASTATS_BYTES, COUNTS)).boxed().toList(),
        in.getLong(at + Layouts.ASTATS_TZERO));
  }
}
