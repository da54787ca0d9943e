package org.pfha.pf.device;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;
import org.pfha.pf.StateKey;

/**
 * The kernel's own pfsync: reads and changes interface, peer and the rest (spec pf-ioctl 8).
 *
 * <pre>
 *   ifreq 32      0 name 16   16 pointer, or   16 capacity 4  20 length 4  24 pointer
 * </pre>
 *
 * <p>From release 14 it speaks nvlists, since the structure cannot tell an IPv6 peer and resets the
 * version of the messages. A set replaces everything, so a change reads first; and it always names
 * a version, for want of which a kernel panics. Thread-safe within a process; another process that
 * changes pfsync at the same time may be overwritten.
 */
public final class KernelPfsync implements AutoCloseable {

  static final long SIOCSETPFSYNC = PfRequest.word(PfRequest.IN, 'i', 247, KernelPfsync.IFREQ_SIZE);
  static final long SIOCGETPFSYNC =
      PfRequest.word(PfRequest.IN | PfRequest.OUT, 'i', 248, KernelPfsync.IFREQ_SIZE);
  static final long SIOCSETPFSYNCNV =
      PfRequest.word(PfRequest.IN, 'i', 249, KernelPfsync.IFREQ_SIZE);
  static final long SIOCGETPFSYNCNV =
      PfRequest.word(PfRequest.IN | PfRequest.OUT, 'i', 250, KernelPfsync.IFREQ_SIZE);

  static final int IFREQ_SIZE = 32;
  static final int POINTER_OFFSET = 16;
  static final int NV_CAPACITY_OFFSET = 16;
  static final int NV_LENGTH_OFFSET = 20;
  static final int NV_POINTER_OFFSET = 24;

  private static final String IFNAME = "pfsync0";
  private static final String STATISTICS = "net.pfsync.stats";
  private static final String DEMOTION_FACTOR = "net.pfsync.carp_demotion_factor";
  private static final String DEFER_DELAY = "net.pfsync.defer_delay";

  private static final int INET = 2;
  private static final int DATAGRAM_CLOEXEC = 0x1000_0002;
  private static final int RELEASE = 100_000;
  private static final int FIRST_WITH_NV = 14;
  private static final int FIRST_SIZE = 4096;
  private static final int MAX_SIZE = 1 << 20;
  private static final int MAX_UPDATES = 255;
  private static final long OK = 1;
  private static final long DEFER = 2;
  private static final int GROUP = 0xe000_00f0;
  private static final int SOCKADDR_IN = 16;
  private static final int SOCKADDR_IN6 = 28;
  private static final int IN6_ADDRESS = 8;
  private static final int IN6_SCOPE = 24;

  private final SystemCalls calls;
  private final int fd;
  private final int release;
  private boolean closed;

  /** Null until the kernel has shown whether it knows the nvlist requests. */
  private @Nullable Boolean nv;

  private KernelPfsync(SystemCalls calls, int fd, int release) {
    this.calls = calls;
    this.fd = fd;
    this.release = release;
  }

  /**
   * Opens a socket to the kernel.
   *
   * @param calls to make; FreeBSD's, or {@link InMemoryPf}
   * @return pfsync, to be closed
   * @throws PfException if there is no socket to be had
   */
  public static KernelPfsync open(SystemCalls calls) throws PfException {
    try {
      int release = Struct.number(calls.sysctl("kern.osreldate")) / RELEASE;
      return new KernelPfsync(calls, calls.socket(INET, DATAGRAM_CLOEXEC, 0), release);
    } catch (SystemCallException e) {
      throw failed("opening a socket", e);
    }
  }

  /**
   * How pfsync is set up.
   *
   * @return the configuration
   * @throws PfModuleException if there is no pfsync0
   * @throws PfPrivilegeException if this process may not ask
   * @throws PfException for another reason
   */
  public synchronized KernelPfsyncConfig config() throws PfException {
    if (nv == null) {
      try {
        KernelPfsyncConfig config = readNv();
        nv = true;
        return config;
      } catch (PfModuleException | PfPrivilegeException e) {
        throw e;
      } catch (PfException e) {
        if (release >= FIRST_WITH_NV) {
          throw e; // it knows the request; the old one would lose the version and IPv6 peers
        }
        // a release 13 does not know the request and says so in one way or another
        nv = false;
      }
    }
    return nv ? readNv() : readPlain();
  }

