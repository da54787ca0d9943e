package org.pfha.net.sys;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** System calls by libc, mapped directly. */
final class LibC implements SystemCalls {

  private static final class Mapping {
    static {
      Native.register(Mapping.class, Platform.C_LIBRARY_NAME);
    }

    private Mapping() {}

    static native int open(String path, int flags) throws LastErrorException;

    static native int ioctl(int fd, NativeLong request, Pointer argument) throws LastErrorException;

    static native int close(int fd) throws LastErrorException;

    static native int socket(int domain, int type, int protocol) throws LastErrorException;

    static native int setsockopt(int fd, int level, int option, Pointer value, int length)
        throws LastErrorException;

    static native NativeLong send(int fd, Pointer message, NativeLong length, int flags)
        throws LastErrorException;

    static native NativeLong recv(int fd, Pointer buffer, NativeLong length, int flags)
        throws LastErrorException;

    static native int bind(int fd, Pointer address, int length) throws LastErrorException;

    static native int pipe2(Pointer ends, int flags) throws LastErrorException;

    static native int sched_setscheduler(int thread, int policy, Pointer parameters)
        throws LastErrorException;
  }

  /**
   * The calls of each packet: addresses are numbers and failures are -1, so that nothing is
   * allocated.
   */
  private static final class Packets {
    static {
      Native.register(Packets.class, Platform.C_LIBRARY_NAME);
    }

    private Packets() {}

    static native long sendto(
        int fd, long message, long length, int flags, long address, int addressLength);

    static native long recvmsg(int fd, long message, int flags);

    static native long read(int fd, long buffer, long length);

    static native long write(int fd, long buffer, long length);

    static native int ppoll(long pollfds, long count, long timeout, long signals);
  }

  /** Apart, because only FreeBSD's libc has it. */
  private static final class Sysctl {
    static {
      Native.register(Sysctl.class, Platform.C_LIBRARY_NAME);
    }

    private Sysctl() {}

    static native int sysctlbyname(
        String name,
        @Nullable Pointer old,
        @Nullable Pointer oldLength,
        @Nullable Pointer value,
        NativeLong length)
        throws LastErrorException;

    static native int sysctl(
        Pointer oid,
        int oidLength,
        @Nullable Pointer old,
        Pointer oldLength,
        @Nullable Pointer value,
        NativeLong length)
        throws LastErrorException;
  }

  private static final int LINUX_ENOSYS = 38;
  private static final int EINTR = 4;
  private static final int EAGAIN = Platform.isFreeBSD() ? 35 : 11;
  private static final int ENOMEM = 12;
  private static final int DONT_WAIT = Platform.isFreeBSD() ? 0x80 : 0x40;
  private static final int NONBLOCK_CLOEXEC = Platform.isFreeBSD() ? 0x10_0004 : 0x8_0800;
  private static final int ROUND_ROBIN_RESET_ON_FORK = 0x4000_0002;
  private static final int TIMESPEC = 16;
  private static final long NANOS = 1_000_000_000L;

  /** Of the thread that polls; a thread's own, since several loops may wait at a time. */
  private static final ThreadLocal<Memory> TIMEOUT =
      ThreadLocal.withInitial(() -> new Memory(TIMESPEC));

  private LibC() {}

  static LibC load() {
    if (!Platform.is64Bit() || !(Platform.isLinux() || Platform.isFreeBSD())) {
      throw new UnsupportedOperationException(
          "system calls are supported on 64-bit Linux and FreeBSD, not on %s (%s)"
              .formatted(System.getProperty("os.name"), System.getProperty("os.arch")));
    }
    NativeAccessException.check();
    return new LibC();
  }

  @Override
  public int open(String path, int flags) throws SystemCallException {
    try {
      return Mapping.open(path, flags);
    } catch (LastErrorException e) {
      throw failed("open(" + path + ")", e);
    }
  }

  @Override
  public int ioctl(int fd, long request, ByteBuffer argument) throws SystemCallException {
    try (Memory memory = copy(argument)) {
      int result = Mapping.ioctl(fd, new NativeLong(request, true), memory);
      copyBack(memory, argument);
      return result;
    } catch (LastErrorException e) {
      throw failed("ioctl(%d, 0x%x)".formatted(fd, request), e);
    }
  }

  private static Memory copy(ByteBuffer buffer) {
    ByteBuffer whole = buffer.duplicate().clear();
    Memory memory = new Memory(Math.max(1, whole.capacity()));
    memory.getByteBuffer(0, memory.size()).put(whole);
    return memory;
  }

  private static void copyBack(Memory memory, ByteBuffer buffer) {
    buffer.duplicate().clear().put(memory.getByteBuffer(0, buffer.capacity()));
  }

  @Override
  public NativeMemory allocate(int bytes) {
    Memory memory = new Memory(bytes);
    ByteBuffer buffer = memory.getByteBuffer(0, bytes);
    return new NativeMemory() {
      @Override
      public ByteBuffer buffer() {
        return buffer;
      }

      @Override
      public void close() {
        memory.close();
      }
    };
  }

