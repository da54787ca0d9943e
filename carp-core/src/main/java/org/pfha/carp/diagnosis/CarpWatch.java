package org.pfha.carp.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.pfha.carp.diagnosis.CarpDiagnosis.Ended;
import org.pfha.carp.diagnosis.CarpDiagnosis.LatencyAdvice;
import org.pfha.carp.diagnosis.CarpDiagnosis.VrrpHeard;
import org.pfha.carp.engine.Role;
import org.pfha.carp.engine.RoleReason;
import org.pfha.carp.wire.CarpReject;
import org.pfha.carp.wire.CarpView;
import org.pfha.carp.wire.VrrpView;
import org.pfha.net.IpPacket;
import org.pfha.net.MacAddress;
import org.pfha.net.NeighbourView;

/**
 * Watches one virtual router and tells of what is wrong with it.
 *
 * <p>It is told what the node hears, sends and becomes, with the times at which that happened, and
 * calls its listener from within. It changes nothing, but for {@link ReplayPolicy#DROP}. Valid
 * adverts cost no allocation; hostile packets can make it keep no more than a few senders. Confined
 * to one thread.
 */
public final class CarpWatch {

  private static final long VRRP_QUIET_NANOS = 60_000_000_000L;
  private static final int MOST_CLAIMANTS = 8;

  private final Consumer<CarpDiagnosis> listener;
  private final SplitBrainWatch splitBrain;
  private final LoopWatch loops;
  private final ReplayWatch replays;
  private final MismatchWatch mismatches;
  private final SyncWatch sync;
  private final LatencyAdvisor latency = new LatencyAdvisor();
  private final Episode vrrp = new Episode();
  private final CarpView own = new CarpView();
  private final VrrpView heard = new VrrpView();

  private final List<MacAddress> claimants = new ArrayList<>(); // MACs addresses were claimed for
  private final Deadline earliest = new Deadline();

  private Watched watched;
  private Supplier<HmacExplainer> explainer;
  private List<byte[]> addresses = List.of();
  private List<byte[]> ownAddresses = List.of();
  private Role role = Role.INIT;

  /**
   * Begins to watch a virtual router in INIT.
   *
   * @param watched what is to be known of it
   * @param explainer of its vhid, password and addresses as they are when it is asked for; rarely
   * @param budget shared by the virtual routers of a node
   * @param policy what is done with replays
   * @param listener is told; must not call back
   */
  public CarpWatch(
      Watched watched,
      Supplier<HmacExplainer> explainer,
      HmacBudget budget,
      ReplayPolicy policy,
      Consumer<CarpDiagnosis> listener) {
    this.watched = watched;
    this.explainer = explainer;
    this.listener = listener;
    splitBrain = new SplitBrainWatch(listener);
    loops = new LoopWatch(listener);
    replays = new ReplayWatch(policy, listener);
    mismatches = new MismatchWatch(budget, listener);
    sync = new SyncWatch(listener);
    configure(watched);
  }

  /**
   * The configuration has changed, or the link.
   *
   * @param changed the same link and vhid
   */
  public void configure(Watched changed) {
    watched = changed;
    addresses = Watched.bytes(changed.addresses());
    ownAddresses = Watched.bytes(changed.linkAddresses());
  }

  /**
   * Who knows from elsewhere whether the peer is alive.
   *
   * @param liveness is asked when this node takes over from a silent master
   */
  public void peerLiveness(PeerLiveness liveness) {
    sync.liveness(liveness);
  }

  /**
   * The role has changed.
   *
   * @param to what it is now
   * @param reason why
   * @param atNanos when the cause arose
   */
  public void role(Role to, RoleReason reason, long atNanos) {
    role = to;
    latency.interrupted();
    splitBrain.role(to, atNanos);
    sync.role(to, reason, atNanos, watched);
  }

  /**
   * A valid advert, before the engine is told.
   *
   * @param advert checked and verified
   * @param packet it came in
   * @return whether the engine is to be told; false only for a replay that is to be dropped
   */
  public boolean accepted(CarpView advert, IpPacket packet) {
    long at = packet.arrivalNanos();
    if (isOwn(packet) && replays.isKnown(advert)) {
      loops.cameBack(at, watched); // late: it is no longer the last one sent
      return true;
    }
    mismatches.accepted(packet);
    if (!replays.heard(advert, packet, watched)) {
      return false;
    }
    sync.heard(at);
    latency.heard(advert, packet, watched, listener);
    splitBrain.heard(advert, packet, watched);
    return true;
  }