  /**
   * Changes the set-up. Takes effect at once; nothing is sent to the kernel if nothing changes.
   *
   * @param edit makes the wanted configuration of the present one
   * @return the configuration afterwards
   * @throws PfUnsupportedException if this release cannot express it: an IPv6 peer or a version on
   *     a release 13
   * @throws PfModuleException if there is no pfsync0
   * @throws PfPrivilegeException if this process may not
   * @throws PfException if the kernel refuses, such as an interface that does not exist
   */
  public synchronized KernelPfsyncConfig change(UnaryOperator<KernelPfsyncConfig> edit)
      throws PfException {
    KernelPfsyncConfig present = config();
    KernelPfsyncConfig wanted = edit.apply(present);
    if (wanted.equals(present)) {
      return present;
    }
    if (Boolean.TRUE.equals(nv)) {
      writeNv(wanted);
    } else {
      writePlain(wanted);
    }
    return config();
  }

  private KernelPfsyncConfig readNv() throws PfException {
    for (int capacity = FIRST_SIZE; ; capacity *= 2) {
      ByteBuffer ifreq = ifreq().putInt(NV_CAPACITY_OFFSET, capacity);
      byte[] reply = new byte[capacity];
      try {
        call("SIOCGETPFSYNCNV", SIOCGETPFSYNCNV, ifreq, NV_POINTER_OFFSET, Struct.wrap(reply));
      } catch (PfException e) {
        if (Errno.EFBIG.is(e.errno()) && capacity < MAX_SIZE) {
          continue;
        }
        throw e;
      }
      int length = ifreq.getInt(NV_LENGTH_OFFSET);
      if (length < 0 || length > capacity) {
        throw new PfException("SIOCGETPFSYNCNV answered with %d bytes".formatted(length));
      }
      NvListView view = new NvListView().wrap(reply, 0, length);
      NvReject reject = view.check(0);
      if (reject != NvReject.NONE) {
        throw new PfException("SIOCGETPFSYNCNV answered with a malformed nvlist: " + reject);
      }
      return decode(view.value());
    }
  }

  static KernelPfsyncConfig decode(NvList reply) throws PfException {
    long flags = reply.number("flags").orElse(0);
    byte[] peer =
        reply.list("syncpeer").flatMap(list -> list.binary("address")).orElse(new byte[0]);
    try {
      return new KernelPfsyncConfig(
          reply.text("syncdev").orElse(""),
          address(peer),
          (int) reply.number("maxupdates").orElse(0),
          (flags & DEFER) != 0,
          (int) reply.number("version").orElse(0),
          (flags & OK) != 0);
    } catch (IllegalArgumentException e) {
      throw nonsense("SIOCGETPFSYNCNV", e);
    }
  }

  static NvList encode(KernelPfsyncConfig config) {
    NvListBuilder request = NvList.builder();
    if (!config.syncdev().isEmpty()) {
      request.text("syncdev", config.syncdev());
    }
    request
        .number("maxupdates", config.maxUpdates())
        .number("flags", (config.defer() ? DEFER : 0) | (config.bulkDone() ? OK : 0))
        .number("version", config.version());
    InetAddress peer = config.peer();
    if (peer != null) {
      int scope = peer instanceof Inet6Address v6 ? v6.getScopeId() : 0;
      request.list(
          "syncpeer",
          NvList.builder()
              .number("af", peer instanceof Inet4Address ? StateKey.INET : StateKey.INET6)
              .binary("address", socketAddress(peer.getAddress(), scope))
              .build());
    }
    return request.build();
  }

