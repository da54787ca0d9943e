package org.pfha.net.raw;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pfha.net.Link;
import org.pfha.net.LinkAddress;
import org.pfha.net.sys.NativeMemory;
import org.pfha.net.sys.NetlinkHost;
import org.pfha.net.sys.NetlinkMessage;
import org.pfha.net.sys.NetlinkSocket;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;

/**
 * The interfaces of a Linux host by route netlink: one dump, then what changes; another dump when
 * the kernel has lost changes because too much happened at a time.
 */
final class LinuxInterfaces implements InterfaceWatch {

  private static final int AF_NETLINK = 16;
  private static final int RAW_CLOEXEC_NONBLOCK = 3 | 0x8_0000 | 0x800;
  private static final int ROUTE = 0;
  private static final int LINK_AND_ADDRESS_GROUPS = 0x001 | 0x010 | 0x100;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVBUF = 8;
  private static final int ENOBUFS = 105;
  private static final int BUFFER = 1 << 16;

  private final SystemCalls calls;
  private final int fd;
  private final NativeMemory memory;
  private final Map<Integer, Interface> interfaces = new LinkedHashMap<>();
  private boolean open = true;

  private LinuxInterfaces(SystemCalls calls, int fd) {
    this.calls = calls;
    this.fd = fd;
    this.memory = calls.allocate(BUFFER);
  }

  static LinuxInterfaces open(SystemCalls calls) throws SystemCallException {
    int fd = calls.socket(AF_NETLINK, RAW_CLOEXEC_NONBLOCK, ROUTE);
    LinuxInterfaces watch = new LinuxInterfaces(calls, fd);
    try {
      calls.setSocketOption(fd, SOL_SOCKET, SO_RCVBUF, SocketAddresses.number(1 << 20));
      calls.bind(fd, SocketAddresses.netlink(LINK_AND_ADDRESS_GROUPS));
      watch.askForAll(); // after it listens, so that nothing is missed in between
    } catch (SystemCallException e) {
      watch.close();
      throw e;
    }
    return watch;
  }

  private void askForAll() throws SystemCallException {
    interfaces.clear();
    try (NetlinkSocket netlink = NetlinkSocket.open(calls, NetlinkHost.LINUX, ROUTE)) {
      netlink.converse(
          request(RouteMessage.GET_LINK, RouteMessage.LINK_HEADER), "listing links", this::heard);
      netlink.converse(
          request(RouteMessage.GET_ADDRESS, RouteMessage.ADDRESS_HEADER),
          "listing addresses",
          this::heard);
    }
  }

  private static NetlinkMessage request(int type, int header) {
    return new NetlinkMessage(type, NetlinkSocket.DUMP, 0, 0, new byte[header]);
  }

  private void heard(NetlinkMessage message) {
    switch (message.type()) {
      case RouteMessage.NEW_LINK ->
          RouteMessage.link(message)
              .ifPresent(
                  now ->
                      interfaces.merge(
                          now.index(),
                          now,
                          (before, same) -> addressed(same, before.link().addresses())));
      case RouteMessage.DELETE_LINK ->
          RouteMessage.link(message).ifPresent(gone -> interfaces.remove(gone.index()));
      case RouteMessage.NEW_ADDRESS, RouteMessage.DELETE_ADDRESS -> {
        RouteMessage.Address address = RouteMessage.address(message);
        if (address != null) {
          interfaces.computeIfPresent(
              address.index(),
              (index, before) ->
                  changed(before, address.address(), message.type() == RouteMessage.NEW_ADDRESS));
        }
      }
      default -> {
        // of another group
      }
    }
  }

  private static Interface changed(Interface before, LinkAddress address, boolean added) {
    List<LinkAddress> present = before.link().addresses();
    if (present.contains(address) == added) {
      return before; // such as another lifetime
    }
    List<LinkAddress> addresses = new ArrayList<>(present);
    boolean changed = added ? addresses.add(address) : addresses.remove(address);
    assert changed;
    return addressed(before, addresses);
  }

  private static Interface addressed(Interface like, List<LinkAddress> addresses) {
    Link link = like.link();
    return new Interface(
        like.index(),
        like.ethernet(),
        new Link(link.name(), link.up(), link.mtu(), link.mac(), addresses));
  }

  @Override
  public List<Interface> all() {
    return List.copyOf(interfaces.values());
  }

  @Override
  public int fd() {
    return fd;
  }

  @Override
  public void readable() throws SystemCallException {
    ByteBuffer in = memory.buffer().order(ByteOrder.nativeOrder());
    while (open) {
      int length;
      try {
        length = calls.read(fd, in);
      } catch (SystemCallException e) {
        if (e.errno() != ENOBUFS) {
          throw e;
        }
        askForAll();
        continue;
      }
      if (length <= 0) {
        return;
      }
      byte[] bytes = new byte[length];
      in.get(0, bytes);
      NetlinkMessage.parse(bytes).forEach(this::heard);
    }
  }

  @Override
  public void close() throws SystemCallException {
    open = false;
    memory.close();
    calls.close(fd);
  }
}