  @Override
  public int ioctl(int fd, long request, ByteBuffer argument, int pointerOffset, ByteBuffer pointee)
      throws SystemCallException {
    ByteBuffer whole = pointee.duplicate().clear();
    if (whole.isDirect()) {
      try {
        return ioctl(fd, request, argument, pointerOffset, Native.getDirectBufferPointer(whole));
      } finally {
        Reference.reachabilityFence(pointee);
      }
    }
    try (Memory memory = copy(pointee)) {
      int result = ioctl(fd, request, argument, pointerOffset, memory);
      copyBack(memory, pointee);
      return result;
    }
  }

  private int ioctl(int fd, long request, ByteBuffer argument, int pointerOffset, Pointer pointee)
      throws SystemCallException {
    ByteBuffer native64 = argument.duplicate().clear().order(ByteOrder.nativeOrder());
    long before = native64.getLong(pointerOffset);
    native64.putLong(pointerOffset, Pointer.nativeValue(pointee));
    try {
      return ioctl(fd, request, argument);
    } finally {
      native64.putLong(pointerOffset, before);
    }
  }

  @Override
  public int socket(int domain, int type, int protocol) throws SystemCallException {
    try {
      return Mapping.socket(domain, type, protocol);
    } catch (LastErrorException e) {
      throw failed("socket(%d, 0x%x, %d)".formatted(domain, type, protocol), e);
    }
  }

  @Override
  public void setSocketOption(int fd, int level, int option, byte[] value)
      throws SystemCallException {
    try (Memory memory = copy(value)) {
      Mapping.setsockopt(fd, level, option, memory, value.length);
    } catch (LastErrorException e) {
      throw failed("setsockopt(%d, %d, %d)".formatted(fd, level, option), e);
    }
  }

  @Override
  public void send(int fd, byte[] message) throws SystemCallException {
    try (Memory memory = copy(message)) {
      Mapping.send(fd, memory, new NativeLong(message.length), 0);
    } catch (LastErrorException e) {
      throw failed("send(%d, %d bytes)".formatted(fd, message.length), e);
    }
  }

  @Override
  public byte[] receive(int fd, int limit) throws SystemCallException {
    try (Memory memory = new Memory(Math.max(1, limit))) {
      int received = Mapping.recv(fd, memory, new NativeLong(limit), 0).intValue();
      return memory.getByteArray(0, received);
    } catch (LastErrorException e) {
      throw failed("recv(" + fd + ")", e);
    }
  }

  @Override
  public void setSocketOption(
      int fd, int level, int option, byte[] value, int pointerOffset, ByteBuffer pointee)
      throws SystemCallException {
    try (Memory memory = copy(value)) {
      memory.setLong(pointerOffset, address(pointee));
      Mapping.setsockopt(fd, level, option, memory, value.length);
    } catch (LastErrorException e) {
      throw failed("setsockopt(%d, %d, %d)".formatted(fd, level, option), e);
    } finally {
      Reference.reachabilityFence(pointee);
    }
  }

  @Override
  public void bind(int fd, byte[] address) throws SystemCallException {
    try (Memory memory = copy(address)) {
      Mapping.bind(fd, memory, address.length);
    } catch (LastErrorException e) {
      throw failed("bind(" + fd + ")", e);
    }
  }

  @Override
  public void sendTo(int fd, ByteBuffer message, int length, ByteBuffer address)
      throws SystemCallException {
    Objects.checkFromIndexSize(0, length, message.capacity());
    try {
      long sent =
          Packets.sendto(
              fd, address(message), length, DONT_WAIT, address(address), address.capacity());
      if (sent < 0) {
        throw failed("sendto(%d, %d bytes)".formatted(fd, length), lastError());
      }
    } finally {
      Reference.reachabilityFence(message);
      Reference.reachabilityFence(address);
    }
  }

  @Override
  public boolean receive(int fd, ReceivedMessage into) throws SystemCallException {
    long received = Packets.recvmsg(fd, into.prepare(LibC::address), DONT_WAIT);
    if (received < 0) {
      return nothingYet("recvmsg(" + fd + ")");
    }
    into.received((int) received);
    return true;
  }

  @Override
  public int read(int fd, ByteBuffer into) throws SystemCallException {
    try {
      long read = Packets.read(fd, address(into), into.capacity());
      return read < 0 && !nothingYet("read(" + fd + ")") ? -1 : (int) read;
    } finally {
      Reference.reachabilityFence(into);
    }
  }

  /** Says false if a call that returned -1 has just found nothing, or a signal. */
  private static boolean nothingYet(String call) throws SystemCallException {
    int errno = Native.getLastError();
    if (errno != EAGAIN && errno != EINTR) {
      throw failed(call, new LastErrorException(errno));
    }
    return false;
  }

