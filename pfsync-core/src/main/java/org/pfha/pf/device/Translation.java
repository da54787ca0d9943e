package org.pfha.pf.device;

import static com.google.common.base.Preconditions.checkArgument;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.pfha.pf.PfState;

/**
 * A connection as one side sees it, and as the other does: {@code pfioc_natlook} (spec pf-ioctl
 * 5.11). Immutable.
 *
 * @param src source as asked
 * @param srcPort 1–65535
 * @param dst destination as asked
 * @param dstPort 1–65535
 * @param translatedSrc source on the other side
 * @param translatedSrcPort 0–65535
 * @param translatedDst destination on the other side
 * @param translatedDstPort 0–65535
 * @param proto IP protocol
 * @param direction {@link PfState#IN} or {@link PfState#OUT}
 */
public record Translation(
    InetAddress src,
    int srcPort,
    InetAddress dst,
    int dstPort,
    InetAddress translatedSrc,
    int translatedSrcPort,
    InetAddress translatedDst,
    int translatedDstPort,
    int proto,
    int direction) {

  /** Checks the ports and families. */
  public Translation {
    checkArgument(
        Struct.family(src) == Struct.family(dst), "%s and %s are of two families", src, dst);
    for (int port : new int[] {srcPort, dstPort, translatedSrcPort, translatedDstPort}) {
      checkArgument(port >= 0 && port <= 0xffff, "port %s is not between 0 and 65535", port);
    }
  }

  /**
   * Reads {@code pfioc_natlook}.
   *
   * @param structure 76 bytes
   * @return what it says
   */
  public static Translation ofBytes(byte[] structure) {
    return decode(Struct.wrap(structure));
  }

  /**
   * Writes {@code pfioc_natlook}.
   *
   * @return 76 bytes
   */
  public byte[] toBytes() {
    byte[] structure = new byte[Layouts.PFIOC_NATLOOK.size()];
    encode(Struct.wrap(structure), true);
    return structure;
  }

  void encode(ByteBuffer out, boolean answer) {
    Struct.putAddress(out, Layouts.NATLOOK_SADDR, src);
    Struct.putAddress(out, Layouts.NATLOOK_DADDR, dst);
    Struct.putPort(out, Layouts.NATLOOK_SPORT, srcPort);
    Struct.putPort(out, Layouts.NATLOOK_DPORT, dstPort);
    out.put(Layouts.NATLOOK_AF, (byte) Struct.family(src));
    out.put(Layouts.NATLOOK_PROTO, (byte) proto);
    out.put(Layouts.NATLOOK_DIRECTION, (byte) direction);
    if (answer) {
      Struct.putAddress(out, Layouts.NATLOOK_RSADDR, translatedSrc);
      Struct.putAddress(out, Layouts.NATLOOK_RDADDR, translatedDst);
      Struct.putPort(out, Layouts.NATLOOK_RSPORT, translatedSrcPort);
      Struct.putPort(out, Layouts.NATLOOK_RDPORT, translatedDstPort);
    }
  }

  static Translation decode(ByteBuffer in) {
    int family = Struct.u8(in, Layouts.NATLOOK_AF);
    return new Translation(
        Struct.address(in, Layouts.NATLOOK_SADDR, family),
        Struct.port(in, Layouts.NATLOOK_SPORT),
        Struct.address(in, Layouts.NATLOOK_DADDR, family),
        Struct.port(in, Layouts.NATLOOK_DPORT),
        Struct.address(in, Layouts.NATLOOK_RSADDR, family),
        Struct.port(in, Layouts.NATLOOK_RSPORT),
        Struct.address(in, Layouts.NATLOOK_RDADDR, family),
        Struct.port(in, Layouts.NATLOOK_RDPORT),
        Struct.u8(in, Layouts.NATLOOK_PROTO),
        Struct.u8(in, Layouts.NATLOOK_DIRECTION));
  }
}
