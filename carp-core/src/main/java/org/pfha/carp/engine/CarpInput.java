package org.pfha.carp.engine;

import java.net.InetAddress;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.wire.CarpKeyring;
import org.pfha.carp.wire.CarpOddity;
import org.pfha.carp.wire.CarpReject;
import org.pfha.carp.wire.CarpView;
import org.pfha.carp.wire.VrrpView;
import org.pfha.net.IpPacket;

/**
 * The receive path of one link: which packets of protocol 112 are believed (spec carp 6, 14.4).
 *
 * <p>The order of the tests is that of the virtual router's profile, so that a packet with several
 * faults is counted as that kernel would. Odd authlen, odd byte 4, trailing bytes and repeated
 * counters are accepted and counted, as peers may send them; the strict mode of the own profiles
 * drops the first and the third. Allocates nothing per packet. Confined to one thread.
 */
public final class CarpInput {

  private static final int VHIDS = 256;
  private static final int REQUIRED_TTL = 255;
  private static final int VERSION = 2;
  private static final int ADVERTISEMENT = 1;
  private static final int VRRP_VERSION = 3;
  private static final int AUTH_WORDS = 7;

  private final @Nullable CarpReceiver[] carp = new @Nullable CarpReceiver[VHIDS];
  private final @Nullable VrrpReceiver[] vrrp = new @Nullable VrrpReceiver[VHIDS];
  private final @Nullable ReceiveCounters[] byVhid = new @Nullable ReceiveCounters[VHIDS];
  private final ReceiveCounters counters = new ReceiveCounters();
  private final CarpReceiver unknown;
  private final CarpView view = new CarpView();
  private final VrrpView vrrpView = new VrrpView();
  private byte[][] ownAddresses = {};
  private boolean isVrrp;
  private int routers;
  private CarpKeyring.Match key = CarpKeyring.Match.NONE;

  /** A link without virtual routers; packets of unknown vhids are judged as PFHA does. */
  public CarpInput() {
    this(CarpProfile.PFHA);
  }

  /**
   * A link without virtual routers.
   *
   * @param profile by whose order packets of unknown vhids are judged
   */
  public CarpInput(CarpProfile profile) {
    unknown = CarpReceiver.unknown(profile);
  }

  /**
   * Starts believing in a virtual router, or changes what is believed about it.
   *
   * @param parameters vhid, profile, addresses and peers
   * @param keys of the same vhid and addresses
   * @param strict whether an odd authlen and trailing bytes are dropped, where the profile can
   */
  public void add(CarpParameters parameters, CarpKeyring keys, boolean strict) {
    int vhid = parameters.vhid();
    CarpReceiver added = new CarpReceiver(parameters, keys, strict).after(carp[vhid]);
    make(vhid, added, null);
  }

  /**
   * Starts believing in a virtual router of VRRPv3.
   *
   * @param parameters VRID, profile and addresses
   */
  public void add(VrrpParameters parameters) {
    make(parameters.vrid(), null, new VrrpReceiver(parameters));
  }

  /**
   * Stops believing in a virtual router. Its counters are forgotten.
   *
   * @param vhid or VRID
   */
  public void remove(int vhid) {
    make(vhid, null, null);
    byVhid[vhid] = null;
  }

  private void make(int vhid, @Nullable CarpReceiver ofCarp, @Nullable VrrpReceiver ofVrrp) {
    boolean was = carp[vhid] != null || vrrp[vhid] != null;
    boolean is = ofCarp != null || ofVrrp != null;
    routers += (is ? 1 : 0) - (was ? 1 : 0);
    carp[vhid] = ofCarp;
    vrrp[vhid] = ofVrrp;
    if (is && byVhid[vhid] == null) {
      byVhid[vhid] = new ReceiveCounters();
    }
  }

  /**
   * Changes the keys of a virtual router.
   *
   * @param vhid of one that was added; others are ignored
   * @param keys replaces those given before
   */
  public void keys(int vhid, CarpKeyring keys) {
    CarpReceiver receiver = carp[vhid];
    if (receiver != null) {
      receiver.keys(keys);
    }
  }

  /**
   * The link's own addresses, for recognising echoes.
   *
   * @param addresses replaces those given before
   */
  public void ownAddresses(Collection<? extends InetAddress> addresses) {
    ownAddresses = CarpReceiver.bytes(addresses);
  }

  /**
   * An own advert goes out; coming back, it is an echo.
   *
   * @param vhid of a virtual router that was added; others are ignored
   * @param ipv6 the family
   * @param advert its {@link CarpView#LENGTH} bytes; not copied
   */
  public void sent(int vhid, boolean ipv6, byte[] advert) {
    CarpReceiver receiver = carp[vhid];
    if (receiver != null) {
      receiver.family(ipv6).sent(advert);
    }
  }

  /**
   * What became of all packets of the link.
   *
   * @return live counters
   */
  public ReceiveCounters counters() {
    return counters;
  }

