package org.pfha.carp.kernel;

import static org.pfha.net.sys.NetlinkAttribute.text;
import static org.pfha.net.sys.NetlinkAttribute.u16;
import static org.pfha.net.sys.NetlinkAttribute.u32;
import static org.pfha.net.sys.NetlinkAttribute.u8;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.engine.Role;
import org.pfha.net.sys.GenericNetlink;
import org.pfha.net.sys.NetlinkAttribute;
import org.pfha.net.sys.NetlinkAttributes;
import org.pfha.net.sys.SystemCallException;

/**
 * The {@code carp} family of netlink, from release 14: peers, and VRRP from release 15 (spec carp
 * 12.3). In a set, what is missing is zero, which keeps everything but the advskew.
 */
public final class CarpNetlink {

  static final String FAMILY = "carp";
  static final int GET = 1;
  static final int SET = 2;

  static final int VHID = 1;
  static final int STATE = 2;
  static final int ADVBASE = 3;
  static final int ADVSKEW = 4;
  static final int KEY = 5;
  static final int ADDR = 7;
  static final int ADDR6 = 8;
  static final int IFNAME = 9;
  static final int VERSION = 10;
  static final int PRIORITY = 11;
  static final int INTERVAL = 12;

  static final int VERSION_CARP = 2;
  static final int VERSION_VRRP = 3;

  private static final int ENOENT = 2;

  private CarpNetlink() {}

  /** Reads the virtual hosts of an interface, or one of them if {@code vhid} is not 0. */
  static List<KernelVhid> get(GenericNetlink netlink, String ifname, int vhid)
      throws SystemCallException {
    List<KernelVhid> vhids = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    try {
      netlink.dump(
          GET,
          get(ifname, vhid),
          reply -> {
            try {
              vhids.add(decode(ifname, reply.body()));
            } catch (IllegalArgumentException e) {
              problems.add(String.valueOf(e.getMessage()));
            }
          });
    } catch (SystemCallException e) {
      if (e.errno() != ENOENT) {
        throw e;
      }
    }
    if (!problems.isEmpty()) {
      throw new SystemCallException(
          "netlink(carp, GET)", 0, "nonsense: " + String.join("; ", problems));
    }
    return vhids;
  }

  /**
   * What GET is told.
   *
   * @param ifname the parent interface
   * @param vhid 1–255, or 0 for all
   * @return attributes of a request
   */
  public static List<NetlinkAttribute> get(String ifname, int vhid) {
    return vhid == 0
        ? List.of(text(IFNAME, ifname))
        : List.of(u32(VHID, vhid), text(IFNAME, ifname));
  }

  /**
   * Reads what GET replies for one virtual host, all but its passphrase.
   *
   * @param ifname the parent interface, which is not part of a reply
   * @param reply attributes
   * @return the virtual host
   * @throws IllegalArgumentException naming everything that is out of range
   */
  public static KernelVhid decode(String ifname, NetlinkAttributes reply) {
    boolean vrrp = reply.number(VERSION, VERSION_CARP) == VERSION_VRRP;
    return new KernelVhid(
        ifname,
        (int) reply.number(VHID, 0),
        CarpIoctl.role((int) reply.number(STATE, 0)),
        vrrp ? KernelVhid.Protocol.VRRP : KernelVhid.Protocol.CARP,
        vrrp ? 1 : (int) reply.number(ADVBASE, 0),
        vrrp ? 0 : (int) reply.number(ADVSKEW, 0),
        v4(reply.bytes(ADDR)),
        v6(reply.bytes(ADDR6)),
        vrrp ? (int) reply.number(PRIORITY, 0) : 0,
        vrrp ? (int) reply.number(INTERVAL, 0) : 0);
  }

  /**
   * What SET is told.
   *
   * @param wanted the virtual host, whose role does not count
   * @param force MASTER or BACKUP to become, or null
   * @param key passphrase of up to 20 bytes, or null to keep it
   * @return attributes of a request
   */
  public static List<NetlinkAttribute> set(
      KernelVhid wanted, @Nullable Role force, byte @Nullable [] key) {
    List<NetlinkAttribute> request = new ArrayList<>();
    request.add(u32(VHID, wanted.vhid()));
    if (force != null) {
      request.add(u32(STATE, CarpIoctl.number(force)));
    }
    if (wanted.protocol() == KernelVhid.Protocol.VRRP) {
      request.add(u8(VERSION, VERSION_VRRP));
      request.add(u8(PRIORITY, wanted.priority()));
      request.add(u16(INTERVAL, wanted.interval()));
    } else {
      request.add(u32(ADVBASE, wanted.advbase()));
      request.add(u32(ADVSKEW, wanted.advskew()));
    }
    if (wanted.peer() != null) {
      request.add(new NetlinkAttribute(ADDR, wanted.peer().getAddress()));
    }
    if (wanted.peer6() != null) {
      request.add(new NetlinkAttribute(ADDR6, wanted.peer6().getAddress()));
    }
    if (key != null) {
      request.add(new NetlinkAttribute(KEY, key));
    }
    request.add(text(IFNAME, wanted.ifname()));
    return request;
  }

  private static @Nullable Inet4Address v4(byte[] address) {
    try {
      return address.length == 4 ? (Inet4Address) Inet4Address.getByAddress(address) : null;
    } catch (UnknownHostException impossible) {
      throw new AssertionError("an address of 4 bytes is always valid", impossible);
    }
  }

  private static @Nullable Inet6Address v6(byte[] address) {
    try {
      return address.length == 16 ? Inet6Address.getByAddress(null, address, -1) : null;
    } catch (UnknownHostException impossible) {
      throw new AssertionError("an address of 16 bytes is always valid", impossible);
    }
  }
}
