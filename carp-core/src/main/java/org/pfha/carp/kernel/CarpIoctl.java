package org.pfha.carp.kernel;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.engine.Role;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;

/**
 * The kernel's carp by ioctl, as all releases have it (spec carp 12.2). One request per virtual
 * host: asked for all at once, a release 14 or 15 answers with memory that is not meant for us.
 *
 * <pre>
 *   ifreq 32     0 name 16   16 pointer to a carpreq
 * </pre>
 */
final class CarpIoctl {

  static final long SIOCSVH = 0xc020_69f5L;
  static final long SIOCGVH = 0xc020_69f6L;

  static final int IFREQ_SIZE = 32;
  static final int POINTER_OFFSET = 16;
  static final int IFNAME = 16;

  private static final int ENOENT = 2;

  private CarpIoctl() {}

  /** Reads one virtual host; null if there is none. */
  static @Nullable KernelVhid get(SystemCalls calls, int fd, String ifname, int vhid)
      throws SystemCallException {
    byte[] carpreq = new CarpRequest(1, vhid, 0, 0, 0, new byte[0]).toBytes();
    try {
      int result =
          calls.ioctl(fd, SIOCGVH, ifreq(ifname), POINTER_OFFSET, ByteBuffer.wrap(carpreq));
      assert result >= 0 : "what fails throws";
    } catch (SystemCallException e) {
      if (e.errno() == ENOENT) {
        return null;
      }
      throw e;
    }
    // the key comes along for root, and is nobody's business
    Arrays.fill(carpreq, CarpRequest.KEY_OFFSET, CarpRequest.SIZE, (byte) 0);
    CarpRequest found = CarpRequest.ofBytes(carpreq);
    try {
      return new KernelVhid(
          ifname,
          found.vhid(),
          role(found.state()),
          KernelVhid.Protocol.CARP,
          found.advbase(),
          found.advskew(),
          null,
          null,
          0,
          0);
    } catch (IllegalArgumentException e) {
      throw new SystemCallException("SIOCGVH", 0, "nonsense: " + e.getMessage());
    }
  }

  /** Writes one virtual host; times always, the rest where given. */
  static void set(
      SystemCalls calls, int fd, KernelVhid wanted, @Nullable Role force, byte @Nullable [] key)
      throws SystemCallException {
    byte[] carpreq =
        new CarpRequest(
                1,
                wanted.vhid(),
                force == null ? 0 : number(force),
                wanted.advskew(),
                wanted.advbase(),
                key == null ? new byte[0] : key)
            .toBytes();
    try {
      int result =
          calls.ioctl(
              fd, SIOCSVH, ifreq(wanted.ifname()), POINTER_OFFSET, ByteBuffer.wrap(carpreq));
      assert result >= 0 : "what fails throws";
    } finally {
      Arrays.fill(carpreq, (byte) 0);
    }
  }

  static Role role(int state) {
    return switch (state) {
      case 1 -> Role.BACKUP;
      case 2 -> Role.MASTER;
      default -> Role.INIT;
    };
  }

  static int number(Role role) {
    return switch (role) {
      case INIT -> 0;
      case BACKUP -> 1;
      case MASTER -> 2;
    };
  }

  private static ByteBuffer ifreq(String ifname) {
    return ByteBuffer.allocate(IFREQ_SIZE).put(0, ifname.getBytes(StandardCharsets.US_ASCII));
  }
}