  private void writeNv(KernelPfsyncConfig wanted) throws PfException {
    byte[] packed = encode(wanted).toBytes();
    ByteBuffer ifreq =
        ifreq().putInt(NV_CAPACITY_OFFSET, packed.length).putInt(NV_LENGTH_OFFSET, packed.length);
    call("SIOCSETPFSYNCNV", SIOCSETPFSYNCNV, ifreq, NV_POINTER_OFFSET, Struct.wrap(packed));
  }

  private KernelPfsyncConfig readPlain() throws PfException {
    byte[] bytes = new byte[PfsyncRequest.SIZE];
    call("SIOCGETPFSYNC", SIOCGETPFSYNC, ifreq(), POINTER_OFFSET, Struct.wrap(bytes));
    try {
      return decode(PfsyncRequest.ofBytes(bytes));
    } catch (IllegalArgumentException e) {
      throw nonsense("SIOCGETPFSYNC", e);
    }
  }

  private KernelPfsyncConfig decode(PfsyncRequest request) {
    return new KernelPfsyncConfig(
        request.syncdev(),
        peer(request.syncpeer()),
        Math.max(0, Math.min(MAX_UPDATES, request.maxUpdates())),
        request.defer() != 0,
        0,
        false);
  }

  private static PfException nonsense(String request, IllegalArgumentException e) {
    return new PfException(request + " answered nonsense: " + e.getMessage());
  }

  private void writePlain(KernelPfsyncConfig wanted) throws PfException {
    if (wanted.peer() instanceof Inet6Address || wanted.version() != 0) {
      throw new PfUnsupportedException(
          "a kernel of release %d knows no IPv6 peer and no version of messages; leave %s out"
              .formatted(
                  release,
                  wanted.version() != 0 ? "version " + wanted.version() : "peer " + wanted.peer()),
          Errno.ENOTTY.code,
          null);
    }
    Inet4Address peer =
        wanted.peer() instanceof Inet4Address v4
            ? v4
            : (Inet4Address) StateKey.toAddress(StateKey.INET, new byte[Layouts.ADDRESS]);
    PfsyncRequest request =
        new PfsyncRequest(wanted.syncdev(), peer, wanted.maxUpdates(), wanted.defer() ? 1 : 0);
    call("SIOCSETPFSYNC", SIOCSETPFSYNC, ifreq(), POINTER_OFFSET, Struct.wrap(request.toBytes()));
  }

  /** Null for none or the group. */
  private static @Nullable InetAddress peer(InetAddress address) {
    int word = ByteBuffer.wrap(address.getAddress()).getInt();
    return address instanceof Inet4Address && (word == GROUP || word == 0) ? null : address;
  }

  private static ByteBuffer ifreq() {
    ByteBuffer ifreq = Struct.of(IFREQ_SIZE);
    Struct.putString(ifreq, 0, IFNAME);
    return ifreq;
  }

  /** A sockaddr_in or sockaddr_in6, by the length of the address. */
  static byte[] socketAddress(byte[] address, int scope) {
    boolean v4 = address.length == Integer.BYTES;
    byte[] sockaddr = new byte[v4 ? SOCKADDR_IN : SOCKADDR_IN6];
    ByteBuffer out = Struct.wrap(sockaddr);
    out.put(0, (byte) sockaddr.length);
    out.put(1, (byte) (v4 ? StateKey.INET : StateKey.INET6));
    out.put(v4 ? Integer.BYTES : IN6_ADDRESS, address);
    if (!v4) {
      out.putInt(IN6_SCOPE, scope);
    }
    return sockaddr;
  }

  /** The address in a sockaddr, or null for none or the group. */
  private static @Nullable InetAddress address(byte[] sockaddr) {
    try {
      if (sockaddr.length == SOCKADDR_IN) {
        return peer(
            InetAddress.getByAddress(
                Arrays.copyOfRange(sockaddr, Integer.BYTES, 2 * Integer.BYTES)));
      }
      if (sockaddr.length == SOCKADDR_IN6) {
        byte[] v6 = Arrays.copyOfRange(sockaddr, IN6_ADDRESS, IN6_SCOPE);
        int scope = Struct.wrap(sockaddr).getInt(IN6_SCOPE);
        return scope == 0
            ? Inet6Address.getByAddress(null, v6, -1)
            : Inet6Address.getByAddress(null, v6, scope);
      }
      return null;
    } catch (UnknownHostException impossible) {
      throw new AssertionError("an address of 4 or 16 bytes is always valid", impossible);
    }
  }