  /**
   * What became of the packets that carry a vhid.
   *
   * @param vhid or VRID
   * @return live counters, or null if it was not added
   */
  public @Nullable ReceiveCounters counters(int vhid) {
    return byVhid[vhid];
  }

  /**
   * Judges and counts a packet.
   *
   * @param packet of protocol 112, not yet checked
   * @return why it is not believed, or {@link CarpReject#NONE}: then it is {@link #vrrp} if {@link
   *     #isVrrp}, otherwise {@link #advert}
   */
  public CarpReject check(IpPacket packet) {
    isVrrp = false;
    key = CarpKeyring.Match.NONE;
    IpPacket.Check ip = packet.check();
    if (ip != IpPacket.Check.OK) {
      view.wrap(packet.array(), 0, 0);
      CarpReject reject = ofBrokenHeader(ip);
      counters.count(packet.isIpv6(), reject);
      return reject;
    }
    view.wrap(packet.array(), packet.payloadOffset(), packet.payloadLength());
    int vhid = packet.payloadLength() >= 2 ? view.vhid() : 0;
    CarpReject verdict = judge(packet, vhid);
    counters.count(packet.isIpv6(), verdict);
    ReceiveCounters ofVhid = byVhid[vhid];
    if (ofVhid != null) {
      ofVhid.count(packet.isIpv6(), verdict);
    }
    if (verdict == CarpReject.NONE) {
      noteOddities(vhid);
    }
    return verdict;
  }

  /** The advert that was accepted last has no effect after all: it is a replay. */
  public void dropReplay() {
    counters.acceptedIs(CarpReject.REPLAY);
    ReceiveCounters ofVhid = byVhid[view.vhid()];
    if (ofVhid != null) {
      ofVhid.acceptedIs(CarpReject.REPLAY);
    }
  }

  /** A kernel's IP layer drops it without a word to CARP; a program must do so itself. */
  private CarpReject ofBrokenHeader(IpPacket.Check ip) {
    return switch (unknown.profile()) {
      case PFHA, PFHA_SUBSECOND, UCARP ->
          ip == IpPacket.Check.BAD_HEADER_CHECKSUM ? CarpReject.BADSUM : CarpReject.HDROPS;
      default -> CarpReject.IP_LAYER;
    };
  }

  private CarpReject judge(IpPacket packet, int vhid) {
    VrrpReceiver ofVrrp = vrrp[vhid];
    if (ofVrrp != null) {
      isVrrp = true;
      return ofVrrp.check(packet, vrrpView.wrap(packet), ownAddresses);
    }
    CarpReceiver known = carp[vhid];
    CarpReceiver receiver = known == null ? unknown : known;
    for (ReceiveStep step : receiver.steps()) {
      CarpReject reject = test(step, packet, receiver);
      if (reject != CarpReject.NONE) {
        return reject;
      }
    }
    return CarpReject.NONE;
  }

  private CarpReject test(ReceiveStep step, IpPacket packet, CarpReceiver receiver) {
    CarpReceiver.Family family = receiver.family(packet.isIpv6());
    return switch (step) {
      case INTERFACE -> rejectIf(routers == 0, CarpReject.BADIF);
      case INTERFACE_OF_IPV6 -> rejectIf(packet.isIpv6() && routers == 0, CarpReject.BADIF);
      case FOREIGN_SOURCE -> rejectIf(isFromOwnAddress(packet), CarpReject.OWN_ADDRESS);
      case TTL -> ttl(packet, true);
      case TTL_OF_GROUP -> ttl(packet, !family.unicast());
      case TTL_OF_FREEBSD_14 -> ttl(packet, family.isGroupToFreeBsd14());
      case LENGTH -> rejectIf(view.isShort(), CarpReject.BADLEN);
      case LENGTH_OR_VRRP -> view.isShort() ? ofShort(vrrpVersion(packet)) : CarpReject.NONE;
      case LENGTH_BY_VERSION -> lengthByVersion(packet);
      case CHECKSUM -> rejectIf(!view.isChecksumRight(), CarpReject.BADSUM);
      case CHECKSUM_TO_THE_END -> checksumToTheEnd(packet);
      case VHID -> rejectIf(!family.configured(), CarpReject.BADVHID);
      case VHID_OR_LOOP -> vhidOrLoop(packet, family);
      case VHID_OF_PEER ->
          rejectIf(
              !family.configured()
                  || (!packet.isIpv6() && packet.isToMulticast() == family.unicast()),
              CarpReject.BADVHID);
      case VERSION -> rejectIf(view.version() != VERSION, CarpReject.BADVER);
      case HMAC -> hmac(packet, receiver);
      case COOKIE -> rejectIf(receiver.hasOwnCounter(view), CarpReject.BADAUTH);
      case TYPE -> rejectIf(view.type() != ADVERTISEMENT, CarpReject.BADTYPE);
      case DESTINATION -> rejectIf(!family.isDestinationOf(packet), CarpReject.BADDST);
      case STRICT -> receiver.strict() ? strict() : CarpReject.NONE;
      case ECHO ->
          rejectIf(family.isEcho(view) && isFromOwnAddress(packet), CarpReject.OWN_ADDRESS);
    };
  }

