package org.pfha.carp.engine;

import org.pfha.carp.wire.CarpReject;
import org.pfha.carp.wire.VrrpView;
import org.pfha.net.IpPacket;

/** Which adverts of one VRRPv3 virtual router are believed (RFC 9568 7.1, spec carp 14.4). */
final class VrrpReceiver {

  private static final int REQUIRED_TTL = 255;
  private static final int VERSION = 3;
  private static final int ADVERTISEMENT = 1;

  private final VrrpProfile profile;
  private final boolean ipv6;
  private final byte[][] addresses;

  VrrpReceiver(VrrpParameters parameters) {
    profile = parameters.profile();
    ipv6 = parameters.ipv6();
    addresses = CarpReceiver.bytes(parameters.addresses());
  }

  CarpReject check(IpPacket packet, VrrpView advert, byte[][] ownAddresses) {
    CarpReject readable = advert.check();
    if (readable != CarpReject.NONE) {
      return readable;
    }
    return profile == VrrpProfile.FREEBSD_15
        ? checkAsFreeBsd(packet, advert)
        : checkByTheStandard(packet, advert, ownAddresses);
  }

  private CarpReject checkAsFreeBsd(IpPacket packet, VrrpView advert) {
    if (packet.isIpv6() != ipv6) {
      return CarpReject.BADVHID;
    }
    if (advert.version() != VERSION) {
      return CarpReject.BADVER;
    }
    if (packet.ttl() != REQUIRED_TTL) {
      return CarpReject.BADTTL;
    }
    return advert.isChecksumRight() ? CarpReject.NONE : CarpReject.BADSUM;
  }

  private CarpReject checkByTheStandard(IpPacket packet, VrrpView advert, byte[][] ownAddresses) {
    if (packet.ttl() != REQUIRED_TTL) {
      return CarpReject.BADTTL;
    }
    if (advert.version() != VERSION) {
      return CarpReject.BADVER;
    }
    if (!advert.hasAllAddresses()) {
      return CarpReject.BADLEN;
    }
    if (!advert.isChecksumRight()) {
      return CarpReject.BADSUM;
    }
    if (packet.isIpv6() != ipv6) {
      return CarpReject.BADVHID;
    }
    if (advert.type() != ADVERTISEMENT) {
      return CarpReject.BADTYPE;
    }
    if (advert.count() == 0
        || (profile == VrrpProfile.KEEPALIVED && !advert.hasAddresses(addresses))) {
      return CarpReject.BADADDRS;
    }
    return CarpReceiver.isFromOneOf(ownAddresses, packet)
        ? CarpReject.OWN_ADDRESS
        : CarpReject.NONE;
  }

  boolean hasOtherAddresses(VrrpView advert) {
    return !advert.hasAddresses(addresses);
  }
}
