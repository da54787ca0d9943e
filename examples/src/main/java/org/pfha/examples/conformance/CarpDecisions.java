package org.pfha.examples.conformance;

import java.net.InetAddress;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.engine.CarpActions;
import org.pfha.carp.engine.CarpEngine;
import org.pfha.carp.engine.CarpParameters;
import org.pfha.carp.engine.Role;
import org.pfha.carp.engine.RoleReason;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.IpDatagram;
import org.pfha.net.IpPacket;
import org.pfha.net.LinkAddress;
import org.pfha.net.OutboundPacket;

/** Drives the engine into a state, tells it something, and names what it did. */
final class CarpDecisions implements CarpActions {

  private static final int VHID = 1;
  private static final long MICRO = 1000;
  private static final List<InetAddress> ADDRESSES =
      List.of(LinkAddress.parse("192.0.2.1").address());

  private static final InetAddress PEER = LinkAddress.parse("192.0.2.251").address();
  private static final InetAddress GROUP = LinkAddress.parse("224.0.0.18").address();

  private final CarpEngine engine;
  private long now;
  private int sentSkew;
  private @Nullable RoleReason reason;

  private CarpDecisions(CarpParameters parameters, int demotion) {
    engine = new CarpEngine(parameters, () -> 1);
    engine.demotion(demotion, now, this);
  }

  static void decision(Json vector, CarpVectors.Check check) {
    CarpDecisions run =
        new CarpDecisions(
            CarpParameters.of(VHID, ADDRESSES)
                .withInterval(
                    vector.get("my_advbase").integer(), vector.get("my_advskew").integer())
                .withPreempt(vector.get("preempt").bool(), 0),
            vector.get("demotion").integer());
    Role before = Role.valueOf(vector.get("state").text());
    run.bringTo(before);
    String expected =
        "effective advskew %s, %s%s"
            .formatted(
                vector.get("effective_advskew"),
                vector.get("action").text(),
                vector.has("reason") ? " (" + vector.get("reason").text() + ")" : "");
    int skew = run.engine.effectiveSkew();
    String action =
        run.hear(vector.get("their_advbase").integer(), vector.get("their_advskew").integer());
    String why = run.reason == null ? "" : " (" + run.reason + ")";
    check.equal(expected, "effective advskew " + skew + ", " + action + why);
  }

  static void timers(Json vector, CarpVectors.Check check) {
    CarpDecisions run =
        new CarpDecisions(
            CarpParameters.of(VHID, ADDRESSES)
                .withInterval(vector.get("advbase").integer(), vector.get("advskew").integer()),
            vector.get("demotion").integer());
    run.bringTo(Role.BACKUP);
    long down = run.expire();
    long first = run.expire();
    long interval = run.expire();
    check.equal(
        times(
            vector.get("master_down_us").number(),
            vector.get("first_interval_after_becoming_master_us").number(),
            vector.get("advert_interval_us").number(),
            vector.get("sent_advskew").integer()),
        times(down / MICRO, first / MICRO, interval / MICRO, run.sentSkew));
  }

  private static String times(long down, long first, long interval, int skew) {
    return "master down %d us, first interval %d us, interval %d us, sent advskew %d"
        .formatted(down, first, interval, skew);
  }

  /** The role of a BACKUP after it has heard an advert. */
  static Role roleAfter(CarpParameters parameters, CarpView advert, IpPacket packet) {
    CarpDecisions run = new CarpDecisions(parameters, 0);
    run.bringTo(Role.BACKUP);
    run.engine.received(advert, packet, run);
    return run.engine.role();
  }

  private void bringTo(Role role) {
    if (role != Role.INIT) {
      engine.linkUp(now, this);
    }
    if (role == Role.MASTER) {
      expire();
    }
    reason = null;
  }

  /** Waits for the next timer and lets it expire. */
  private long expire() {
    long wait = engine.nextDeadlineNanos().orElseThrow() - now;
    now += wait;
    engine.tick(now, this);
    return wait;
  }

  private String hear(int advbase, int advskew) {
    byte[] bytes = new byte[CarpView.LENGTH];
    CarpAuthenticator authenticator = CarpAuthenticator.of(new byte[0], VHID, ADDRESSES);
    new CarpAdvert(VHID, advbase, advskew, 0, 1).encode(bytes, 0, authenticator);
    now++;
    Role before = engine.role();
    OptionalLong deadline = engine.nextDeadlineNanos();
    byte[] whole =
        IpDatagram.build(
            new OutboundPacket("em1", CarpView.PROTOCOL, PEER, GROUP, 255, 0xe0, true, null, bytes),
            PEER,
            0);
    IpPacket packet = new IpPacket().wrap(whole, 0, whole.length, "em1", now);
    packet.check();
    engine.received(new CarpView().wrap(bytes, 0, bytes.length), packet, this);
    if (engine.role() != before) {
      return "to-" + (engine.role() == Role.MASTER ? "master" : "backup");
    }
    OptionalLong after = engine.nextDeadlineNanos();
    if (after.equals(deadline)) {
      return "ignore";
    }
    return after.equals(OptionalLong.of(now + engine.parameters().masterDownNanos()))
        ? "rearm-master-down"
        : "moved the deadline to " + after;
  }

  @Override
  public void sendAdvert(CarpAdvert advert, boolean ipv6) {
    sentSkew = advert.advskew();
  }

  @Override
  public void sendErrorDemotion(int amount) {}

  @Override
  public void announce(InetAddress address) {}

  @Override
  public void roleChanged(Role from, Role to, RoleReason why, long atNanos) {
    reason = why;
  }
}
