package org.pfha.pf.device;

import static com.google.common.base.Preconditions.checkState;

import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;

/**
 * An open {@code /dev/pf}: makes requests, remembers which the kernel does not know, and says what
 * can be done about a refusal. Thread-safe.
 */
final class PfChannel implements AutoCloseable {

  static final String PATH = "/dev/pf";

  /** {@code O_RDWR | O_CLOEXEC} of FreeBSD. Read-only, an unknown request would look forbidden. */
  static final int OPEN_FLAGS = 0x2 | 0x10_0000;

  private static final int RESTRICTED_LEVEL = 3;
  private static final int RELEASE = 100_000;
  private static final int DEFAULT_MAX_COUNT = 65_535;
  private static final int MAX_REPLY = 16 << 20;

  private final SystemCalls calls;
  private final int fd;
  private final int release;
  private final Set<PfRequest> unknown = ConcurrentHashMap.newKeySet();
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  private PfChannel(SystemCalls calls, int fd, int release) {
    this.calls = calls;
    this.fd = fd;
    this.release = release;
  }

  static PfChannel open(SystemCalls calls) throws PfException {
    int release;
    try {
      release = Struct.number(calls.sysctl("kern.osreldate")) / RELEASE;
    } catch (SystemCallException e) {
      throw new PfException("cannot tell the release of this kernel", e.errno(), e);
    }
    try {
      return new PfChannel(calls, calls.open(PATH, OPEN_FLAGS), release);
    } catch (SystemCallException e) {
      throw cannotOpen(calls, e);
    }
  }

  private static PfException cannotOpen(SystemCalls calls, SystemCallException e) {
    if (Errno.ENOENT.is(e.errno())) {
      return number(calls, "security.jail.jailed", 0) != 0
          ? new PfJailException(
              "this jail has no " + PATH + "; expose it by a devfs rule of the host", e.errno(), e)
          : new PfModuleException(
              "there is no " + PATH + "; load the module, 'kldload pf'", e.errno(), e);
    }
    if (Errno.EACCES.is(e.errno()) || Errno.EPERM.is(e.errno())) {
      return new PfPrivilegeException(
          PATH + " may not be opened; run as root, or have its mode changed by devfs.rules",
          e.errno(),
          e);
    }
    return new PfException("cannot open " + PATH + ": " + Errno.name(e.errno()), e.errno(), e);
  }

  SystemCalls calls() {
    return calls;
  }

  /** Such as 14. */
  int release() {
    return release;
  }

  /** The most elements that one request may move. */
  int maxCount() {
    long count = number(calls, "net.pf.request_maxcount", DEFAULT_MAX_COUNT);
    return count > 0 ? (int) Math.min(count, Integer.MAX_VALUE) : DEFAULT_MAX_COUNT;
  }

  void call(PfRequest request) throws PfException {
    call(request, Struct.of(0));
  }

  void call(PfRequest request, ByteBuffer argument) throws PfException {
    check(request, argument);
    perform(request, () -> calls.ioctl(fd, request.word(), argument));
  }

  void call(PfRequest request, ByteBuffer argument, int pointerOffset, ByteBuffer pointee)
      throws PfException {
    check(request, argument);
    perform(request, () -> calls.ioctl(fd, request.word(), argument, pointerOffset, pointee));
  }

  /**
   * Makes a request that changes nothing and answers with an nvlist: the reply's size is not told,
   * so the buffer doubles until it is large enough.
   */
  NvList read(PfRequest request, NvList argument, int firstSize) throws PfException {
    for (int size = firstSize; ; size *= 2) {
      try {
        return exchange(request, argument, size);
      } catch (PfException e) {
        if (!Errno.ENOSPC.is(e.errno()) || size * 2 > MAX_REPLY) {
          throw e;
        }
      }
    }
  }

  /** Makes a request with an nvlist, once. */
  NvList exchange(PfRequest request, NvList argument, int size) throws PfException {
    byte[] packed = argument.toBytes();
    ByteBuffer data = Struct.of(Math.max(size, packed.length)).put(0, packed);
    ByteBuffer nv = Struct.of(Layouts.PFIOC_NV);
    nv.putLong(Layouts.NV_LEN, packed.length).putLong(Layouts.NV_SIZE, data.capacity());
    call(request, nv, Layouts.NV_DATA, data);
    long length = nv.getLong(Layouts.NV_LEN);
    if (length < 0 || length > data.capacity()) {
      throw new PfException(
          "%s answered with %d bytes in a buffer of %d"
              .formatted(request, length, data.capacity()));
    }
    byte[] reply = new byte[(int) length];
    data.get(0, reply);
    NvListView view = new NvListView().wrap(reply, 0, reply.length);
    NvReject reject = view.check(0);
    if (reject != NvReject.NONE) {
      throw new PfException(request + " answered with a malformed nvlist: " + reject);
    }
    return view.value();
  }

  private static void check(PfRequest request, ByteBuffer argument) {
    checkState(
        argument.capacity() == request.size(),
        "%s takes %s bytes, not %s",
        request,
        request.size(),
        argument.capacity());
  }

  private interface Call {
    int make() throws SystemCallException;
  }

  private void perform(PfRequest request, Call call) throws PfException {
    lock.readLock().lock();
    try {
      checkState(!closed, "the device is closed");
      if (unknown.contains(request)) {
        throw unsupported(request, null);
      }
      int result = call.make();
      assert result >= 0 : "what fails throws";
    } catch (SystemCallException e) {
      throw failed(request, e);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** What a refusal means, and what can be done about it. */
  PfException failed(PfRequest request, SystemCallException e) {
    int errno = e.errno();
    if (Errno.ENODEV.is(errno)) {
      unknown.add(request);
      return unsupported(request, e);
    }
    if (Errno.EACCES.is(errno)) {
      return new PfPrivilegeException(
          request + ": the descriptor is not open for writing", errno, e);
    }
    if (Errno.EPERM.is(errno)) {
      return forbidden(request, e);
    }
    if (Errno.EBUSY.is(errno)) {
      return new PfStaleTicketException(
          request + ": somebody else changed the rules or tables in between; begin again",
          errno,
          e);
    }
    return new PfException(request + ": " + Errno.name(errno), errno, e);
  }

  private PfException unsupported(PfRequest request, @Nullable SystemCallException cause) {
    return new PfUnsupportedException(
        request + " is unknown to this kernel of release " + release, Errno.ENODEV.code, cause);
  }

  private PfException forbidden(PfRequest request, SystemCallException e) {
    int level = (int) number(calls, "kern.securelevel", -1);
    return level >= RESTRICTED_LEVEL
        ? new PfSecurelevelException(
            "%s is forbidden at kern.securelevel %d; only a boot lowers it"
                .formatted(request, level),
            e.errno(),
            level,
            e)
        : new PfPrivilegeException(
            request + " is not permitted: not root, or a constant table or reserved anchor",
            e.errno(),
            e);
  }

  /** A kernel variable of 4 or 8 bytes. */
  private static long number(SystemCalls calls, String name, long otherwise) {
    try {
      byte[] value = calls.sysctl(name);
      return value.length == Long.BYTES ? Struct.wrap(value).getLong() : Struct.number(value);
    } catch (SystemCallException e) {
      return otherwise;
    }
  }

  /** Closing what is closed does nothing. */
  @Override
  public void close() throws PfException {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        calls.close(fd);
      }
    } catch (SystemCallException e) {
      throw new PfException("cannot close " + PATH, e.errno(), e);
    } finally {
      lock.writeLock().unlock();
    }
  }
}
