package org.pfha.pf.device;

import java.nio.ByteBuffer;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;

/** System calls of another, for tests to change one of them. */
class ForwardingCalls implements SystemCalls {

  private final SystemCalls calls;

  ForwardingCalls(SystemCalls calls) {
    this.calls = calls;
  }

  @Override
  public int open(String path, int flags) throws SystemCallException {
    return calls.open(path, flags);
  }

  @Override
  public int ioctl(int fd, long request, ByteBuffer argument) throws SystemCallException {
    return calls.ioctl(fd, request, argument);
  }

  @Override
  public int ioctl(int fd, long request, ByteBuffer argument, int offset, ByteBuffer pointee)
      throws SystemCallException {
    return calls.ioctl(fd, request, argument, offset, pointee);
  }

  @Override
  public int socket(int domain, int type, int protocol) throws SystemCallException {
    return calls.socket(domain, type, protocol);
  }

  @Override
  public void setSocketOption(int fd, int level, int option, byte[] value)
      throws SystemCallException {
    calls.setSocketOption(fd, level, option, value);
  }

  @Override
  public void send(int fd, byte[] message) throws SystemCallException {
    calls.send(fd, message);
  }

  @Override
  public byte[] receive(int fd, int limit) throws SystemCallException {
    return calls.receive(fd, limit);
  }

  @Override
  public void close(int fd) throws SystemCallException {
    calls.close(fd);
  }

  @Override
  public byte[] sysctl(String name) throws SystemCallException {
    return calls.sysctl(name);
  }

  @Override
  public void sysctl(String name, byte[] value) throws SystemCallException {
    calls.sysctl(name, value);
  }
}
