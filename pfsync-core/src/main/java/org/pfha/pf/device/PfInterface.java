package org.pfha.pf.device;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * An interface, or a group of them, as pf knows it: {@code pfi_kif} (spec pf-ioctl 5.10).
 * Immutable.
 *
 * @param name of the interface or group; {@code all} stands for every one
 * @param packets 8 counts: [IPv4, IPv6][in, out][passed, blocked]
 * @param bytes 8 counts, the same
 * @param since wall-clock second from which on they count
 * @param flags {@link #SKIP} …
 * @param isGroup whether it is a group
 * @param rules how many refer to it
 */
public record PfInterface(
    String name,
    List<Long> packets,
    List<Long> bytes,
    long since,
    int flags,
    boolean isGroup,
    int rules) {

  /** Flag: all its traffic passes. */
  public static final int SKIP = 0x100;

  /** Flag: the interface of rules for any interface; from release 15. */
  public static final int ANY = 0x200;

  private static final int COUNTS = 8;

  /** Copies the lists. */
  public PfInterface {
    packets = List.copyOf(packets);
    bytes = List.copyOf(bytes);
  }

  /**
   * Whether pf lets all its traffic pass.
   *
   * @return true if it is skipped
   */
  public boolean isSkipped() {
    return (flags & SKIP) != 0;
  }

  /**
   * Reads {@code pfi_kif}.
   *
   * @param structure 216 bytes in the order of this machine
   * @return the interface
   */
  public static PfInterface ofBytes(byte[] structure) {
    return decode(Struct.wrap(structure), 0);
  }

  /**
   * Writes {@code pfi_kif}, its kernel pointers zero but for the mark of a group.
   *
   * @return 216 bytes in the order of this machine
   */
  public byte[] toBytes() {
    byte[] structure = new byte[Layouts.PFI_KIF.size()];
    encode(Struct.wrap(structure), 0);
    return structure;
  }

  void encode(ByteBuffer out, int at) {
    Struct.putString(out, at + Layouts.KIF_NAME, name);
    Struct.putLongs(out, at + Layouts.KIF_PACKETS, packets);
    Struct.putLongs(out, at + Layouts.KIF_BYTES, bytes);
    out.putInt(at + Layouts.KIF_TZERO, (int) since);
    out.putInt(at + Layouts.KIF_FLAGS, flags);
    out.putLong(at + Layouts.KIF_GROUP, isGroup ? 1 : 0);
    out.putInt(at + Layouts.KIF_RULEREFS, rules);
  }

  static PfInterface decode(ByteBuffer in, int at) {
    return new PfInterface(
        Struct.string(in, at + Layouts.KIF_NAME, Layouts.IFNAME - 1),
        Arrays.stream(Struct.longs(in, at + Layouts.KIF_PACKETS, COUNTS)).boxed().toList(),
        Arrays.stream(Struct.longs(in, at + Layouts.KIF_BYTES, COUNTS)).boxed().toList(),
        Struct.u32(in, at + Layouts.KIF_TZERO),
        in.getInt(at + Layouts.KIF_FLAGS),
        in.getLong(at + Layouts.KIF_GROUP) != 0,
        in.getInt(at + Layouts.KIF_RULEREFS));
  }
}
