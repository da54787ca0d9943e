package org.pfha.net.sys;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
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
      return ioctl(fd, request, argument, memory);
    }
  }

  @Override
  public int ioctl(int fd, long request, ByteBuffer argument, int pointerOffset, ByteBuffer pointed)
      throws SystemCallException {
    try (Memory memory = copy(argument)) {
      if (pointed.isDirect()) {
        memory.setPointer(pointerOffset, Native.getDirectBufferPointer(pointed));
        return ioctlWithPointer(fd, request, argument, memory, pointerOffset);
      }
      try (Memory copied = copy(pointed)) {
        memory.setPointer(pointerOffset, copied);
        int result = ioctlWithPointer(fd, request, argument, memory, pointerOffset);
        copyBack(copied, pointed);
        return result;
      }
    } finally {
      Reference.reachabilityFence(pointed);
    }
  }

  private static int ioctlWithPointer(
      int fd, long request, ByteBuffer argument, Memory memory, int pointerOffset)
      throws SystemCallException {
    int result = ioctl(fd, request, argument, memory);
    argument.duplicate().clear().putLong(pointerOffset, 0);
    return result;
  }

  private static int ioctl(int fd, long request, ByteBuffer argument, Memory memory)
      throws SystemCallException {
    try {
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
    try (Memory memory = new Memory(Math.max(1, value.length))) {
      memory.write(0, value, 0, value.length);
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
