package org.pfha.net.sys;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * FreeBSD's end of a generic netlink socket, for kernels in memory (spec pf-ioctl 10): knows the
 * controller, and hands everything else to the family it is for. Confined to one thread.
 */
public final class NetlinkResponder {

  private static final int CONTROLLER = 16;
  private static final int GET_FAMILY = 3;
  private static final int NEW_FAMILY = 1;
  private static final int CONTROLLER_VERSION = 2;
  private static final int FIRST_FAMILY = 19;
  private static final int ERROR = 2;
  private static final int DONE = 3;
  private static final int MULTI = 2;
  private static final int CAPPED = 0x100;
  private static final int HEADER = 16;
  private static final int PORT_OFFSET = 12;
  private static final int FILL = 32 << 10;
  private static final int ENOENT = 2;
  private static final int EINVAL = 22;
  private static final int EAGAIN = 35;
  private static final int EOPNOTSUPP = 45;
  private static final int DUMP_FLAGS = 0xf;
  private static final int DO_FLAGS = 0xb;

  /** Takes the replies to a request. */
  @FunctionalInterface
  public interface Replies {
    /**
     * Sends one reply.
     *
     * @param attributes in order
     */
    void add(List<NetlinkAttribute> attributes);
  }

  /** Answers the requests of a family. */
  @FunctionalInterface
  public interface Handler {
    /**
     * Does what a request says.
     *
     * @param request of a command of the family, with whole attributes
     * @param replies to it
     * @return 0, or FreeBSD's errno
     */
    int handle(NetlinkMessage request, Replies replies);
  }

  /**
   * One family. Immutable, if the handler is.
   *
   * @param name such as {@code carp}
   * @param commands it knows
   * @param dumps those of the commands whose replies end in DONE; all others are acknowledged
   * @param handler of its requests
   */
  public record Family(String name, Set<Integer> commands, Set<Integer> dumps, Handler handler) {

    /** Copies the sets. */
    public Family {
      commands = Set.copyOf(commands);
      dumps = Set.copyOf(dumps);
    }
  }

  private final int port;
  private final List<Family> families;
  private final Deque<byte[]> datagrams = new ArrayDeque<>();
  private final List<byte[]> pending = new ArrayList<>();
  private int pendingBytes;

  /**
   * A socket.
   *
   * @param port id that the kernel has given it
   * @param families that the kernel has, numbered from 19 in this order
   */
  public NetlinkResponder(int port, List<Family> families) {
    this.port = port;
    this.families = List.copyOf(families);
  }

  /**
   * Takes requests and does what they say.
   *
   * @param bytes of one or more messages
   */
  public void send(byte[] bytes) {
    for (NetlinkMessage request : NetlinkMessage.parse(bytes)) {
      int index = request.type() - FIRST_FAMILY;
      Family family = index >= 0 && index < families.size() ? families.get(index) : null;
      int errno = answer(request, family);
      if (family != null && family.dumps().contains(request.command())) {
        add(new NetlinkMessage(DONE, MULTI, request.sequence(), port, integer(errno)));
      } else {
        add(acknowledgement(request, errno));
      }
      flush();
    }
  }

  /**
   * The next datagram.
   *
   * @param limit bytes, beyond which it is cut off
   * @return one or more messages
   * @throws SystemCallException with EAGAIN if there is none
   */
  public byte[] receive(int limit) throws SystemCallException {
    byte[] datagram = datagrams.poll();
    if (datagram == null) {
      throw new SystemCallException("recv", EAGAIN, "nothing to read");
    }
    return datagram.length <= limit ? datagram : Arrays.copyOf(datagram, limit);
  }

  private int answer(NetlinkMessage request, @Nullable Family family) {
    if (!request.body().isWhole()) {
      return EINVAL;
    }
    if (request.type() == CONTROLLER) {
      return request.command() == GET_FAMILY ? tellFamily(request) : EOPNOTSUPP;
    }
    if (family == null) {
      return ENOENT;
    }
    if (!family.commands().contains(request.command())) {
      return EOPNOTSUPP;
    }
    boolean dump = family.dumps().contains(request.command());
    return family
        .handler()
        .handle(
            request,
            attributes -> reply(request, dump ? MULTI : 0, request.command(), 0, attributes));
  }

  private int tellFamily(NetlinkMessage request) {
    String name = request.body().text(2).orElse("");
    for (int i = 0; i < families.size(); i++) {
      if (families.get(i).name().equals(name)) {
        reply(request, 0, NEW_FAMILY, CONTROLLER_VERSION, describe(i));
        return 0;
      }
    }
    return ENOENT;
  }

  private List<NetlinkAttribute> describe(int index) {
    Family family = families.get(index);
    List<NetlinkAttribute> operations = new ArrayList<>();
    for (int command : family.commands().stream().sorted().toList()) {
      int flags = family.dumps().contains(command) ? DUMP_FLAGS : DO_FLAGS;
      operations.add(
          NetlinkAttribute.nested(
              operations.size() + 1,
              List.of(NetlinkAttribute.u32(1, command), NetlinkAttribute.u32(2, flags))));
    }
    return List.of(
        NetlinkAttribute.text(2, family.name()),
        NetlinkAttribute.u16(1, FIRST_FAMILY + index),
        NetlinkAttribute.u32(3, CONTROLLER_VERSION),
        NetlinkAttribute.u32(4, 0),
        NetlinkAttribute.u32(5, family.commands().stream().mapToInt(id -> id).max().orElse(0)),
        NetlinkAttribute.nested(6, operations));
  }

  private void reply(
      NetlinkMessage request,
      int moreFlags,
      int command,
      int version,
      List<NetlinkAttribute> attributes) {
    NetlinkMessage reply =
        NetlinkMessage.generic(request.type(), 0, 0, command, version, attributes);
    add(
        new NetlinkMessage(
            request.type(),
            request.flags() | moreFlags,
            request.sequence(),
            port,
            reply.payload()));
  }

  /** Success is told with the head of the request only, an error with all of it. */
  private NetlinkMessage acknowledgement(NetlinkMessage request, int errno) {
    byte[] echo = request.toBytes();
    ByteBuffer.wrap(echo).order(ByteOrder.nativeOrder()).putInt(PORT_OFFSET, port);
    byte[] payload =
        Arrays.copyOf(integer(errno), Integer.BYTES + (errno == 0 ? HEADER : echo.length));
    System.arraycopy(echo, 0, payload, Integer.BYTES, payload.length - Integer.BYTES);
    return new NetlinkMessage(ERROR, errno == 0 ? CAPPED : 0, request.sequence(), port, payload);
  }

  private void add(NetlinkMessage message) {
    byte[] bytes = message.toBytes();
    pending.add(bytes);
    pendingBytes += bytes.length;
    if (pendingBytes >= FILL) {
      flush();
    }
  }

  private void flush() {
    if (pendingBytes > 0) {
      byte[] datagram = new byte[pendingBytes];
      ByteBuffer out = ByteBuffer.wrap(datagram);
      pending.forEach(out::put);
      datagrams.add(datagram);
      pending.clear();
      pendingBytes = 0;
    }
  }

  private static byte[] integer(int value) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(value).array();
  }
}
