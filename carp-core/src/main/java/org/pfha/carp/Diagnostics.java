package org.pfha.carp;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.diagnosis.CarpWatch;
import org.pfha.carp.diagnosis.HmacBudget;
import org.pfha.carp.diagnosis.HmacExplainer;
import org.pfha.carp.diagnosis.PeerLiveness;
import org.pfha.carp.diagnosis.ReplayPolicy;
import org.pfha.carp.diagnosis.Watched;
import org.pfha.carp.engine.CarpProfile;

/**
 * What the virtual routers of a node share for finding out what is wrong. Guarded by the node's
 * lock.
 */
final class Diagnostics {

  /** So many other virtual routers are considered when a hash is explained. */
  private static final int MOST_OTHERS = 32;

  private final HmacBudget budget = new HmacBudget();
  private final ReplayPolicy policy;
  private final Member.Surroundings node;
  private final List<CarpWatch> watches = new ArrayList<>();
  private @Nullable PeerLiveness liveness;
  private boolean observesNeighbours;

  Diagnostics(Member.Surroundings node, ReplayPolicy policy) {
    this.node = node;
    this.policy = policy;
  }

  /** What keeps a virtual router from being watched as it was asked for. */
  Optional<String> problemWith(VirtualRouter router) {
    return problemWith(policy, router);
  }

  static Optional<String> problemWith(ReplayPolicy policy, VirtualRouter router) {
    return policy.problemWith(router.profile()).map(problem -> router + ": " + problem);
  }

  void liveness(PeerLiveness knows) {
    liveness = knows;
    watches.forEach(watch -> watch.peerLiveness(knows));
  }

  void observesNeighbours(boolean does) {
    observesNeighbours = does;
  }

  boolean observesNeighbours() {
    return observesNeighbours;
  }

  CarpWatch watch(Member member, Watched watched) {
    CarpWatch watch =
        new CarpWatch(
            watched,
            () -> explainer(member),
            budget,
            policy,
            diagnosis -> node.happened(new Diagnosed(diagnosis)));
    if (liveness != null) {
      watch.peerLiveness(liveness);
    }
    watches.add(watch);
    return watch;
  }

  void forget(CarpWatch watch) {
    watches.remove(watch);
  }

  /** With all that this node knows: its other addresses, passwords and virtual routers. */
  private HmacExplainer explainer(Member member) {
    VirtualRouter router = member.router();
    HmacExplainer explainer =
        HmacExplainer.of(member.vhid(), router.key(), router.inetAddresses())
            .withLinkLocal(router.profile() != CarpProfile.OPENBSD);
    for (byte[] key : member.otherKeys()) {
      explainer = explainer.withPassword("the other password of the change under way", key);
    }
    List<InetAddress> others = new ArrayList<>();
    node.transport()
        .link(member.link())
        .ifPresent(link -> link.addresses().forEach(address -> others.add(address.address())));
    List<Member> known = new ArrayList<>(node.members());
    known.remove(member);
    known.sort(
        (a, b) -> Boolean.compare(b.link().equals(member.link()), a.link().equals(member.link())));
    for (Member other : known.subList(0, Math.min(MOST_OTHERS, known.size()))) {
      VirtualRouter theirs = other.router();
      if (!theirs.isVrrp()) {
        explainer =
            explainer.withOtherRouter(other.toString(), theirs.key(), theirs.inetAddresses());
      }
      if (other.link().equals(member.link())) {
        others.addAll(theirs.inetAddresses());
      }
    }
    return explainer.withOtherAddresses(others);
  }
}
