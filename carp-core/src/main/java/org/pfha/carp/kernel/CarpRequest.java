package org.pfha.carp.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
 *   ifreq 32     0 name 16   16 pointer
 *   carpreq 40   0 count 4  4 vhid 4  8 state 4  12 advskew 4  16 advbase 4  20 key 20   host order
 * </pre>
 */
final class CarpRequest {

  static final long SIOCSVH = 0xc020_69f5L;
  static final long SIOCGVH = 0xc020_69f6L;

  static final int IFREQ_SIZE = 32;
  static final int POINTER_OFFSET = 16;
  static final int IFNAME = 16;

  static final int SIZE = 40;
  static final int COUNT_OFFSET = 0;
  static final int VHID_OFFSET = 4;
  static final int STATE_OFFSET = 8;
  static final int ADVSKEW_OFFSET = 12;
  static final int ADVBASE_OFFSET = 16;
  static final int KEY_OFFSET = 20;
  static final int KEY_SIZE = 20;

  private static final int ENOENT = 2;

  private CarpRequest() {}

  /** Reads one virtual host; null if there is none. */
  static @Nullable KernelVhid get(SystemCalls calls, int fd, String ifname, int vhid)
      throws SystemCallException {
    ByteBuffer request = order(ByteBuffer.allocate(SIZE));
    request.putInt(COUNT_OFFSET, 1).putInt(VHID_OFFSET, vhid);
    try {
      int result = calls.ioctl(fd, SIOCGVH, ifreq(ifname), POINTER_OFFSET, request);
      assert result >= 0 : "what fails throws";
    } catch (SystemCallException e) {
      if (e.errno() == ENOENT) {
        return null;
      }
      throw e;
    } finally {
      // the key of a virtual host comes along for root, and is nobody's business
      Arrays.fill(request.array(), KEY_OFFSET, SIZE, (byte) 0);
    }
    int state = request.getInt(STATE_OFFSET);
    try {
      return new KernelVhid(
          ifname,
          request.getInt(VHID_OFFSET),
          role(state),
          KernelVhid.Protocol.CARP,
          request.getInt(ADVBASE_OFFSET),
          request.getInt(ADVSKEW_OFFSET),
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
    ByteBuffer request = order(ByteBuffer.allocate(SIZE));
    request.putInt(COUNT_OFFSET, 1).putInt(VHID_OFFSET, wanted.vhid());
    request.putInt(STATE_OFFSET, force == null ? 0 : number(force));
    request.putInt(ADVSKEW_OFFSET, wanted.advskew()).putInt(ADVBASE_OFFSET, wanted.advbase());
    if (key != null) {
      request.put(KEY_OFFSET, key);
    }
    try {
      int result = calls.ioctl(fd, SIOCSVH, ifreq(wanted.ifname()), POINTER_OFFSET, request);
      assert result >= 0 : "what fails throws";
    } finally {
      Arrays.fill(request.array(), KEY_OFFSET, SIZE, (byte) 0);
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
    return order(ByteBuffer.allocate(IFREQ_SIZE))
        .put(0, ifname.getBytes(StandardCharsets.US_ASCII));
  }

  private static ByteBuffer order(ByteBuffer buffer) {
    return buffer.order(ByteOrder.nativeOrder());
  }
}