  /**
   * A packet of protocol 112 with this vhid in its second byte that was not believed.
   *
   * @param reason why not
   * @param advert a view over its payload
   * @param packet an IP packet that is whole
   */
  public void rejected(CarpReject reason, CarpView advert, IpPacket packet) {
    if (reason == CarpReject.OWN_ADDRESS) {
      loops.cameBack(packet.arrivalNanos(), watched);
      return;
    }
    if (heard.wrap(packet).isVrrp()) {
      if (heard.vrid() == watched.vhid()) {
        vrrpHeard(heard, packet);
      }
    } else if (reason == CarpReject.BADAUTH) {
      mismatches.rejected(advert, packet, watched, this::explainer, role == Role.MASTER);
    }
  }

  /** An OpenBSD node whose MAC was set by hand shows it when it claims an address. */
  private HmacExplainer explainer() {
    HmacExplainer knowing = explainer.get();
    for (MacAddress mac : claimants) {
      knowing = knowing.withMac(mac);
    }
    return knowing;
  }

  private void vrrpHeard(VrrpView advert, IpPacket packet) {
    long at = packet.arrivalNanos();
    vrrp.seen(at, VRRP_QUIET_NANOS);
    if (vrrp.isDue(CarpDiagnosis.Severity.WARNING, at)) {
      listener.accept(
          vrrp.told(
              new VrrpHeard(
                  watched.link(),
                  watched.vhid(),
                  at,
                  packet.source(),
                  advert.version(),
                  advert.priority(),
                  advert.count(),
                  packet.isIpv6(),
                  vrrp.times())));
    }
  }

  /**
   * An own advert goes out.
   *
   * @param advert its {@link CarpView#LENGTH} bytes
   * @param atNanos when
   */
  public void sent(byte[] advert, long atNanos) {
    loops.sent();
    replays.sent(own.wrap(advert, 0, advert.length), atNanos);
  }

  /**
   * Somebody claims an address by ARP or ND. Claims of other addresses are ignored.
   *
   * @param claim checked
   */
  public void claimed(NeighbourView claim) {
    if (!isAboutUs(claim)) {
      return;
    }
    MacAddress virtual = MacAddress.virtual(watched.vhid());
    if (claimants.size() < MOST_CLAIMANTS
        && !claim.mac().equals(virtual)
        && !claimants.contains(claim.mac())) {
      claimants.add(claim.mac());
    }
    if (claim.ethernetSource().equals(watched.linkMac())
        || (loops.episode().isOpen() && claim.ethernetSource().equals(virtual))) {
      loops.cameBack(claim.arrivalNanos(), watched);
    } else if (!claim.mac().equals(watched.linkMac())) {
      splitBrain.claimed(claim, watched);
    }
  }

  private boolean isAboutUs(NeighbourView claim) {
    for (byte[] address : addresses) {
      if (claim.isAbout(address)) {
        return true;
      }
    }
    return false;
  }

  private boolean isOwn(IpPacket packet) {
    for (byte[] address : ownAddresses) {
      if (packet.isFrom(address)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Lets what has been quiet end, and tells what had to be waited for.
   *
   * @param now nanoseconds; everything that arrived until then must have been told
   */
  public void tick(long now) {
    splitBrain.tick(now, watched);
    loops.tick(now);
    replays.tick(now);
    mismatches.tick(now);
    sync.tick(now, watched);
    if (vrrp.isOver(now)) {
      CarpDiagnosis told = vrrp.close();
      if (told != null) {
        listener.accept(new Ended(told, now, "no longer heard"));
      }
    }
  }

  /**
   * Whether {@link #tick} is to be called. Costs nothing while nothing is going on.
   *
   * @return true if {@link #deadlineNanos} says when
   */
  public boolean isWaiting() {
    earliest.clear();
    splitBrain.deadlines(earliest);
    earliest.of(loops.episode());
    earliest.of(replays.episode());
    mismatches.deadlines(earliest);
    sync.deadlines(earliest);
    earliest.of(vrrp);
    return earliest.isAny();
  }

  /**
   * When {@link #tick} is to be called.
   *
   * @return nanoseconds, as {@link #isWaiting} found just before
   */
  public long deadlineNanos() {
    return earliest.atNanos();
  }

  /**
   * What has been told and is not over.
   *
   * @return as it was told last
   */
  public List<CarpDiagnosis> ongoing() {
    List<CarpDiagnosis> ongoing = new ArrayList<>();
    splitBrain.ongoing(ongoing);
    loops.episode().ongoing(ongoing);
    replays.episode().ongoing(ongoing);
    mismatches.ongoing(ongoing);
    vrrp.ongoing(ongoing);
    CarpDiagnosis filtered = sync.ongoing();
    if (filtered != null) {
      ongoing.add(filtered);
    }
    return ongoing;
  }

  /**
   * How late the adverts of each master are that was heard often enough.
   *
   * @param now nanoseconds
   * @return one advice per master, also where nothing has to be changed
   */
  public List<LatencyAdvice> latency(long now) {
    return latency.advice(watched, now);
  }
}
