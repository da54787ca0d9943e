package org.pfha.pf.device;

import static org.pfha.net.sys.NetlinkAttribute.nested;
import static org.pfha.net.sys.NetlinkAttribute.text;
import static org.pfha.net.sys.NetlinkAttribute.u16;
import static org.pfha.net.sys.NetlinkAttribute.u32;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.pfha.net.sys.NetlinkAttribute;
import org.pfha.net.sys.NetlinkAttributes;
import org.pfha.net.sys.NetlinkMessage;

/** Generic netlink of a kernel in memory: the controller and, from 15, the family pfctl. */
final class InMemoryNetlink {

  private static final int CONTROLLER = 16;
  private static final int GET_FAMILY = 3;
  private static final int PFCTL = 21;
  private static final int VERSION = 2;
  private static final int FIRST_PORT = 4711;
  private static final int ERROR = 2;
  private static final int DONE = 3;
  private static final int MULTI = 2;
  private static final int CAPPED = 0x100;
  private static final int HEADER = 16;
  private static final int GENERIC_HEADER = 4;
  private static final int EAGAIN = 35;
  private static final int FILL = 32 << 10;

  /**
   * What dumps for real, ending in DONE; what else has the dump flag ends in an acknowledgement.
   */
  private static final Set<Integer> DUMPS =
      Set.of(PfctlMessage.GETSTATES, PfctlMessage.GETCREATORS, PfctlMessage.GET_TSTATS);

  private static final Set<Integer> READING =
      Set.of(
          PfctlMessage.GETSTATES,
          PfctlMessage.GETCREATORS,
          PfctlMessage.GET_STATUS,
          PfctlMessage.GET_TIMEOUT,
          PfctlMessage.GET_LIMIT,
          PfctlMessage.GET_TSTATS);

  private static final List<Integer> COMMANDS =
      List.of(1, 2, 3, 4, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18, 26, 27, 28, 29, 30, 31, 32, 33);

  private static final int READING_FORBIDDEN_LEVEL = 3;
  private static final int CHANGING_FORBIDDEN_LEVEL = 2;

  /** Fails a command that is told to. */
  interface Failing {
    void check(int command) throws Refusal;
  }

  private final InMemoryPf.Release release;
  private final InMemorySettings settings;
  private final InMemoryStates states;
  private final InMemoryNetlinkTables tables;
  private int nextPort = FIRST_PORT;

  InMemoryNetlink(
      InMemoryPf.Release release,
      InMemorySettings settings,
      InMemoryStates states,
      InMemoryTables tables) {
    this.release = release;
    this.settings = settings;
    this.states = states;
    this.tables = new InMemoryNetlinkTables(tables);
  }

  Socket socket() {
    return new Socket(nextPort++);
  }

  /** One socket with what it has not read yet, in datagrams of 32 KiB or a little more. */
  final class Socket {

    private final int port;
    private final Deque<byte[]> datagrams = new ArrayDeque<>();
    private final List<byte[]> pending = new ArrayList<>();
    private int pendingBytes;

    Socket(int port) {
      this.port = port;
    }

    void send(byte[] bytes, int securelevel, Failing failing) {
      for (NetlinkMessage request : NetlinkMessage.parse(bytes)) {
        int errno = 0;
        boolean dump = false;
        try {
          if (request.type() == CONTROLLER) {
            family(request);
          } else {
            Refusal.unless(request.type() == PFCTL && release.major() >= 15, Errno.ENOENT);
            dump = DUMPS.contains(request.command());
            failing.check(request.command());
            pfctl(request, securelevel);
          }
        } catch (Refusal e) {
          errno = e.errno;
        }
        if (dump) {
          add(new NetlinkMessage(DONE, MULTI, request.sequence(), port, integer(errno)));
        } else {
          add(acknowledgement(request, errno));
        }
        flush();
      }
    }

    byte[] receive(int limit) throws Refusal {
      byte[] datagram = datagrams.poll();
      if (datagram == null) {
        throw new Refusal(EAGAIN);
      }
      return datagram.length <= limit ? datagram : Arrays.copyOf(datagram, limit);
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
      ByteBuffer datagram = ByteBuffer.allocate(pendingBytes);
      pending.forEach(datagram::put);
      datagrams.add(datagram.array());
      pending.clear();
      pendingBytes = 0;
    }

    /** Success is told with the head of the request only, an error with all of it. */
    private NetlinkMessage acknowledgement(NetlinkMessage request, int errno) {
      byte[] echo = request.toBytes();
      ByteBuffer.wrap(echo).order(ByteOrder.nativeOrder()).putInt(12, port);
      int size = errno == 0 ? HEADER : echo.length;
      byte[] payload = new byte[Integer.BYTES + size];
      System.arraycopy(integer(errno), 0, payload, 0, Integer.BYTES);
      System.arraycopy(echo, 0, payload, Integer.BYTES, size);
      return new NetlinkMessage(ERROR, errno == 0 ? CAPPED : 0, request.sequence(), port, payload);
    }

