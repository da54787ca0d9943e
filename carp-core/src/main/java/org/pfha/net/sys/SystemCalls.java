package org.pfha.net.sys;

import java.nio.ByteBuffer;

/** The system calls a kernel interface needs. Thread-safe. */
public interface SystemCalls {

  /**
   * Those of this machine, by libc. Loads native code on first use.
   *
   * @return the calls
   * @throws UnsupportedOperationException naming the system, if it is neither 64-bit Linux nor
   *     64-bit FreeBSD
   */
  static SystemCalls ofThisMachine() {
    return LibC.load();
  }

  /**
   * Opens a file or device.
   *
   * @param path such as {@code /dev/pf}
   * @param flags as in fcntl.h of this system
   * @return a file descriptor
   * @throws SystemCallException with the errno
   */
  int open(String path, int flags) throws SystemCallException;

  /**
   * Controls a device.
   *
   * @param fd file descriptor
   * @param request the request's number
   * @param argument read and written by the kernel, from index 0 to its capacity; must be as long
   *     as the request's structure, which nothing here can check
   * @return what the call returned, not negative
   * @throws SystemCallException with the errno
   */
  int ioctl(int fd, long request, ByteBuffer argument) throws SystemCallException;

  /**
   * Controls a device by a structure that holds one pointer. The pointer is set for the call only;
   * afterwards the argument's eight bytes there are as they were.
   *
   * @param fd file descriptor
   * @param request the request's number
   * @param argument as above
   * @param pointerOffset where in the argument the kernel finds the address of {@code pointee}
   * @param pointee read and written by the kernel, from index 0 as far as the request says, which
   *     nothing here can check; a direct buffer is not copied
   * @return what the call returned, not negative
   * @throws SystemCallException with the errno
   */
  int ioctl(int fd, long request, ByteBuffer argument, int pointerOffset, ByteBuffer pointee)
      throws SystemCallException;

  /**
   * Opens a socket.
   *
   * @param domain address family as numbered by this system
   * @param type such as 2 for datagrams, with the flags of this system
   * @param protocol of the family
   * @return a file descriptor
   * @throws SystemCallException with the errno
   */
  int socket(int domain, int type, int protocol) throws SystemCallException;

  /**
   * Sets an option of a socket.
   *
   * @param fd file descriptor
   * @param level as numbered by this system
   * @param option as numbered by this system
   * @param value its bytes as the kernel takes them
   * @throws SystemCallException with the errno
   */
  void setSocketOption(int fd, int level, int option, byte[] value) throws SystemCallException;

  /**
   * Sends one message to where the socket is connected; a netlink socket is to the kernel.
   *
   * @param fd file descriptor
   * @param message the whole of it
   * @throws SystemCallException with the errno
   */
  void send(int fd, byte[] message) throws SystemCallException;

  /**
   * Receives one message, waiting as long as the socket's options say.
   *
   * @param fd file descriptor
   * @param limit bytes, beyond which a message is cut off
   * @return what was received
   * @throws SystemCallException with the errno; EAGAIN after the time-out
   */
  byte[] receive(int fd, int limit) throws SystemCallException;

  /**
   * Memory the kernel can fill in place.
   *
   * @param bytes at least 1; what is not touched costs no memory with libc's
   * @return memory to be closed by the caller
   */
  default NativeMemory allocate(int bytes) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
    return new NativeMemory() {
      @Override
      public ByteBuffer buffer() {
        return buffer;
      }

      @Override
      public void close() {}
    };
  }

  /**
   * Closes a file descriptor.
   *
   * @param fd file descriptor
   * @throws SystemCallException with the errno
   */
  void close(int fd) throws SystemCallException;

  /**
   * Reads a kernel variable by name. FreeBSD only.
   *
   * @param name such as {@code net.inet.carp.demotion}
   * @return its bytes as the kernel gives them; most are an int in native byte order
   * @throws SystemCallException with the errno; ENOSYS on any other system than FreeBSD
   */
  byte[] sysctl(String name) throws SystemCallException;

  /**
   * Writes a kernel variable by name. FreeBSD only.
   *
   * @param name such as {@code net.inet.carp.demotion}
   * @param value its bytes as the kernel takes them
   * @throws SystemCallException with the errno; ENOSYS on any other system than FreeBSD
   */
  void sysctl(String name, byte[] value) throws SystemCallException;
}
