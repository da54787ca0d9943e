package org.pfha.carp.engine;

import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpKeyring;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.IpPacket;

/** What the receive path must know of one virtual router, computed beforehand. */
final class CarpReceiver {

  private final ReceiveStep[] steps;
  private final Family v4;
  private final Family v6;
  private final boolean strict;
  private final CarpProfile profile;
  private final byte[][] addresses;
  private CarpKeyring keys;

  CarpReceiver(CarpParameters parameters, CarpKeyring keys, boolean strict) {
    this.profile = parameters.profile();
    this.steps = ReceiveStep.of(profile);
    this.v4 = new Family(parameters, false);
    this.v6 = new Family(parameters, true);
    this.addresses = bytes(parameters.addresses());
    this.keys = keys;
    this.strict = strict;
  }

  /** A vhid that is not configured: judged until it is found unknown. */
  static CarpReceiver unknown(CarpProfile profile) {
    CarpKeyring none = CarpKeyring.of(CarpAuthenticator.of(new byte[0], 0, List.of()));
    CarpParameters parameters = CarpParameters.of(1, List.of()).withProfile(profile);
    return new CarpReceiver(parameters, none, false);
  }

  static byte[][] bytes(Collection<? extends InetAddress> addresses) {
    return addresses.stream().map(InetAddress::getAddress).toArray(byte[][]::new);
  }

  ReceiveStep[] steps() {
    return steps;
  }

  CarpProfile profile() {
    return profile;
  }

  boolean strict() {
    return strict;
  }

  CarpKeyring keys() {
    return keys;
  }

  void keys(CarpKeyring changed) {
    keys = changed;
  }

  /** Keeps what the receiver of the same vhid before this one has sent. */
  CarpReceiver after(@Nullable CarpReceiver before) {
    if (before != null) {
      v4.lastSent = before.v4.lastSent;
      v6.lastSent = before.v6.lastSent;
    }
    return this;
  }

  boolean isFromItsAddress(IpPacket packet) {
    return isFromOneOf(addresses, packet);
  }

  static boolean isFromOneOf(byte[][] addresses, IpPacket packet) {
    for (byte[] address : addresses) {
      if (packet.isFrom(address)) {
        return true;
      }
    }
    return false;
  }

  Family family(boolean ipv6) {
    return ipv6 ? v6 : v4;
  }

  /** OpenBSD: an advert that carries the own counter is the own one. */
  boolean hasOwnCounter(CarpView advert) {
    return v4.hasOwnCounter(advert) || v6.hasOwnCounter(advert);
  }

  /** One family of it. */
  static final class Family {
    private final boolean configured;
    private final boolean unicast;
    private final byte[] destination; // the group, or the first peer
    private byte[] lastSent = new byte[0];

    Family(CarpParameters parameters, boolean ipv6) {
      InetAddress first = parameters.destinations(ipv6).get(0);
      configured = parameters.has(ipv6);
      unicast = !first.isMulticastAddress();
      destination = first.getAddress();
    }

    boolean configured() {
      return configured;
    }

    boolean unicast() {
      return unicast;
    }

    void sent(byte[] advert) {
      lastSent = advert;
    }

    boolean isEcho(CarpView advert) {
      return advert.isSameAs(lastSent);
    }

    private boolean hasOwnCounter(CarpView advert) {
      return lastSent.length == CarpView.LENGTH && advert.hasCounterOf(lastSent);
    }

    /** Any address of this host for a unicast peer, otherwise the group. */
    boolean isDestinationOf(IpPacket packet) {
      return unicast ? !packet.isToMulticast() : packet.isTo(destination);
    }

    /**
     * What FreeBSD 14 on a little-endian machine takes for a group: it looks at the last octet of
     * an IPv4 address instead of the first.
     */
    boolean isGroupToFreeBsd14() {
      return destination.length == 4 ? (destination[3] & 0xf0) == 0xe0 : !unicast;
    }
  }
}
