package org.pfha.pf.device;

import static com.google.common.base.Preconditions.checkArgument;

import java.net.Inet4Address;
import java.nio.ByteBuffer;
import org.pfha.pf.StateKey;

/**
 * The structure of SIOCGETPFSYNC and SIOCSETPFSYNC, host order but for the peer (spec pf-ioctl
 * 8.1). Immutable.
 *
 * <pre>
 *   0 syncdev 16   16 syncpeer 4, network order   20 maxupdates 4   24 defer 4
 * </pre>
 *
 * @param syncdev interface, up to 15 bytes, empty for none
 * @param syncpeer 0.0.0.0 for the multicast group
 * @param maxUpdates 0–255
 * @param defer a release 13 reads and writes 0 or 1; later ones read bit 0 for bulk transfer done
 *     and bit 1 for deferral, and write bit 1
 */
public record PfsyncRequest(String syncdev, Inet4Address syncpeer, int maxUpdates, int defer) {

  /** Bytes of the structure. */
  public static final int SIZE = 28;

  static final int SYNCDEV_OFFSET = 0;
  static final int SYNCPEER_OFFSET = 16;
  static final int MAXUPDATES_OFFSET = 20;
  static final int DEFER_OFFSET = 24;

  /** Checks the name. */
  public PfsyncRequest {
    Struct.checkText("interface", syncdev, Layouts.IFNAME);
  }

  /**
   * Reads the structure.
   *
   * @param bytes 28 of them
   * @return what they say
   * @throws IllegalArgumentException if they are not, or the name is no text that fits
   */
  public static PfsyncRequest ofBytes(byte[] bytes) {
    checkArgument(bytes.length == SIZE, "a pfsyncreq has 28 bytes, not %s", bytes.length);
    ByteBuffer in = Struct.wrap(bytes);
    byte[] peer = new byte[Integer.BYTES];
    in.get(SYNCPEER_OFFSET, peer);
    return new PfsyncRequest(
        Struct.string(in, SYNCDEV_OFFSET, Layouts.IFNAME - 1),
        (Inet4Address) StateKey.toAddress(StateKey.INET, peer),
        in.getInt(MAXUPDATES_OFFSET),
        in.getInt(DEFER_OFFSET));
  }

  /**
   * Writes the structure.
   *
   * @return 28 bytes
   */
  public byte[] toBytes() {
    byte[] bytes = new byte[SIZE];
    ByteBuffer out = Struct.wrap(bytes);
    Struct.putString(out, SYNCDEV_OFFSET, syncdev);
    Struct.putAddress(out, SYNCPEER_OFFSET, syncpeer);
    out.putInt(MAXUPDATES_OFFSET, maxUpdates).putInt(DEFER_OFFSET, defer);
    return bytes;
  }
}
