package org.pfha.net.sys;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;

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
    ByteBuffer whole = argument.duplicate().clear();
    try (Memory memory = new Memory(Math.max(1, whole.capacity()))) {
      ByteBuffer kernelSide = memory.getByteBuffer(0, memory.size());
      kernelSide.put(whole.duplicate());
      int result = Mapping.ioctl(fd, new NativeLong(request, true), memory);
      whole.put(kernelSide.clear().limit(whole.capacity()));
      return result;
    } catch (LastErrorException e) {
      throw failed("ioctl(%d, 0x%x)".formatted(fd, request), e);
    }
  }

  @Override
  public void close(int fd) throws SystemCallException {
    try {
      Mapping.close(fd);
    } catch (LastErrorException e) {
      throw failed("close(" + fd + ")", e);
    }
  }

  private static SystemCallException failed(String call, LastErrorException e) {
    return new SystemCallException(call, e.getErrorCode(), String.valueOf(e.getMessage()));
  }
}
