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
   * @throws NativeAccessException naming what to set, if JNA cannot put its library anywhere
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
   * Sets an option whose value holds one pointer, such as a socket filter.
   *
   * @param fd file descriptor
   * @param level as numbered by this system
   * @param option as numbered by this system
   * @param value its bytes as the kernel takes them
   * @param pointerOffset where in the value the kernel finds the address of {@code pointee}
   * @param pointee direct, read by the kernel during the call
   * @throws SystemCallException with the errno
   */
  default void setSocketOption(
      int fd, int level, int option, byte[] value, int pointerOffset, ByteBuffer pointee)
      throws SystemCallException {
    throw refused("setsockopt");
  }

  /**
   * Gives a socket an address of its own.
   *
   * @param fd file descriptor
   * @param address as this system lays socket addresses out
   * @throws SystemCallException with the errno
   */
  default void bind(int fd, byte[] address) throws SystemCallException {
    throw refused("bind");
  }

  /**
   * Sends one datagram or frame without waiting for room.
   *
   * @param fd file descriptor
   * @param message direct, its first {@code length} bytes
   * @param length bytes to send
   * @param address to where, as this system lays socket addresses out; direct, the whole of it
   * @throws SystemCallException with the errno; EAGAIN or ENOBUFS if there is no room now
   */
  default void sendTo(int fd, ByteBuffer message, int length, ByteBuffer address)
      throws SystemCallException {
    throw refused("sendto");
  }

  /**
   * Receives one datagram, with what the kernel says beside it, without waiting for one.
   *
   * @param fd file descriptor
   * @param into filled anew
   * @return false if there is nothing to receive now
   * @throws SystemCallException with the errno
   */
  default boolean receive(int fd, ReceivedMessage into) throws SystemCallException {
    throw refused("recvmsg");
  }

  /**
   * Reads from a device, a pipe or a socket that does not block.
   *
   * @param fd file descriptor
   * @param into direct, filled from index 0
   * @return bytes read, 0 at the end, or −1 if there is nothing to read now
   * @throws SystemCallException with the errno
   */
  default int read(int fd, ByteBuffer into) throws SystemCallException {
    throw refused("read");
  }

  /**
   * Writes to a device or a pipe that does not block.
   *
   * @param fd file descriptor
   * @param bytes direct, its first {@code length} bytes
   * @param length bytes to write
   * @throws SystemCallException with the errno; EAGAIN or ENOBUFS if there is no room now
   */
  default void write(int fd, ByteBuffer bytes, int length) throws SystemCallException {
    throw refused("write");
  }

  /**
   * Waits until one of some file descriptors is ready, or a signal comes.
   *
   * @param pollfds direct; 8 bytes each in native order: fd 4, events 2, what happened 2
   * @param count how many of them
   * @param timeoutNanos at most so long; 0 or less does not wait, {@link Long#MAX_VALUE} is no
   *     limit
   * @return how many are ready
   * @throws SystemCallException with the errno
   */
  default int poll(ByteBuffer pollfds, int count, long timeoutNanos) throws SystemCallException {
    throw refused("poll");
  }

  /**
   * Opens a pipe that does not block.
   *
   * @return file descriptors of the end to read from and the end to write to
   * @throws SystemCallException with the errno
   */
  default int[] pipe() throws SystemCallException {
    throw refused("pipe");
  }

  /**
   * Reads a kernel variable by number. FreeBSD only.
   *
   * @param oid such as 4, 17, 0, 0, 3, 0 for all interfaces and their addresses
   * @return its bytes as the kernel gives them
   * @throws SystemCallException with the errno; ENOSYS on any other system than FreeBSD
   */
  default byte[] sysctl(int... oid) throws SystemCallException {
    throw refused("sysctl");
  }

  /**
   * Has the calling thread run before all threads of ordinary priority, by round robin among its
   * like; threads it starts do not inherit that. Linux only.
   *
   * @param priority 1–99, the higher ones first
   * @throws SystemCallException with the errno; EPERM without CAP_SYS_NICE
   */
  default void realtime(int priority) throws SystemCallException {
    throw refused("sched_setscheduler");
  }

  private static SystemCallException refused(String call) {
    return new SystemCallException(call, 0, "there is no such call on this kernel");
  }

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
