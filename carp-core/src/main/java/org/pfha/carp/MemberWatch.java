package org.pfha.carp;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.diagnosis.CarpDiagnosis;
import org.pfha.carp.diagnosis.CarpWatch;
import org.pfha.carp.diagnosis.Watched;
import org.pfha.carp.engine.CarpParameters;
import org.pfha.carp.engine.Role;
import org.pfha.carp.engine.RoleReason;
import org.pfha.carp.wire.CarpReject;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.IpPacket;
import org.pfha.net.Link;
import org.pfha.net.LinkAddress;
import org.pfha.net.NeighbourView;

/**
 * The watch over one virtual router: from when its link is known until it stops, and only if it
 * speaks CARP. Guarded by the node's lock.
 */
final class MemberWatch {

  private final Diagnostics node;
  private final Member member;
  private @Nullable CarpWatch watch;

  MemberWatch(Diagnostics node, Member member) {
    this.node = node;
    this.member = member;
  }

  /** Begins, or goes on with another configuration or link. */
  void configure(CarpParameters parameters, Link link, Role role, long now) {
    Watched watched =
        new Watched(
            link.name(),
            parameters.vhid(),
            parameters.advertIntervalNanos(parameters.advskew()),
            parameters.masterDownNanos(),
            parameters.addresses(),
            link.addresses().stream().map(LinkAddress::address).toList(),
            link.mac());
    if (watch == null) {
      watch = node.watch(member, watched);
      watch.role(role, RoleReason.RECONFIGURED, now);
    } else {
      watch.configure(watched);
    }
  }

  void end() {
    if (watch != null) {
      node.forget(watch);
      watch = null;
    }
  }

  /** Whether an advert may have an effect. */
  boolean accepted(CarpView advert, IpPacket packet) {
    return watch == null || watch.accepted(advert, packet);
  }

  void rejected(CarpReject reason, CarpView advert, IpPacket packet) {
    if (watch != null) {
      watch.rejected(reason, advert, packet);
    }
  }

  void claimed(NeighbourView claim) {
    if (watch != null) {
      watch.claimed(claim);
    }
  }

  void sent(byte[] advert, long now) {
    if (watch != null) {
      watch.sent(advert, now);
    }
  }

  void role(Role to, RoleReason reason, long atNanos) {
    if (watch != null) {
      watch.role(to, reason, atNanos);
    }
  }

  void tick(long now) {
    if (watch != null) {
      watch.tick(now);
    }
  }

  boolean isWaiting() {
    return watch != null && watch.isWaiting();
  }

  /** As {@link #isWaiting} found just before. */
  long deadlineNanos() {
    return watch == null ? 0 : watch.deadlineNanos();
  }

  /** What is going on, and how late each master is. */
  List<CarpDiagnosis> diagnoses(long now) {
    List<CarpDiagnosis> all = new ArrayList<>();
    if (watch != null) {
      all.addAll(watch.ongoing());
      all.addAll(watch.latency(now));
    }
    return all;
  }
}
