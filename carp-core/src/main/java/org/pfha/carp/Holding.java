package org.pfha.carp;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.pfha.carp.engine.Role;
import org.pfha.net.LinkAddress;
import org.pfha.net.VipController;
import org.pfha.net.VipController.Vip;

/**
 * Has this host answer at a virtual router's addresses while it is MASTER. A MASTER that cannot is
 * of no use to anybody and is demoted until it can: once a better one has taken over, nothing says
 * that it could, or it would come back to fail again. Guarded by the node's lock.
 */
final class Holding {

  private static final Logger LOG = System.getLogger(CarpNode.class.getName());

  /** Where the addresses are somebody else's business. */
  static final VipController NOBODY =
      new VipController() {
        @Override
        public void prepare(Vip vip) {}

        @Override
        public void hold(Vip vip, Duration lifetime) {}

        @Override
        public void release(Vip vip) {}

        @Override
        public void close() {}
      };

  private final VipController controller;
  private final Penalty penalty;
  private final int demotion;
  private final Set<Vip> renewed = new HashSet<>(); // by being announced
  private final Set<Vip> missing = new HashSet<>();
  private List<Vip> vips = List.of();
  private boolean advertised;

  Holding(VipController controller, Penalty penalty, int demotion) {
    this.controller = controller;
    this.penalty = penalty;
    this.demotion = demotion;
  }

  /** The addresses are these from now on; if one cannot be made ready, nothing has changed. */
  void configure(String link, int vhid, List<LinkAddress> addresses) throws IOException {
    List<Vip> before = vips;
    List<Vip> now = addresses.stream().distinct().map(each -> new Vip(link, vhid, each)).toList();
    for (Vip vip : now) {
      if (!before.contains(vip)) {
        controller.prepare(vip);
      }
    }
    vips = now;
    missing.retainAll(now);
    before.stream().filter(vip -> !now.contains(vip)).forEach(this::release);
  }

  /** Before an address is announced the host answers there. */
  void announced(InetAddress address, long lifetimeNanos) {
    for (Vip vip : vips) {
      if (vip.address().address().equals(address)) {
        hold(vip, lifetimeNanos);
        renewed.add(vip);
      }
    }
  }

  void advertised() {
    advertised = true;
  }

  /** A MASTER that has advertised lives for as long as others wait for its next advert. */
  void settle(Role role, long lifetimeNanos) {
    if (advertised && role == Role.MASTER) {
      for (Vip vip : vips) {
        if (!renewed.contains(vip)) {
          hold(vip, lifetimeNanos);
        }
      }
    }
    advertised = false;
    renewed.clear();
  }

  private void hold(Vip vip, long lifetimeNanos) {
    try {
      controller.hold(vip, Duration.ofNanos(lifetimeNanos));
      missing.remove(vip);
    } catch (IOException e) {
      LOG.log(missing.add(vip) ? Level.WARNING : Level.DEBUG, "cannot hold " + vip, e);
    }
    penalty.set(missing.isEmpty() ? 0 : demotion, "cannot hold " + missing);
  }

  /**
   * No longer MASTER. What could not be held is not forgotten: without the penalty it would take
   * over again at once, only to fail again.
   */
  void release() {
    vips.forEach(this::release);
    renewed.clear();
  }

  private void release(Vip vip) {
    try {
      controller.release(vip);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cannot release " + vip + "; its lifetime ends", e);
    }
  }

  void end() {
    penalty.end();
  }
}
