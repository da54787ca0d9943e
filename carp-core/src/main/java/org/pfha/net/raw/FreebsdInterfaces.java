package org.pfha.net.raw;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pfha.net.Link;
import org.pfha.net.LinkAddress;
import org.pfha.net.MacAddress;
import org.pfha.net.sys.BsdSocketAddress;
import org.pfha.net.sys.NativeMemory;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;

/**
 * The interfaces of a FreeBSD host: all of them by sysctl, again whenever the routing socket says
 * that one has changed (spec pf-ioctl 11.4). Compiled for FreeBSD and tested by replay only.
 *
 * <pre>
 *   each        0 length 2  2 version 1  3 type 1  4 which addresses follow 4  8 flags 4  12 index 2
 *   if_msghdr   168 in all: 16 type 1  20 link state 1  24 MTU 4
 *   ifa_msghdr  20 in all
 *   addresses follow in the order of their bits, each padded to 8
 * </pre>
 */
final class FreebsdInterfaces implements InterfaceWatch {

  private static final int PF_ROUTE = 17;
  private static final int RAW_CLOEXEC_NONBLOCK = 3 | 0x1000_0000 | 0x2000_0000;
  private static final int[] ALL_INTERFACES = {4, PF_ROUTE, 0, 0, 3, 0};
  private static final int ENOBUFS = 55;
  private static final int BUFFER = 1 << 16;

  private static final int HEADER = 16;
  private static final int INTERFACE_HEADER = 168;
  private static final int ADDRESS_HEADER = 20;
  private static final int NEW_ADDRESS = 12;
  private static final int DELETED_ADDRESS = 13;
  private static final int INTERFACE = 14;
  private static final int ANNOUNCE = 17;

  private static final int NETMASK = 2;
  private static final int INTERFACE_NAME = 4;
  private static final int ADDRESS = 5;
  private static final int ADDRESSES = 8;

  private static final int UP_AND_RUNNING = 0x41;
  private static final int LINK_IS_DOWN = 1;
  private static final List<Integer> ETHERNET_TYPES = List.of(6, 135, 161, 209);

  private final SystemCalls calls;
  private final int fd;
  private final NativeMemory memory;
  private List<Interface> interfaces = List.of();
  private boolean open = true;

  private FreebsdInterfaces(SystemCalls calls, int fd) {
    this.calls = calls;
    this.fd = fd;
    this.memory = calls.allocate(BUFFER);
  }

  static FreebsdInterfaces open(SystemCalls calls) throws SystemCallException {
    FreebsdInterfaces watch =
        new FreebsdInterfaces(calls, calls.socket(PF_ROUTE, RAW_CLOEXEC_NONBLOCK, 0));
    try {
      watch.interfaces = list(calls); // after it listens, so that nothing is missed in between
    } catch (SystemCallException e) {
      watch.close();
      throw e;
    }
    return watch;
  }

  static List<Interface> list(SystemCalls calls) throws SystemCallException {
    return parse(calls.sysctl(ALL_INTERFACES));
  }

  /** Reads what the kernel says; a message that is cut off ends it. */
  static List<Interface> parse(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    Map<Integer, Interface> all = new LinkedHashMap<>();
    for (int at = 0; bytes.length - at >= HEADER; ) {
      int length = in.getShort(at) & 0xffff;
      if (length < HEADER || length > bytes.length - at) {
        break;
      }
      ByteBuffer message = in.slice(at, length).order(ByteOrder.nativeOrder());
      int index = message.getShort(12) & 0xffff;
      if (message.get(3) == INTERFACE && length >= INTERFACE_HEADER) {
        Interface found = readInterface(message, index);
        if (found != null) {
          all.put(index, found);
        }
      } else if (message.get(3) == NEW_ADDRESS && length >= ADDRESS_HEADER) {
        LinkAddress address = address(message);
        if (address != null) {
          all.computeIfPresent(index, (same, before) -> with(before, address));
        }
      }
      at += length;
    }
    return List.copyOf(all.values());
  }

