package org.pfha.carp.engine;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpReject;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.IpPacket;

/**
 * The receive path of one link: which packets of protocol 112 are believed (spec carp 6).
 *
 * <p>The order is FreeBSD 13's: TTL, length, checksum, vhid, version, HMAC; then come the tests no
 * kernel makes, so that a packet with several faults is counted as the kernel would. Odd authlen,
 * odd byte 4, trailing bytes and repeated counters are accepted, as peers send them. Allocates
 * nothing per packet. Confined to one thread.
 */
public final class CarpInput {

  /** 224.0.0.18. */
  private static final byte[] GROUP_V4 = {(byte) 224, 0, 0, 18};

  /** ff02::12. */
  private static final byte[] GROUP_V6 = {
    (byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12
  };

  private static final int REQUIRED_TTL = 255;

  private final @Nullable Entry[] byVhid = new @Nullable Entry[256];
  private final CarpView view = new CarpView();
  private List<byte[]> ownAddresses = List.of();
  private boolean empty = true;

  /** A link without virtual routers. */
  public CarpInput() {}

  /**
   * Starts believing in a virtual router.
   *
   * @param parameters vhid and addresses
   * @param authenticator of the same vhid and addresses
   * @param options what is to be different from the defaults
   */
  public void add(CarpParameters parameters, CarpAuthenticator authenticator, Options options) {
    byVhid[parameters.vhid()] =
        new Entry(parameters.has(false), parameters.has(true), authenticator, options);
    empty = false;
  }

  /**
   * How a virtual router deviates from the defaults.
   *
   * @param unicast adverts come from a unicast peer: any destination but a group, any TTL
   * @param alternative a second way of hashing that is accepted, such as OpenBSD's, or null
   */
  public record Options(boolean unicast, @Nullable CarpAuthenticator alternative) {

    /** Multicast, one way of hashing. */
    public static final Options DEFAULT = new Options(false, null);
  }

  /**
   * The link's own addresses, for recognising echoes.
   *
   * @param addresses replaces those given before
   */
  public void ownAddresses(Collection<? extends InetAddress> addresses) {
    List<byte[]> own = new ArrayList<>();
    addresses.forEach(address -> own.add(address.getAddress()));
    ownAddresses = own;
  }

  /**
   * An own advert goes out; coming back, it is an echo.
   *
   * @param vhid of a virtual router that was added
   * @param ipv6 the family
   * @param advert its {@link CarpView#LENGTH} bytes; not copied
   */
  public void sent(int vhid, boolean ipv6, byte[] advert) {
    Entry entry = byVhid[vhid];
    if (entry != null) {
      entry.lastSent[ipv6 ? 1 : 0] = advert;
    }
  }

  /**
   * Judges a packet.
   *
   * @param packet of protocol 112, not yet checked
   * @return why it is not believed, or {@link CarpReject#NONE}: then {@link #advert} is it
   */
  public CarpReject check(IpPacket packet) {
    IpPacket.Check ip = packet.check();
    if (ip != IpPacket.Check.OK) {
      return ip == IpPacket.Check.BAD_HEADER_CHECKSUM ? CarpReject.BADSUM : CarpReject.HDROPS;
    }
    boolean ipv6 = packet.isIpv6();
    if (ipv6 && empty) {
      return CarpReject.BADIF;
    }
    view.wrap(packet.array(), packet.payloadOffset(), packet.payloadLength());
    Entry entry = packet.payloadLength() >= 2 ? byVhid[view.vhid()] : null;
    boolean unicast = entry != null && entry.options.unicast;
    if (!unicast && packet.ttl() != REQUIRED_TTL) {
      return CarpReject.BADTTL;
    }
    CarpReject frame = view.checkFrame();
    if (frame != CarpReject.NONE) {
      return frame;
    }
    if (entry == null || !(ipv6 ? entry.v6 : entry.v4)) {
      return CarpReject.BADVHID;
    }
    CarpReject kind = view.checkKind();
    if (kind == CarpReject.BADVER) {
      return kind;
    }
    if (!entry.authentic(view)) {
      return CarpReject.BADAUTH;
    }
    if (kind != CarpReject.NONE) {
      return kind;
    }
    boolean group = packet.isTo(ipv6 ? GROUP_V6 : GROUP_V4);
    if (group == unicast) {
      return CarpReject.BADDST;
    }
    return isEcho(packet, entry) ? CarpReject.OWN_ADDRESS : CarpReject.NONE;
  }

  /**
   * The advert that was judged last.
   *
   * @return a view that changes with the next {@link #check}
   */
  public CarpView advert() {
    return view;
  }

  private boolean isEcho(IpPacket packet, Entry entry) {
    byte[] lastSent = entry.lastSent[packet.isIpv6() ? 1 : 0];
    if (!view.isSameAs(lastSent)) {
      return false;
    }
    for (byte[] own : ownAddresses) {
      if (packet.isFrom(own)) {
        return true;
      }
    }
    return false;
  }

  private static final class Entry {
    private final boolean v4;
    private final boolean v6;
    private final CarpAuthenticator authenticator;
    private final Options options;
    private final byte[][] lastSent = new byte[2][0]; // by family

    Entry(boolean v4, boolean v6, CarpAuthenticator authenticator, Options options) {
      this.v4 = v4;
      this.v6 = v6;
      this.authenticator = authenticator;
      this.options = options;
    }

    boolean authentic(CarpView advert) {
      CarpAuthenticator alternative = options.alternative;
      return authenticator.verify(advert) || (alternative != null && alternative.verify(advert));
    }
  }
}
