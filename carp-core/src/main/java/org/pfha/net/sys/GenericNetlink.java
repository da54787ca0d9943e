package org.pfha.net.sys;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * A conversation with one family of generic netlink (spec pf-ioctl 10). Confined to one thread.
 *
 * @see NetlinkSocket
 */
public final class GenericNetlink implements AutoCloseable {

  private static final int GENERIC = 16;

  private static final int CONTROLLER = 16;
  private static final int GET_FAMILY = 3;
  private static final int FAMILY_ID = 1;
  private static final int FAMILY_NAME = 2;
  private static final int FAMILY_VERSION = 3;
  private static final int FAMILY_OPERATIONS = 6;
  private static final int OPERATION_ID = 1;

  private final NetlinkSocket socket;
  private final String family;
  private int id = CONTROLLER;
  private int version;
  private final Set<Integer> commands = new TreeSet<>();

  private GenericNetlink(NetlinkSocket socket, String family) {
    this.socket = socket;
    this.family = family;
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
    GenericNetlink netlink = new GenericNetlink(NetlinkSocket.open(calls, host, GENERIC), family);
    try {
      netlink.ask();
    } catch (SystemCallException | RuntimeException e) {
      netlink.close();
      throw e;
    }
    return netlink;
  }

  private void ask() throws SystemCallException {
    List<NetlinkMessage> replies =
        call(GET_FAMILY, List.of(NetlinkAttribute.text(FAMILY_NAME, family)));
    NetlinkAttributes answer =
        replies.isEmpty() ? NetlinkAttributes.of(new byte[0], 0, 0) : replies.get(0).body();
    id = (int) answer.number(FAMILY_ID, 0);
    if (id < CONTROLLER) {
      throw NetlinkSocket.unreadable(what(GET_FAMILY), "no id for family " + family);
    }
    version = (int) answer.number(FAMILY_VERSION, 0);
    for (NetlinkAttributes operation : answer.nested(FAMILY_OPERATIONS).eachNested()) {
      operation.number(OPERATION_ID).ifPresent(command -> commands.add((int) command));
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
    converse(command, NetlinkSocket.REQUEST, attributes, replies::add);
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
    converse(command, NetlinkSocket.DUMP, attributes, replies);
  }

  private void converse(
      int command, int flags, List<NetlinkAttribute> attributes, Consumer<NetlinkMessage> replies)
      throws SystemCallException {
    int expected = id;
    String what = what(command);
    socket.converse(
        NetlinkMessage.generic(id, flags, 0, command, 0, attributes),
        what,
        reply -> {
          if (reply.type() != expected) {
            return;
          }
          if (!reply.body().isWhole()) {
            throw NetlinkSocket.unreadable(what, "attributes are cut off");
          }
          replies.accept(reply);
        });
  }

  private String what(int command) {
    return "netlink(%s, command %d)".formatted(family, command);
  }

  /** Closes the socket. */
  @Override
  public void close() {
    socket.close();
  }
}