  /**
   * What pfsync has counted.
   *
   * @return the counters
   * @throws PfModuleException if pfsync is not loaded
   * @throws PfException for another reason
   */
  public KernelPfsyncCounters counters() throws PfException {
    return KernelPfsyncCounters.decode(read(STATISTICS));
  }

  /**
   * By how much the node is demoted while it has not taken over the states of its peer, or cannot
   * send.
   *
   * @return in 1/256 s of advskew, 240 by default
   * @throws PfModuleException if pfsync is not loaded
   * @throws PfException for another reason
   */
  public int carpDemotionFactor() throws PfException {
    return Struct.wrap(read(DEMOTION_FACTOR)).getInt();
  }

  /**
   * Changes by how much the node is demoted. A demotion in force is taken back by the factor of
   * then, so do not change it while there is one.
   *
   * @param factor in 1/256 s of advskew
   * @throws PfException as {@link #carpDemotionFactor}
   */
  public void setCarpDemotionFactor(int factor) throws PfException {
    write(DEMOTION_FACTOR, factor);
  }

  /**
   * How long a first packet waits for the peer.
   *
   * @return ms
   * @throws PfModuleException if pfsync is not loaded
   * @throws PfException for another reason
   */
  public int deferDelayMillis() throws PfException {
    return Struct.wrap(read(DEFER_DELAY)).getInt();
  }

  /**
   * Changes how long a first packet waits for the peer.
   *
   * @param millis not negative
   * @throws PfException as {@link #deferDelayMillis}
   */
  public void setDeferDelayMillis(int millis) throws PfException {
    write(DEFER_DELAY, millis);
  }

  private byte[] read(String variable) throws PfException {
    try {
      byte[] value = calls.sysctl(variable);
      if (value.length < Integer.BYTES) {
        throw new PfException("%s has only %d bytes".formatted(variable, value.length));
      }
      return value;
    } catch (SystemCallException e) {
      throw failed(variable, e);
    }
  }

  private void write(String variable, int value) throws PfException {
    try {
      calls.sysctl(variable, Struct.of(Integer.BYTES).putInt(value).array());
    } catch (SystemCallException e) {
      throw failed(variable, e);
    }
  }

  private void call(String name, long word, ByteBuffer ifreq, int pointerOffset, ByteBuffer pointee)
      throws PfException {
    try {
      int result = calls.ioctl(fd, word, ifreq, pointerOffset, pointee);
      assert result >= 0 : "what fails throws";
    } catch (SystemCallException e) {
      throw failed(name, e);
    }
  }

  private static PfException failed(String what, SystemCallException e) {
    int errno = e.errno();
    if (Errno.ENXIO.is(errno)) {
      return new PfModuleException(
          what + ": there is no pfsync0; 'kldload pfsync', or 'ifconfig pfsync0 create'", errno, e);
    }
    if (Errno.ENOENT.is(errno)) {
      return new PfModuleException(
          what + " is not there; load the module, 'kldload pfsync'", errno, e);
    }
    if (Errno.EPERM.is(errno) || Errno.EACCES.is(errno)) {
      return new PfPrivilegeException(
          what + ": not permitted; run as root, or as root of a jail with its own network",
          errno,
          e);
    }
    if (Errno.EINVAL.is(errno)) {
      return new PfException(
          what + ": refused (EINVAL); does the interface exist, and the kernel know the version?",
          errno,
          e);
    }
    return new PfException(what + ": " + Errno.name(errno), errno, e);
  }

  /** Closes the socket; pfsync goes on as it is. Closing twice does nothing. */
  @Override
  public synchronized void close() throws PfException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      calls.close(fd);
    } catch (SystemCallException e) {
      throw failed("closing the socket", e);
    }
  }
}
