package org.pfha.net.raw;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pfha.net.LinkAddress;
import org.pfha.net.MacAddress;
import org.pfha.net.sys.NetlinkAttribute;
import org.pfha.net.sys.NetlinkAttributes;
import org.pfha.net.sys.NetlinkHost;
import org.pfha.net.sys.NetlinkMessage;
import org.pfha.net.sys.NetlinkSocket;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;

/**
 * Changes interfaces and addresses of a Linux host by route netlink. Confined to one thread.
 *
 * <pre>
 *   ifa_cacheinfo  0 preferred seconds 4  4 valid seconds 4  8 created 4  12 updated 4
 * </pre>
 */
final class RouteControl implements AutoCloseable {

  static final int ENODEV = 19;
  static final int EEXIST = 17;
  static final int EADDRNOTAVAIL = 99;

  /** What marks our addresses, from Linux 5.18. */
  static final int MARK = 112;

  private static final int ROUTE = 0;
  private static final int SET_LINK = 19;
  private static final int EXCLUSIVE = 0x200;
  private static final int REPLACE = 0x100;
  private static final int CREATE = 0x400;
  private static final int UP = 1;

  private static final int IFLA_LINK = 5;
  private static final int IFLA_LINKINFO = 18;
  private static final int IFLA_INFO_KIND = 1;
  private static final int IFLA_INFO_DATA = 2;
  private static final int IFLA_MACVLAN_MODE = 1;

  /**
   * A private macvlan keeps frames from its own MAC to itself: the adverts of another MASTER, which
   * come from the same virtual MAC, would reach nobody here.
   */
  private static final int MACVLAN_BRIDGE = 4;

  private static final int IFLA_IFALIAS = 20;
  private static final int IFLA_AF_SPEC = 26;
  private static final int IFLA_INET_CONF = 1;
  private static final int CONF_RP_FILTER = 8;
  private static final int CONF_ARP_ANNOUNCE = 18;
  private static final int CONF_ARP_IGNORE = 19;
  private static final int IFLA_INET6_ADDR_GEN_MODE = 8;
  private static final int NO_LINK_LOCAL_ADDRESS = 1;

  private static final int IFA_CACHEINFO = 6;
  private static final int NO_DUPLICATE_DETECTION = 0x02;

  private final NetlinkSocket netlink;

  private RouteControl(NetlinkSocket netlink) {
    this.netlink = netlink;
  }

  static RouteControl open(SystemCalls calls) throws SystemCallException {
    return new RouteControl(NetlinkSocket.open(calls, NetlinkHost.LINUX, ROUTE));
  }

  /** The number of an interface; ENODEV if there is none of that name. */
  int index(String name) throws SystemCallException {
    int[] index = new int[1];
    netlink.converse(
        new NetlinkMessage(
            RouteMessage.GET_LINK,
            NetlinkSocket.REQUEST,
            0,
            0,
            RouteMessage.link(
                0, 0, 0, List.of(NetlinkAttribute.text(RouteMessage.IFLA_IFNAME, name)))),
        "looking for " + name,
        reply -> index[0] = RouteMessage.link(reply).map(Interface::index).orElse(0));
    return index[0];
  }

