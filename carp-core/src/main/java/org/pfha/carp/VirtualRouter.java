package org.pfha.carp;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.engine.CarpParameters;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.net.LinkAddress;

/**
 * The configuration of one vhid on one interface. Each method returns a changed copy; mistakes are
 * reported by {@link CarpNodeBuilder#start}, all at once. Immutable.
 */
public final class VirtualRouter {

  private static final int UNSET = -1;

  private final String link;
  private final int vhid;
  private final byte @Nullable [] key;
  private final List<String> addresses;
  private final int advbase;
  private final int advskew;

  private VirtualRouter(
      String link,
      int vhid,
      byte @Nullable [] key,
      List<String> addresses,
      int advbase,
      int advskew) {
    this.link = link;
    this.vhid = vhid;
    this.key = key;
    this.addresses = addresses;
    this.advbase = advbase;
    this.advskew = advskew;
  }

  /**
   * A virtual router with advbase 1 and advskew 0, as the kernel's default is.
   *
   * @param link the interface that adverts are exchanged on, such as {@code em1}
   * @return vhid, password and address are still to be given
   */
  public static VirtualRouter onInterface(String link) {
    return new VirtualRouter(link, UNSET, null, List.of(), 1, 0);
  }

  /**
   * The number that distinguishes virtual routers of a segment.
   *
   * @param value 1–255, the same on every node
   * @return a changed copy
   */
  public VirtualRouter vhid(int value) {
    return new VirtualRouter(link, value, key, addresses, advbase, advskew);
  }

  /**
   * The shared secret, the same on every node.
   *
   * @param value 1–20 bytes of UTF-8; {@code ifconfig} peers can have 19 at most
   * @return a changed copy
   */
  public VirtualRouter password(String value) {
    return new VirtualRouter(
        link, vhid, value.getBytes(StandardCharsets.UTF_8), addresses, advbase, advskew);
  }

  /**
   * No secret: anybody on the segment can become MASTER. Interoperates with a kernel's vhid that
   * never got a password.
   *
   * @return a changed copy
   */
  public VirtualRouter withoutPassword() {
    return new VirtualRouter(link, vhid, new byte[0], addresses, advbase, advskew);
  }

  /**
   * One more virtual address. Every node must have the same ones, since the HMAC covers them.
   *
   * @param value such as {@code 192.0.2.1/24} or {@code 2001:db8::1/64}
   * @return a changed copy
   */
  public VirtualRouter address(String value) {
    List<String> more = new ArrayList<>(addresses);
    more.add(value);
    return new VirtualRouter(link, vhid, key, List.copyOf(more), advbase, advskew);
  }

  /**
   * The base interval between adverts; failover takes three of them.
   *
   * @param seconds 1–255, default 1
   * @return a changed copy
   */
  public VirtualRouter advbase(int seconds) {
    return new VirtualRouter(link, vhid, key, addresses, seconds, advskew);
  }

  /**
   * How much slower than its peers this node advertises; the fastest is MASTER.
   *
   * @param value 0–254, in 1/256 s, default 0; more than 240 is advertised as 240
   * @return a changed copy
   */
  public VirtualRouter advskew(int value) {
    return new VirtualRouter(link, vhid, key, addresses, advbase, value);
  }

  String link() {
    return link;
  }

  int vhid() {
    return vhid;
  }

  /** What is wrong with it by itself, each with what to do. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    range(problems, "vhid", vhid, 1, 255);
    range(problems, "advbase", advbase, 1, 255);
    range(problems, "advskew", advskew, 0, 254);
    if (key == null) {
      problems.add(this + " has no password; give one, or say withoutPassword()");
    } else if (key.length > CarpAuthenticator.KEY_LENGTH) {
      problems.add(
          this + " has a password of " + key.length + " bytes; CARP has room for 20, ifconfig 19");
    } else if (key.length > 0 && key[0] == 0) {
      problems.add(this + " has a password that begins with a zero byte; kernels refuse those");
    }
    if (addresses.isEmpty()) {
      problems.add(this + " has no address; give one, like 192.0.2.1/24");
    }
    Set<InetAddress> seen = new LinkedHashSet<>();
    for (String address : addresses) {
      try {
        InetAddress parsed = LinkAddress.parse(address).address();
        if (parsed.isAnyLocalAddress() || parsed.isMulticastAddress()) {
          problems.add(this + " has the address " + address + "; it must be one host's");
        } else if (!seen.add(parsed)) {
          problems.add(this + " has the address " + address + " twice; remove one");
        }
      } catch (IllegalArgumentException e) {
        problems.add(this + ": " + e.getMessage());
      }
    }
    return problems;
  }

  private void range(List<String> problems, String field, int value, int low, int high) {
    if (value < low || value > high) {
      problems.add(
          value == UNSET && "vhid".equals(field)
              ? this + " has no vhid; give one between 1 and 255"
              : "%s has %s %d; it must be between %d and %d"
                  .formatted(this, field, value, low, high));
    }
  }

  CarpParameters parameters(boolean preempt) {
    return CarpParameters.of(vhid, inetAddresses())
        .withInterval(advbase, advskew)
        .withPreempt(preempt, 0);
  }

  CarpAuthenticator authenticator() {
    return CarpAuthenticator.of(key == null ? new byte[0] : key, vhid, inetAddresses());
  }

  private List<InetAddress> inetAddresses() {
    return addresses.stream().map(text -> LinkAddress.parse(text).address()).toList();
  }

  /** Never contains the password. */
  @Override
  public String toString() {
    return "virtual router " + (vhid == UNSET ? "?" : vhid) + "@" + link;
  }
}
