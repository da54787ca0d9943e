package org.pfha.examples.conformance;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.engine.CarpActions;
import org.pfha.carp.engine.CarpEngine;
import org.pfha.carp.engine.CarpParameters;
import org.pfha.carp.engine.CarpProfile;
import org.pfha.carp.engine.Role;
import org.pfha.carp.engine.RoleReason;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpView;
import org.pfha.carp.wire.VrrpAdvert;
import org.pfha.net.IpDatagram;
import org.pfha.net.IpPacket;
import org.pfha.net.OutboundPacket;

/** Drives the engine into a state, tells it something, and names what it did. */
final class CarpDecisions implements CarpActions {

  private static final int VHID = 1;
  private static final long MICRO = 1000;
  private static final List<InetAddress> ADDRESSES = List.of(CarpVectors.address("192.0.2.1"));
  private static final InetAddress PEER = CarpVectors.address("192.0.2.251");
  private static final InetAddress GROUP = CarpVectors.address("224.0.0.18");

  /** Whose formulas and rules the vectors state; FreeBSD 13 where they say so. */
  private static final List<CarpProfile> PROFILES =
      List.of(
          CarpProfile.PFHA, CarpProfile.FREEBSD_14, CarpProfile.FREEBSD_15, CarpProfile.FREEBSD_13);

  private final CarpEngine engine;
  private long now;
  private int sentSkew;
  private @Nullable RoleReason reason;

  private CarpDecisions(CarpParameters parameters, int demotion) {
    engine = new CarpEngine(parameters, () -> 1);
    engine.demotion(demotion, now, this);
  }

  static void decision(Json vector, CarpVectors.Check check) {
    Map<CarpProfile, String> expected = new LinkedHashMap<>();
    Map<CarpProfile, String> actual = new LinkedHashMap<>();
    for (CarpProfile profile : PROFILES) {
      expected.put(profile, expected(vector, profile));
      actual.put(profile, decide(vector, profile));
    }
    check.equal(expected, actual);
  }

  private static String expected(Json vector, CarpProfile profile) {
    boolean differs = profile == CarpProfile.FREEBSD_13 && vector.has("action_freebsd13");
    int sum = vector.get("my_advskew").integer() + vector.get("demotion").integer();
    int skew =
        profile == CarpProfile.FREEBSD_13 && sum < 0
            ? sum
            : vector.get("effective_advskew").integer();
    String action = vector.get(differs ? "action_freebsd13" : "action").text();
    String why = vector.has("reason") && !differs ? " (" + vector.get("reason").text() + ")" : "";
    boolean bowOut =
        vector.get("their_advbase").integer() == CarpAdvert.BOW_OUT
            && vector.get("their_advskew").integer() == CarpAdvert.BOW_OUT;
    if (profile == CarpProfile.PFHA && bowOut && "rearm-master-down".equals(action)) {
      // spec 19.3: a kernel with an advbase above 85 waits for a master that said goodbye
      action = "to-master";
      why = " (master will time out)";
    }
    return "effective advskew " + skew + ", " + action + why;
  }

  private static String decide(Json vector, CarpProfile profile) {
    CarpDecisions run =
        new CarpDecisions(
            parameters(profile, vector.get("my_advbase"), vector.get("my_advskew"))
                .withPreempt(vector.get("preempt").bool(), 0),
            vector.get("demotion").integer());
    run.bringTo(Role.valueOf(vector.get("state").text()));
    int skew = run.engine.effectiveSkew();
    String action =
        run.hear(vector.get("their_advbase").integer(), vector.get("their_advskew").integer());
    boolean told = run.reason != null && (vector.has("reason") || isGoodbye(vector, profile));
    boolean differs = profile == CarpProfile.FREEBSD_13 && vector.has("action_freebsd13");
    String why = told && !differs ? " (" + run.reason + ")" : "";
    return "effective advskew " + skew + ", " + action + why;
  }

  private static boolean isGoodbye(Json vector, CarpProfile profile) {
    return profile == CarpProfile.PFHA
        && vector.get("their_advbase").integer() == CarpAdvert.BOW_OUT
        && "BACKUP".equals(vector.get("state").text());
  }

  private static CarpParameters parameters(CarpProfile profile, Json advbase, Json advskew) {
    return CarpParameters.of(VHID, ADDRESSES)
        .withProfile(profile)
        .withInterval(advbase.integer(), advskew.integer());
  }

  static void timers(Json vector, CarpVectors.Check check) {
    Map<CarpProfile, String> expected = new LinkedHashMap<>();
    Map<CarpProfile, String> actual = new LinkedHashMap<>();
    for (CarpProfile profile : PROFILES) {
      Map<String, Json> values = new LinkedHashMap<>(vector.fields());
      if (profile == CarpProfile.FREEBSD_13 && vector.has("freebsd13_observed")) {
        Json observed = vector.get("freebsd13_observed");
        if (!observed.isObject()) {
          continue; // prose
        }
        values.putAll(observed.fields());
      }
      CarpDecisions run =
          new CarpDecisions(
              parameters(profile, vector.get("advbase"), vector.get("advskew")),
              vector.get("demotion").integer());
      run.bringTo(Role.BACKUP);
      long down = run.expire();
      long first = run.expire();
      long interval = run.expire();
      expected.put(
          profile,
          times(
              text(values, "master_down_us"),
              text(values, "first_interval_after_becoming_master_us"),
              text(values, "advert_interval_us"),
              text(values, "sent_advskew")));
      actual.put(profile, times(down / MICRO, first / MICRO, interval / MICRO, run.sentSkew));
    }
    check.equal(expected, actual);
  }

  private static String text(Map<String, Json> values, String field) {
    return String.valueOf(values.get(field));
  }

  private static String times(Object down, Object first, Object interval, Object skew) {
    return "master down %s us, first interval %s us, interval %s us, sent advskew %s"
        .formatted(down, first, interval, skew);
  }

  /** The role of a receiver in some role, after it has heard an advert. */
  static Role stateAfter(CarpParameters parameters, String role, CarpView advert, IpPacket packet) {
    CarpDecisions run = new CarpDecisions(parameters, 0);
    run.bringTo(Role.valueOf(role));
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
            new OutboundPacket(
                CarpVectors.LINK, CarpView.PROTOCOL, PEER, GROUP, 255, 0xe0, true, null, bytes),
            PEER,
            0);
    IpPacket packet = new IpPacket().wrap(whole, 0, whole.length, CarpVectors.LINK, now);
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
  public void sendAdvert(VrrpAdvert advert, boolean ipv6) {
    throw new AssertionError("there is no VRRP here: " + advert);
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
