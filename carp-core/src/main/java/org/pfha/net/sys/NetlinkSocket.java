package org.pfha.net.sys;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A conversation with the kernel over a netlink socket (spec pf-ioctl 10): each request is answered
 * by any number of replies and then by the end of a dump or by an acknowledgement, which is an
 * error, maybe 0. What carries another sequence number, or another port id than the first answer,
 * belongs to nobody and is dropped. Confined to one thread.
 */
public final class NetlinkSocket implements AutoCloseable {

  /** Flags of a request that is acknowledged. */
  public static final int REQUEST = 0x005;

  /** Flags of a request for all there is. */
  public static final int DUMP = REQUEST | 0x300;

  private static final int RAW = 3;
  private static final int NETLINK_LEVEL = 270;
  private static final int EXTENDED_ACK = 11;
  private static final int TYPE_OVERRUN = 4;

  private static final int EINTR = 4;
  private static final int HEADER = 16;
  private static final int BUFFER = 1 << 16;
  private static final long TIMEOUT_SECONDS = 5;

  private final SystemCalls calls;
  private final NetlinkHost host;
  private final int fd;
  private int sequence;
  private int port;

  /** Takes the replies to a request, one by one. */
  @FunctionalInterface
  public interface Replies {

    /**
     * A reply has come.
     *
     * @param reply neither an acknowledgement nor the end of a dump
     * @throws SystemCallException if it cannot be read; the conversation is of no use then
     */
    void take(NetlinkMessage reply) throws SystemCallException;
  }

  private NetlinkSocket(SystemCalls calls, NetlinkHost host, int fd) {
    this.calls = calls;
    this.host = host;
    this.fd = fd;
  }

  /**
   * Opens a socket.
   *
   * @param calls to make
   * @param host the kernel behind them
   * @param protocol 0 for interfaces and routes, 16 for generic netlink
   * @return the conversation, to be closed
   * @throws SystemCallException with the errno; EPROTONOSUPPORT or EAFNOSUPPORT if there is no
   *     netlink
   */
  public static NetlinkSocket open(SystemCalls calls, NetlinkHost host, int protocol)
      throws SystemCallException {
    int fd = calls.socket(host.addressFamily, RAW | host.closeOnExec, protocol);
    NetlinkSocket socket = new NetlinkSocket(calls, host, fd);
    try {
      byte[] timeout =
          ByteBuffer.allocate(16).order(ByteOrder.nativeOrder()).putLong(TIMEOUT_SECONDS).array();
      calls.setSocketOption(fd, host.socketLevel, host.receiveTimeout, timeout);
    } catch (SystemCallException e) {
      socket.close();
      throw e;
    }
    socket.askForWords();
    return socket;
  }

  private void askForWords() {
    byte[] one = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(1).array();
    try {
      calls.setSocketOption(fd, NETLINK_LEVEL, EXTENDED_ACK, one);
    } catch (SystemCallException e) {
      // an older kernel has no words beside its errno
    }
  }

  /**
   * Sends a request and passes its replies on as they come, until it is acknowledged: at most 64
   * KiB are held.
   *
   * @param request with {@link #REQUEST} among its flags; gets a sequence number of its own
   * @param what the request is called when it fails
   * @param replies takes each reply
   * @throws SystemCallException with the kernel's errno and words; errno 0 if what it answered
   *     cannot be read; what was passed on until then is not all
   */
  public void converse(NetlinkMessage request, String what, Replies replies)
      throws SystemCallException {
    int expected = ++sequence;
    calls.send(
        fd,
        new NetlinkMessage(request.type(), request.flags(), expected, 0, request.payload())
            .toBytes());
    while (true) {
      for (NetlinkMessage message : receive(what)) {
        if (message.sequence() != expected || (port != 0 && message.port() != port)) {
          continue;
        }
        port = message.port();
        if (message.type() == TYPE_OVERRUN) {
          throw lost(what);
        } else if (!message.isEnd()) {
          replies.take(message);
        } else if (message.errno().isEmpty()) {
          throw unreadable(what, "an acknowledgement without an errno");
        } else {
          refuse(what, message);
          return;
        }
      }
    }
  }

  private List<NetlinkMessage> receive(String what) throws SystemCallException {
    byte[] bytes;
    try {
      bytes = calls.receive(fd, BUFFER);
    } catch (SystemCallException e) {
      if (e.errno() == EINTR) {
        return List.of();
      }
      throw e.errno() == host.eagain
          ? new SystemCallException(what, e.errno(), "no answer within " + TIMEOUT_SECONDS + " s")
          : e.errno() == host.enobufs ? lost(what) : e;
    }
    List<NetlinkMessage> messages = NetlinkMessage.parse(bytes);
    int read = messages.stream().mapToInt(each -> HEADER + each.payload().length + 3 & ~3).sum();
    if (read < bytes.length || bytes.length == 0) {
      throw unreadable(
          what, "%d of %d bytes are no message".formatted(bytes.length - read, bytes.length));
    }
    return messages;
  }

  private void refuse(String what, NetlinkMessage end) throws SystemCallException {
    int errno = host.errnoSign * end.errno().orElse(0);
    if (errno != 0) {
      throw new SystemCallException(what, errno, end.errorText().orElse("refused"));
    }
  }

  private SystemCallException lost(String what) {
    return new SystemCallException(what, host.enobufs, "answers were lost, ask again");
  }

  static SystemCallException unreadable(String what, String reason) {
    return new SystemCallException(what, 0, "unreadable answer: " + reason);
  }

  /** Closes the socket. */
  @Override
  public void close() {
    try {
      calls.close(fd);
    } catch (SystemCallException e) {
      // there is nothing left to lose: every conversation has had its answer
    }
  }
}