  /** What an interface was created for, in words; empty if there is none of that name. */
  Optional<String> alias(String name) throws SystemCallException {
    String[] alias = {""};
    try {
      netlink.converse(
          new NetlinkMessage(
              RouteMessage.GET_LINK,
              NetlinkSocket.REQUEST,
              0,
              0,
              RouteMessage.link(
                  0, 0, 0, List.of(NetlinkAttribute.text(RouteMessage.IFLA_IFNAME, name)))),
          "looking for " + name,
          reply -> alias[0] = text(reply, IFLA_IFALIAS));
      return Optional.of(alias[0]);
    } catch (SystemCallException e) {
      if (e.errno() == ENODEV) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static String text(NetlinkMessage link, int attribute) {
    byte[] bytes = link.payload();
    return NetlinkAttributes.of(bytes, RouteMessage.LINK_HEADER, bytes.length)
        .text(attribute)
        .orElse("");
  }

  /** All addresses of an interface. */
  List<RouteMessage.Address> addresses(int index) throws SystemCallException {
    List<RouteMessage.Address> all = new ArrayList<>();
    netlink.converse(
        new NetlinkMessage(
            RouteMessage.GET_ADDRESS,
            NetlinkSocket.DUMP,
            0,
            0,
            new byte[RouteMessage.ADDRESS_HEADER]),
        "listing addresses",
        reply -> {
          RouteMessage.Address address = RouteMessage.address(reply);
          if (address != null && address.index() == index) {
            all.add(address);
          }
        });
    return all;
  }

  /** Adds an address, or gives it another lifetime. */
  void add(int index, LinkAddress address, Duration lifetime) throws SystemCallException {
    long seconds = Math.max(1, lifetime.plusNanos(999_999_999L).toSeconds());
    byte[] times =
        ByteBuffer.allocate(16)
            .order(ByteOrder.nativeOrder())
            .putInt(0) // preferred to no other as the source of a connection
            .putInt((int) Math.min(seconds, Integer.MAX_VALUE))
            .array();
    byte[] bytes = address.address().getAddress();
    request(
        RouteMessage.NEW_ADDRESS,
        CREATE | REPLACE,
        RouteMessage.address(
            index,
            address,
            List.of(
                new NetlinkAttribute(RouteMessage.IFA_LOCAL, bytes),
                new NetlinkAttribute(RouteMessage.IFA_ADDRESS, bytes),
                NetlinkAttribute.u32(
                    RouteMessage.IFA_FLAGS, bytes.length == 4 ? 0 : NO_DUPLICATE_DETECTION),
                new NetlinkAttribute(IFA_CACHEINFO, times),
                NetlinkAttribute.u8(RouteMessage.IFA_PROTO, MARK))),
        "adding " + address);
  }

  void remove(int index, LinkAddress address) throws SystemCallException {
    request(
        RouteMessage.DELETE_ADDRESS,
        0,
        RouteMessage.address(
            index,
            address,
            List.of(new NetlinkAttribute(RouteMessage.IFA_LOCAL, address.address().getAddress()))),
        "removing " + address);
  }

  /** Creates a macvlan, down, that answers for its own addresses only. */
  int createMacvlan(int parent, String name, String alias, MacAddress mac)
      throws SystemCallException {
    NetlinkAttribute mode = NetlinkAttribute.u32(IFLA_MACVLAN_MODE, MACVLAN_BRIDGE);
    request(
        RouteMessage.NEW_LINK,
        CREATE | EXCLUSIVE,
        RouteMessage.link(
            0,
            0,
            0,
            List.of(
                NetlinkAttribute.text(RouteMessage.IFLA_IFNAME, name),
                new NetlinkAttribute(RouteMessage.IFLA_ADDRESS, mac.toBytes()),
                NetlinkAttribute.u32(IFLA_LINK, parent),
                NetlinkAttribute.nested(
                    IFLA_LINKINFO,
                    List.of(
                        new NetlinkAttribute(IFLA_INFO_KIND, "macvlan".getBytes(US_ASCII)),
                        NetlinkAttribute.nested(IFLA_INFO_DATA, List.of(mode)))))),
        "creating " + name);
    int index = index(name);
    request(
        SET_LINK,
        0,
        RouteMessage.link(
            index, 0, 0, List.of(new NetlinkAttribute(IFLA_IFALIAS, alias.getBytes(US_ASCII)))),
        "naming " + name);
    configure(
        index,
        name,
        NetlinkAttribute.u32(CONF_ARP_IGNORE, 1),
        NetlinkAttribute.u32(CONF_RP_FILTER, 0));
    try {
      specify(
          index,
          "configuring " + name,
          RouteMessage.AF_INET6,
          NetlinkAttribute.u8(IFLA_INET6_ADDR_GEN_MODE, NO_LINK_LOCAL_ADDRESS));
    } catch (SystemCallException e) {
      // a kernel without IPv6 makes no address either
    }
    return index;
  }

  /** Has an interface answer ARP for its own addresses only, and ask from them only. */
  void keepToOwnAddresses(int index, String name) throws SystemCallException {
    configure(
        index,
        name,
        NetlinkAttribute.u32(CONF_ARP_IGNORE, 1),
        NetlinkAttribute.u32(CONF_ARP_ANNOUNCE, 2));
  }

  private void configure(int index, String name, NetlinkAttribute... settings)
      throws SystemCallException {
    specify(
        index,
        "configuring " + name,
        RouteMessage.AF_INET,
        NetlinkAttribute.nested(IFLA_INET_CONF, Arrays.asList(settings)));
  }

  private void specify(int index, String what, int family, NetlinkAttribute setting)
      throws SystemCallException {
    request(
        SET_LINK,
        0,
        RouteMessage.link(
            index,
            0,
            0,
            List.of(
                NetlinkAttribute.nested(
                    IFLA_AF_SPEC, List.of(NetlinkAttribute.nested(family, List.of(setting)))))),
        what);
  }

  void up(int index, boolean up) throws SystemCallException {
    request(
        SET_LINK,
        0,
        RouteMessage.link(index, up ? UP : 0, UP, List.of()),
        "setting interface %d %s".formatted(index, up ? "up" : "down"));
  }

  void delete(String name) throws SystemCallException {
    request(
        RouteMessage.DELETE_LINK,
        0,
        RouteMessage.link(0, 0, 0, List.of(NetlinkAttribute.text(RouteMessage.IFLA_IFNAME, name))),
        "deleting " + name);
  }

  private void request(int type, int flags, byte[] payload, String what)
      throws SystemCallException {
    netlink.converse(
        new NetlinkMessage(type, NetlinkSocket.REQUEST | flags, 0, 0, payload), what, reply -> {});
  }

  /**
   * How an address is added: with its prefix, or alone if another of the same subnet is there,
   * which has made the subnet's route and must not lose it.
   *
   * @param present addresses of the interface
   * @return null if the address is there for good
   */
  static @Nullable LinkAddress placed(LinkAddress wanted, List<RouteMessage.Address> present) {
    boolean alone = false;
    for (RouteMessage.Address each : present) {
      if (each.address().address().equals(wanted.address())) {
        if (each.isPermanent()) {
          return null;
        }
      } else {
        alone |= !each.isMarked() && each.address().subnetContains(wanted.address());
      }
    }
    return alone
        ? new LinkAddress(wanted.address(), 8 * wanted.address().getAddress().length)
        : wanted;
  }

  @Override
  public void close() {
    netlink.close();
  }
}
