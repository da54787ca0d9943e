package org.pfha.carp;

import java.net.InetAddress;
import java.util.List;
import java.util.function.LongSupplier;
import org.pfha.carp.engine.CarpActions;
import org.pfha.carp.engine.CarpEngine;
import org.pfha.carp.engine.CarpInput;
import org.pfha.carp.engine.CarpParameters;
import org.pfha.carp.engine.CarpProfile;
import org.pfha.carp.engine.Election;
import org.pfha.carp.engine.VrrpEngine;
import org.pfha.carp.engine.VrrpParameters;
import org.pfha.carp.wire.CarpKeyring;

/** What a virtual router speaks: its election, and what depends on the kind of it. */
sealed interface Protocol {

  Election election();

  /** Tells the receive path what is believed from now on. */
  void believe(CarpInput input, CarpKeyring keys, boolean strict);

  List<InetAddress> destinations(boolean ipv6);

  void reconfigure(VirtualRouter changed, boolean preempt, long now, CarpActions actions);

  long masterDownNanos();

  /** The longest that a living master of the same base interval is silent. */
  long longestSilenceNanos();

  /** OpenBSD demotes by ones and counts what it calls preempt. */
  boolean isOpenBsd();

  /** What is advertised, for operators. */
  String own();

  static Protocol of(VirtualRouter router, boolean preempt, LongSupplier randomCounters) {
    return router.isVrrp()
        ? new Vrrp(new VrrpEngine(router.vrrp(preempt)))
        : new Carp(new CarpEngine(router.carp(preempt), randomCounters));
  }

  /** CARP. */
  record Carp(CarpEngine election) implements Protocol {

    @Override
    public void believe(CarpInput input, CarpKeyring keys, boolean strict) {
      input.add(election.parameters(), keys, strict);
    }

    @Override
    public List<InetAddress> destinations(boolean ipv6) {
      return election.parameters().destinations(ipv6);
    }

    @Override
    public void reconfigure(VirtualRouter changed, boolean preempt, long now, CarpActions actions) {
      election.reconfigure(changed.carp(preempt), now, actions);
    }

    @Override
    public long masterDownNanos() {
      return election.parameters().masterDownNanos();
    }

    @Override
    public long longestSilenceNanos() {
      return election.parameters().advertIntervalNanos(CarpEngine.MAX_SKEW);
    }

    @Override
    public boolean isOpenBsd() {
      return election.parameters().profile() == CarpProfile.OPENBSD;
    }

    @Override
    public String own() {
      CarpParameters parameters = election.parameters();
      return "%d/%d (advskew %d)"
          .formatted(parameters.advbase(), election.effectiveSkew(), parameters.advskew());
    }
  }

  /** VRRPv3. */
  record Vrrp(VrrpEngine election) implements Protocol {

    @Override
    public void believe(CarpInput input, CarpKeyring keys, boolean strict) {
      input.add(election.parameters());
    }

    @Override
    public List<InetAddress> destinations(boolean ipv6) {
      return List.of(Advertiser.group(ipv6));
    }

    @Override
    public void reconfigure(VirtualRouter changed, boolean preempt, long now, CarpActions actions) {
      election.reconfigure(changed.vrrp(preempt), now, actions);
    }

    @Override
    public long masterDownNanos() {
      VrrpParameters parameters = election.parameters();
      return parameters.masterDownNanos(election.effectivePriority(), parameters.intervalCentis());
    }

    @Override
    public long longestSilenceNanos() {
      return 2 * election.parameters().advertIntervalNanos();
    }

    @Override
    public boolean isOpenBsd() {
      return false;
    }

    @Override
    public String own() {
      return "priority %d every %d cs"
          .formatted(election.effectivePriority(), election.parameters().intervalCentis());
    }
  }
}