    private void reply(NetlinkMessage request, int more, List<NetlinkAttribute> attributes) {
      byte[] body = NetlinkAttribute.toBytes(attributes);
      byte[] payload = new byte[GENERIC_HEADER + body.length];
      payload[0] = (byte) (request.type() == CONTROLLER ? 1 : request.command());
      payload[1] = (byte) (request.type() == CONTROLLER ? VERSION : 0);
      System.arraycopy(body, 0, payload, GENERIC_HEADER, body.length);
      add(
          new NetlinkMessage(
              request.type(), request.flags() | more, request.sequence(), port, payload));
    }

    private void family(NetlinkMessage request) throws Refusal {
      Refusal.unless(request.command() == GET_FAMILY, Errno.EOPNOTSUPP);
      String name = request.body().text(2).orElse("");
      Refusal.unless(name.equals(PfctlMessage.FAMILY) && release.major() >= 15, Errno.ENOENT);
      List<NetlinkAttribute> operations = new ArrayList<>();
      for (int command : COMMANDS) {
        operations.add(
            nested(
                operations.size() + 1,
                List.of(u32(1, command), u32(2, DUMPS.contains(command) ? 0xf : 0xb))));
      }
      reply(
          request,
          0,
          List.of(
              text(2, name),
              u16(1, PFCTL),
              u32(3, VERSION),
              u32(4, 0),
              u32(5, PfctlMessage.TABLE_DEL_ADDR),
              nested(6, operations)));
    }

    private void pfctl(NetlinkMessage request, int securelevel) throws Refusal {
      int command = request.command();
      Refusal.unless(
          securelevel
              < (READING.contains(command) ? READING_FORBIDDEN_LEVEL : CHANGING_FORBIDDEN_LEVEL),
          Errno.EPERM);
      Refusal.unless(COMMANDS.contains(command), Errno.EOPNOTSUPP);
      NetlinkAttributes body = request.body();
      Refusal.unless(body.isWhole(), Errno.EINVAL);
      switch (command) {
        case PfctlMessage.GETSTATES ->
            states.matching(body).forEach(state -> reply(request, MULTI, PfctlState.encode(state)));
        case PfctlMessage.GETCREATORS ->
            states
                .all()
                .map(state -> state.creatorId())
                .distinct()
                .forEach(id -> reply(request, MULTI, List.of(u32(2, id))));
        case PfctlMessage.START -> settings.start();
        case PfctlMessage.STOP -> settings.stop();
        case PfctlMessage.CLRSTATES ->
            reply(request, 0, killed(states.clear(InMemoryFilter.of(body))));
        case PfctlMessage.KILLSTATES ->
            reply(request, 0, killed(states.kill(InMemoryFilter.of(body))));
        case PfctlMessage.SET_STATUSIF ->
            settings.setStatusInterface(body.text(PfctlMessage.STATUSIF_NAME).orElse(""));
        case PfctlMessage.GET_STATUS ->
            reply(request, 0, PfctlMessage.status(settings.status(states.size(), states.nodes())));
        case PfctlMessage.CLEAR_STATUS -> settings.clearStatus();
        case PfctlMessage.SET_DEBUG ->
            settings.setDebug((int) required(body, PfctlMessage.DEBUG_LEVEL));
        case PfctlMessage.SET_TIMEOUT ->
            settings.setTimeout(index(body), (int) required(body, PfctlMessage.VALUE));
        case PfctlMessage.GET_TIMEOUT ->
            reply(request, 0, List.of(u32(PfctlMessage.VALUE, settings.timeout(index(body)))));
        case PfctlMessage.SET_LIMIT ->
            settings.setLimit(index(body), (int) required(body, PfctlMessage.VALUE));
        case PfctlMessage.GET_LIMIT ->
            reply(request, 0, List.of(u32(PfctlMessage.VALUE, settings.limit(index(body)))));
        default -> tables.handle(command, body, attributes -> reply(request, 0, attributes));
      }
    }

    private int index(NetlinkAttributes body) throws Refusal {
      return (int) required(body, PfctlMessage.INDEX);
    }

    private long required(NetlinkAttributes body, int type) throws Refusal {
      Refusal.unless(body.has(type), Errno.EINVAL);
      return body.number(type, 0);
    }
  }

  private static List<NetlinkAttribute> killed(int count) {
    return List.of(u32(PfctlMessage.KILLED, count));
  }

  private static byte[] integer(int value) {
    return Struct.of(Integer.BYTES).putInt(value).array();
  }
}