  @Override
  public void write(int fd, ByteBuffer bytes, int length) throws SystemCallException {
    Objects.checkFromIndexSize(0, length, bytes.capacity());
    try {
      if (Packets.write(fd, address(bytes), length) < 0) {
        throw failed("write(%d, %d bytes)".formatted(fd, length), lastError());
      }
    } finally {
      Reference.reachabilityFence(bytes);
    }
  }

  @Override
  public int poll(ByteBuffer pollfds, int count, long timeoutNanos) throws SystemCallException {
    Objects.checkFromIndexSize(0, 8 * count, pollfds.capacity());
    long timeout = 0;
    if (timeoutNanos != Long.MAX_VALUE) {
      Memory timespec = TIMEOUT.get();
      long nanos = Math.max(0, timeoutNanos);
      timespec.setLong(0, nanos / NANOS);
      timespec.setLong(8, nanos % NANOS);
      timeout = Pointer.nativeValue(timespec);
    }
    try {
      int ready = Packets.ppoll(address(pollfds), count, timeout, 0);
      if (ready < 0 && Native.getLastError() == EINTR) {
        return 0;
      } else if (ready < 0) {
        throw failed("ppoll(" + count + ")", lastError());
      }
      return ready;
    } finally {
      Reference.reachabilityFence(pollfds);
    }
  }

  @Override
  public int[] pipe() throws SystemCallException {
    try (Memory ends = new Memory(8)) {
      Mapping.pipe2(ends, NONBLOCK_CLOEXEC);
      return ends.getIntArray(0, 2);
    } catch (LastErrorException e) {
      throw failed("pipe2", e);
    }
  }

  @Override
  public void realtime(int priority) throws SystemCallException {
    if (!Platform.isLinux()) {
      SystemCalls.super.realtime(priority);
    }
    try (Memory parameters = new Memory(4)) {
      parameters.setInt(0, priority);
      Mapping.sched_setscheduler(0, ROUND_ROBIN_RESET_ON_FORK, parameters);
    } catch (LastErrorException e) {
      throw failed("sched_setscheduler(" + priority + ")", e);
    }
  }

  @Override
  public byte[] sysctl(int... oid) throws SystemCallException {
    String call = "sysctl(" + Arrays.toString(oid) + ")";
    refuseUnlessFreebsd(call);
    try (Memory name = new Memory(4L * oid.length);
        Memory length = new Memory(8)) {
      name.write(0, oid, 0, oid.length);
      while (true) {
        length.setLong(0, 0);
        Sysctl.sysctl(name, oid.length, null, length, null, new NativeLong(0));
        length.setLong(0, length.getLong(0) * 2 + 1); // it may grow until it is read
        try (Memory value = new Memory(length.getLong(0))) {
          Sysctl.sysctl(name, oid.length, value, length, null, new NativeLong(0));
          return value.getByteArray(0, (int) length.getLong(0));
        } catch (LastErrorException e) {
          if (e.getErrorCode() != ENOMEM) {
            throw e;
          }
        }
      }
    } catch (LastErrorException e) {
      throw failed(call, e);
    }
  }

  private static LastErrorException lastError() {
    return new LastErrorException(Native.getLastError());
  }

  private static long address(ByteBuffer direct) {
    return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
  }

  private static Memory copy(byte[] bytes) {
    Memory memory = new Memory(Math.max(1, bytes.length));
    memory.write(0, bytes, 0, bytes.length);
    return memory;
  }

  @Override
  public void close(int fd) throws SystemCallException {
    try {
      Mapping.close(fd);
    } catch (LastErrorException e) {
      throw failed("close(" + fd + ")", e);
    }
  }

  @Override
  public byte[] sysctl(String name) throws SystemCallException {
    String call = "sysctlbyname(" + name + ")";
    refuseUnlessFreebsd(call);
    NativeLong nothing = new NativeLong(0);
    try (Memory length = new Memory(8)) {
      length.setLong(0, 0);
      Sysctl.sysctlbyname(name, null, length, null, nothing);
      try (Memory value = new Memory(Math.max(1, length.getLong(0)))) {
        Sysctl.sysctlbyname(name, value, length, null, nothing);
        return value.getByteArray(0, (int) length.getLong(0));
      }
    } catch (LastErrorException e) {
      throw failed(call, e);
    }
  }

  @Override
  public void sysctl(String name, byte[] value) throws SystemCallException {
    String call = "sysctlbyname(" + name + ", new value)";
    refuseUnlessFreebsd(call);
    try (Memory memory = copy(value)) {
      Sysctl.sysctlbyname(name, null, null, memory, new NativeLong(value.length));
    } catch (LastErrorException e) {
      throw failed(call, e);
    }
  }

  private static void refuseUnlessFreebsd(String call) throws SystemCallException {
    if (!Platform.isFreeBSD()) {
      throw new SystemCallException(call, LINUX_ENOSYS, "ENOSYS, there is sysctl on FreeBSD only");
    }
  }

  private static SystemCallException failed(String call, LastErrorException e) {
    return new SystemCallException(call, e.getErrorCode(), String.valueOf(e.getMessage()));
  }
}