  private static CarpReject rejectIf(boolean wrong, CarpReject reject) {
    return wrong ? reject : CarpReject.NONE;
  }

  private static CarpReject ttl(IpPacket packet, boolean asked) {
    return rejectIf(asked && packet.ttl() != REQUIRED_TTL, CarpReject.BADTTL);
  }

  private static CarpReject ofShort(boolean vrrp) {
    return vrrp ? CarpReject.BADVER : CarpReject.BADLEN;
  }

  private boolean vrrpVersion(IpPacket packet) {
    return packet.payloadLength() >= VrrpView.HEADER_LENGTH && view.version() == VRRP_VERSION;
  }

  private CarpReject lengthByVersion(IpPacket packet) {
    if (packet.payloadLength() < VrrpView.HEADER_LENGTH) {
      return CarpReject.BADLEN;
    }
    if (view.version() == VRRP_VERSION) {
      return CarpReject.NONE;
    }
    if (view.version() != VERSION) {
      return CarpReject.BADVER;
    }
    return rejectIf(view.isShort(), CarpReject.BADLEN);
  }

  private CarpReject checksumToTheEnd(IpPacket packet) {
    if (view.version() == VRRP_VERSION) {
      return CarpReject.NONE;
    }
    boolean right = packet.isIpv6() ? view.isChecksumRight() : view.isChecksumRightToTheEnd();
    return rejectIf(!right, CarpReject.BADSUM);
  }

  private CarpReject vhidOrLoop(IpPacket packet, CarpReceiver.Family family) {
    if (view.vhid() == 0) {
      for (CarpReceiver receiver : carp) {
        if (receiver != null && receiver.isFromItsAddress(packet)) {
          return CarpReject.BADIF;
        }
      }
    }
    return rejectIf(!family.configured(), CarpReject.BADVHID);
  }

  private CarpReject hmac(IpPacket packet, CarpReceiver receiver) {
    key = receiver.keys().verify(view, packet.arrivalNanos());
    return rejectIf(key == CarpKeyring.Match.NONE, CarpReject.BADAUTH);
  }

  private CarpReject strict() {
    if (view.authlen() != AUTH_WORDS) {
      return CarpReject.BADAUTHLEN;
    }
    return rejectIf(view.hasTrailingData(), CarpReject.BADLEN);
  }

  private boolean isFromOwnAddress(IpPacket packet) {
    return CarpReceiver.isFromOneOf(ownAddresses, packet);
  }

  private void noteOddities(int vhid) {
    VrrpReceiver ofVrrp = vrrp[vhid];
    if (ofVrrp != null) {
      note(vhid, CarpOddity.RESERVED_BITS, vrrpView.reserved() != 0);
      note(vhid, CarpOddity.OTHER_ADDRESSES, ofVrrp.hasOtherAddresses(vrrpView));
      return;
    }
    CarpReceiver receiver = carp[vhid];
    boolean demotes = receiver != null && receiver.profile() == CarpProfile.OPENBSD;
    note(vhid, CarpOddity.AUTHLEN, view.authlen() != AUTH_WORDS);
    note(vhid, CarpOddity.TRAILING_BYTES, view.hasTrailingData());
    note(vhid, CarpOddity.DEMOTE_BYTE, view.demote() != 0 && !demotes);
    note(vhid, CarpOddity.OTHER_PASSWORD, key == CarpKeyring.Match.OTHER_PASSWORD);
    note(vhid, CarpOddity.OTHER_HASHING, key == CarpKeyring.Match.OTHER_HASHING);
  }

  private void note(int vhid, CarpOddity oddity, boolean seen) {
    if (seen) {
      counters.count(oddity);
      ReceiveCounters ofVhid = byVhid[vhid];
      if (ofVhid != null) {
        ofVhid.count(oddity);
      }
    }
  }

  /**
   * Whether the packet that was judged last is of a vhid that is configured for VRRPv3.
   *
   * @return true if {@link #vrrp} shows it
   */
  public boolean isVrrp() {
    return isVrrp;
  }

  /**
   * The advert that was judged last.
   *
   * @return a view that changes with the next {@link #check}
   */
  public CarpView advert() {
    return view;
  }

  /**
   * The advert of VRRP that was judged last.
   *
   * @return a view that changes with the next {@link #check}
   */
  public VrrpView vrrp() {
    return vrrpView;
  }

  /**
   * The key by which the advert that was judged last is authentic.
   *
   * @return none if it was not asked for
   */
  public CarpKeyring.Match key() {
    return key;
  }
}
