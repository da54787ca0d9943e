package org.pfha.carp.engine;

import java.net.InetAddress;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpView;
import org.pfha.carp.wire.VrrpAdvert;
import org.pfha.carp.wire.VrrpView;
import org.pfha.net.IpDatagram;
import org.pfha.net.IpPacket;
import org.pfha.net.LinkAddress;
import org.pfha.net.OutboundPacket;

/** Packets as they arrive. */
final class Packets {

  static final String LINK = "em0";

  private Packets() {}

  static InetAddress address(String text) {
    return LinkAddress.parse(text).address();
  }

  static InetAddress group(boolean ipv6) {
    return address(ipv6 ? "ff02::12" : "224.0.0.18");
  }

  /** Of protocol 112, checked. */
  static IpPacket packet(
      byte[] payload, InetAddress source, InetAddress destination, int ttl, long at) {
    byte[] bytes =
        IpDatagram.build(
            new OutboundPacket(
                LINK, CarpView.PROTOCOL, source, destination, ttl, 0xe0, true, null, payload),
            source,
            1);
    IpPacket packet = new IpPacket().wrap(bytes, 0, bytes.length, LINK, at);
    packet.check();
    return packet;
  }

  static IpPacket carp(CarpAdvert advert, CarpAuthenticator key, String source, long at) {
    byte[] payload = new byte[CarpView.LENGTH];
    advert.encode(payload, 0, key);
    InetAddress from = address(source);
    return packet(payload, from, group(from.getAddress().length == 16), 255, at);
  }

  static CarpView view(IpPacket packet) {
    return new CarpView().wrap(packet.array(), packet.payloadOffset(), packet.payloadLength());
  }

  static IpPacket vrrp(VrrpAdvert advert, String source, long at) {
    InetAddress from = address(source);
    InetAddress to = group(from.getAddress().length == 16);
    return packet(advert.encode(from, to), from, to, 255, at);
  }

  static VrrpView vrrpView(IpPacket packet) {
    return new VrrpView().wrap(packet);
  }
}
