package org.pfha.net.sys;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * A conversation with one family of generic netlink (spec pf-ioctl 10): each request is answered by
 * any number of replies and then by the end of a dump or by an acknowledgement, which is an error,
 * maybe 0. What carries another sequence number, or another port id than the first answer, belongs
 * to nobody and is dropped. Confined to one thread.
 */
public final class GenericNetlink implements AutoCloseable {

  private static final int GENERIC = 16;
  private static final int RAW = 3;
  private static final int NETLINK_LEVEL = 270;
  private static final int EXTENDED_ACK = 11;

  private static final int REQUEST_ACK = 0x005;
  private static final int DUMP = 0x300;
  private static final int TYPE_OVERRUN = 4;

  private static final int CONTROLLER = 16;
  private static final int GET_FAMILY = 3;
  private static final int FAMILY_ID = 1;
  private static final int FAMILY_NAME = 2;
  private static final int FAMILY_VERSION = 3;
  private static final int FAMILY_OPERATIONS = 6;
  private static final int OPERATION_ID = 1;

  private static final int EINTR = 4;
  private static final int HEADER = 16;
  private static final int BUFFER = 1 << 16;
  private static final long TIMEOUT_SECONDS = 5;

  private final SystemCalls calls;
  private final NetlinkHost host;
  private final String family;
  private final int fd;
  private int id = CONTROLLER;
  private int version;
  private final Set<Integer> commands = new TreeSet<>();
  private int sequence;
  private int port;

  private GenericNetlink(SystemCalls calls, NetlinkHost host, String family, int fd) {
    this.calls = calls;
    this.host = host;
    this.family = family;
    this.fd = fd;
  }

  /**
   * Opens a socket and asks for a family.
   *
   * @param calls to make
   * @param host the kernel behind them
   * @param family such as {@code carp}
   * @return the conversation, to be closed
   * @throws SystemCallException with the errno; ENOENT if there is no such family, EPROTONOSUPPORT
   *     or EAFNOSUPPORT if it has no netlink
   */
  public static GenericNetlink open(SystemCalls calls, NetlinkHost host, String family)
      throws SystemCallException {
    int fd = calls.socket(host.addressFamily, RAW | host.closeOnExec, GENERIC);
    GenericNetlink netlink = new GenericNetlink(calls, host, family, fd);
    try {
      netlink.ask();
    } catch (SystemCallException | RuntimeException e) {
      netlink.close();
      throw e;
    }
    return netlink;
  }

  private void ask() throws SystemCallException {
    byte[] timeout =
        ByteBuffer.allocate(16).order(ByteOrder.nativeOrder()).putLong(TIMEOUT_SECONDS).array();
    calls.setSocketOption(fd, host.socketLevel, host.receiveTimeout, timeout);
    askForWords();
    List<NetlinkMessage> replies =
        call(GET_FAMILY, List.of(NetlinkAttribute.text(FAMILY_NAME, family)));
    NetlinkAttributes answer =
        replies.isEmpty() ? NetlinkAttributes.of(new byte[0], 0, 0) : replies.get(0).body();
    id = (int) answer.number(FAMILY_ID, 0);
    if (id < CONTROLLER) {
      throw unreadable(GET_FAMILY, "no id for family " + family);
    }
    version = (int) answer.number(FAMILY_VERSION, 0);
    for (NetlinkAttributes operation : answer.nested(FAMILY_OPERATIONS).eachNested()) {
      operation.number(OPERATION_ID).ifPresent(command -> commands.add((int) command));
    }
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
   * The number the kernel has given the family.
   *
   * @return at least 16
   */
  public int id() {
    return id;
  }

  /**
   * The family's version.
   *
   * @return such as 2
   */
  public int version() {
    return version;
  }

  /**
   * The commands that this kernel knows.
   *
   * @return in ascending order
   */
  public Set<Integer> commands() {
    return Set.copyOf(commands);
  }

  /**
   * Sends a request and waits for its acknowledgement.
   *
   * @param command 0–255
   * @param attributes in order
   * @return the replies in order
   * @throws SystemCallException with the kernel's errno and words; errno 0 if what it answered
   *     cannot be read
   */
  public List<NetlinkMessage> call(int command, List<NetlinkAttribute> attributes)
      throws SystemCallException {
    List<NetlinkMessage> replies = new ArrayList<>();
    converse(command, REQUEST_ACK, attributes, replies::add);
    return replies;
  }

  /**
   * Sends a request for many replies, which are passed on as they come: at most 64 KiB are held.
   *
   * @param command 0–255
   * @param attributes in order
   * @param replies takes each reply
   * @throws SystemCallException as {@link #call}; what was passed on until then is not all
   */
  public void dump(int command, List<NetlinkAttribute> attributes, Consumer<NetlinkMessage> replies)
      throws SystemCallException {
    converse(command, REQUEST_ACK | DUMP, attributes, replies);
  }

  private void converse(
      int command, int flags, List<NetlinkAttribute> attributes, Consumer<NetlinkMessage> replies)
      throws SystemCallException {
    int expected = ++sequence;
    calls.send(fd, NetlinkMessage.generic(id, flags, expected, command, 0, attributes).toBytes());
    while (true) {
      for (NetlinkMessage message : receive(command)) {
        if (message.sequence() != expected || (port != 0 && message.port() != port)) {
          continue;
        }
        port = message.port();
        if (message.type() == id) {
          if (!message.body().isWhole()) {
            throw unreadable(command, "attributes are cut off");
          }
          replies.accept(message);
        } else if (ends(command, message)) {
          return;
        }
      }
    }
  }

  private List<NetlinkMessage> receive(int command) throws SystemCallException {
    byte[] bytes;
    try {
      bytes = calls.receive(fd, BUFFER);
    } catch (SystemCallException e) {
      if (e.errno() == EINTR) {
        return List.of();
      }
      throw e.errno() == host.eagain
          ? failed(command, e.errno(), "no answer within " + TIMEOUT_SECONDS + " s")
          : e.errno() == host.enobufs
              ? failed(command, e.errno(), "answers were lost, ask again")
              : e;
    }
    List<NetlinkMessage> messages = NetlinkMessage.parse(bytes);
    int read = messages.stream().mapToInt(each -> HEADER + each.payload().length + 3 & ~3).sum();
    if (read < bytes.length || bytes.length == 0) {
      throw unreadable(
          command, "%d of %d bytes are no message".formatted(bytes.length - read, bytes.length));
    }
    return messages;
  }

  private boolean ends(int command, NetlinkMessage message) throws SystemCallException {
    if (message.type() == TYPE_OVERRUN) {
      throw failed(command, host.enobufs, "answers were lost, ask again");
    }
    if (!message.isEnd()) {
      return false;
    }
    if (message.errno().isEmpty()) {
      throw unreadable(command, "an acknowledgement without an errno");
    }
    int errno = host.errnoSign * message.errno().getAsInt();
    if (errno != 0) {
      throw failed(command, errno, message.errorText().orElse("refused"));
    }
    return true;
  }

  private SystemCallException unreadable(int command, String reason) {
    return failed(command, 0, "unreadable answer: " + reason);
  }

  private SystemCallException failed(int command, int errno, String reason) {
    return new SystemCallException(
        "netlink(%s, command %d)".formatted(family, command), errno, reason);
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