  private static @Nullable Interface readInterface(ByteBuffer message, int index) {
    ByteBuffer name = socketAddress(message, INTERFACE_HEADER, INTERFACE_NAME);
    if (name == null || name.capacity() < BsdSocketAddress.LINK_DATA) {
      return null;
    }
    int nameLength = name.get(5) & 0xff;
    int macLength = name.get(6) & 0xff;
    if (BsdSocketAddress.LINK_DATA + nameLength + macLength > name.capacity()) {
      return null;
    }
    byte[] data = new byte[nameLength + macLength];
    name.get(BsdSocketAddress.LINK_DATA, data);
    boolean ethernet =
        ETHERNET_TYPES.contains(message.get(16) & 0xff)
            && macLength == BsdSocketAddress.LINK_ADDRESS;
    boolean up =
        (message.getInt(8) & UP_AND_RUNNING) == UP_AND_RUNNING && message.get(20) != LINK_IS_DOWN;
    return new Interface(
        index,
        ethernet,
        new Link(
            new String(data, 0, nameLength, US_ASCII),
            up,
            message.getInt(24),
            ethernet ? MacAddress.at(data, nameLength) : new MacAddress(0),
            List.of()));
  }

  private static Interface with(Interface before, LinkAddress address) {
    Link link = before.link();
    List<LinkAddress> addresses = new ArrayList<>(link.addresses());
    addresses.add(address);
    return new Interface(
        before.index(),
        before.ethernet(),
        new Link(link.name(), link.up(), link.mtu(), link.mac(), addresses));
  }

  private static @Nullable LinkAddress address(ByteBuffer message) {
    ByteBuffer address = socketAddress(message, ADDRESS_HEADER, ADDRESS);
    ByteBuffer mask = socketAddress(message, ADDRESS_HEADER, NETMASK);
    if (address == null || address.capacity() < 2) {
      return null;
    }
    int family = address.get(1);
    boolean ipv6 = family == BsdSocketAddress.AF_INET6;
    int offset = ipv6 ? 8 : 4;
    byte[] bytes = new byte[ipv6 ? 16 : 4];
    if ((family != BsdSocketAddress.AF_INET && !ipv6)
        || address.capacity() < offset + bytes.length) {
      return null;
    }
    address.get(offset, bytes);
    if (ipv6 && (bytes[0] & 0xff) == 0xfe && (bytes[1] & 0xc0) == 0x80) {
      bytes[2] = 0; // the kernel keeps the interface's number here
      bytes[3] = 0;
    }
    int prefixLength = 0;
    for (int i = 0; mask != null && i < bytes.length && offset + i < mask.capacity(); i++) {
      prefixLength += Integer.bitCount(mask.get(offset + i) & 0xff);
    }
    return new LinkAddress(RouteMessage.address(bytes), prefixLength);
  }

  /** The n-th kind of address behind a message's header; its length byte may cut it short. */
  private static @Nullable ByteBuffer socketAddress(ByteBuffer message, int header, int wanted) {
    int present = message.getInt(4);
    int at = header;
    for (int kind = 0; kind < ADDRESSES; kind++) {
      if ((present & 1 << kind) == 0) {
        continue;
      }
      if (at >= message.capacity()) {
        return null;
      }
      int length = message.get(at) & 0xff;
      if (length > message.capacity() - at) {
        return null;
      }
      if (kind == wanted) {
        return message.slice(at, length).order(ByteOrder.nativeOrder());
      }
      at += length == 0 ? 8 : length + 7 & ~7;
    }
    return null;
  }

  @Override
  public List<Interface> all() {
    return interfaces;
  }

  /** Whether an address in a packet is one of an interface's. */
  boolean has(int index, byte[] packet, int from, int to) {
    for (Interface each : interfaces) {
      if (each.index() == index) {
        for (LinkAddress address : each.link().addresses()) {
          byte[] own = address.address().getAddress();
          if (Arrays.equals(packet, from, to, own, 0, own.length)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  @Override
  public int fd() {
    return fd;
  }

  @Override
  public void readable() throws SystemCallException {
    boolean changed = false;
    ByteBuffer in = memory.buffer();
    while (open) {
      try {
        int length = calls.read(fd, in);
        if (length <= 0) {
          break;
        }
        int type = in.get(3);
        changed |=
            type == INTERFACE || type == NEW_ADDRESS || type == DELETED_ADDRESS || type == ANNOUNCE;
      } catch (SystemCallException e) {
        if (e.errno() != ENOBUFS) {
          throw e;
        }
        changed = true;
      }
    }
    if (changed) {
      interfaces = list(calls);
    }
  }

  @Override
  public void close() throws SystemCallException {
    open = false;
    memory.close();
    calls.close(fd);
  }
}
