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
  }

  private static final int LINUX_ENOSYS = 38;

  private LibC() {}

  static LibC load() {
    if (!Platform.is64Bit() || !(Platform.isLinux() || Platform.isFreeBSD())) {
      throw new UnsupportedOperationException(
          "system calls are supported on 64-bit Linux and FreeBSD, not on %s (%s)"
              .formatted(System.getProperty("os.name"), System.getProperty("os.arch")));
    }
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
