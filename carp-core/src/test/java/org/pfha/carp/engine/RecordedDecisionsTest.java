package org.pfha.carp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pfha.carp.engine.Vectors.number;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.VrrpAdvert;
import org.pfha.net.IpPacket;

/** The engine decides what FreeBSD's compiled input routine and a running kernel decided. */
class RecordedDecisionsTest {

  private static final long MICRO = 1000;

  private static final class Log implements CarpActions {
    private final List<CarpAdvert> sent = new ArrayList<>();
    private @Nullable RoleReason reason;

    @Override
    public void sendAdvert(VrrpAdvert advert, boolean ipv6) {
      throw new AssertionError("there is no VRRP here: " + advert);
    }

    @Override
    public void sendAdvert(CarpAdvert advert, boolean ipv6) {
      sent.add(advert);
    }

    @Override
    public void announce(InetAddress address) {}

    @Override
    public void roleChanged(Role from, Role to, RoleReason why, long atNanos) {
      reason = why;
    }

    @Override
    public void sendErrorDemotion(int amount) {}
  }

  @ParameterizedTest
  @EnumSource(names = {"FREEBSD_13", "FREEBSD_14", "FREEBSD_15", "PFHA"})
  void everyDecisionOverBothFamilies(CarpProfile profile) throws IOException {
    List<Map<String, Object>> vectors = Vectors.section("decisions");
    assertThat(vectors).hasSize(420);
    for (Map<String, Object> vector : vectors) {
      for (boolean ipv6 : new boolean[] {false, true}) {
        decision(profile, vector, ipv6);
      }
    }
  }

  private static void decision(CarpProfile profile, Map<String, Object> vector, boolean ipv6) {
    Log log = new Log();
    CarpParameters parameters =
        CarpParameters.of(1, List.of(Packets.address(ipv6 ? "2001:db8::1" : "192.0.2.1")))
            .withProfile(profile)
            .withInterval(number(vector, "my_advbase"), number(vector, "my_advskew"))
            .withPreempt((Boolean) vector.get("preempt"), 0);
    CarpEngine engine = new CarpEngine(parameters, () -> 99);
    engine.demotion(number(vector, "demotion"), 0, log);
    long now = 0;
    String state = (String) vector.get("state");
    if (!"INIT".equals(state)) {
      engine.linkUp(now, log);
    }
    if ("MASTER".equals(state)) {
      now = engine.deadlineNanos();
      engine.tick(now, log);
    }
    assertThat(engine.role()).hasToString(state);
    assertThat(engine.effectiveSkew()).isEqualTo(number(vector, "effective_advskew"));
    OptionalLong deadline = engine.nextDeadlineNanos();
    log.sent.clear();
    log.reason = null;
    CarpAdvert advert =
        new CarpAdvert(
            1, number(vector, "their_advbase"), number(vector, "their_advskew"), 0, 123456);
    now++;
    IpPacket packet =
        Packets.carp(
            advert,
            CarpAuthenticator.of(new byte[0], 1, parameters.addresses()),
            ipv6 ? "fe80::9" : "192.0.2.9",
            now);

    engine.received(Packets.view(packet), packet, log);

    String action =
        (String)
            (profile == CarpProfile.FREEBSD_13 && vector.containsKey("action_freebsd13")
                ? vector.get("action_freebsd13")
                : vector.get("action"));
    boolean goodbye = profile == CarpProfile.PFHA && advert.isBowOut();
    if (goodbye && "rearm-master-down".equals(action)) {
      assertThat(engine.role()).as("19.3: %s", vector).isEqualTo(Role.MASTER);
      return;
    }
    switch (action) {
      case "ignore" -> {
        assertThat(engine.role()).as("%s", vector).hasToString(state);
        assertThat(engine.nextDeadlineNanos()).as("%s", vector).isEqualTo(deadline);
        assertThat(log.sent).as("%s", vector).isEmpty();
      }
      case "rearm-master-down" -> {
        assertThat(engine.role()).as("%s", vector).isEqualTo(Role.BACKUP);
        assertThat(engine.nextDeadlineNanos())
            .as("%s", vector)
            .hasValue(now + parameters.masterDownNanos());
        assertThat(log.sent).as("%s", vector).isEmpty();
      }
      case "to-master" -> {
        assertThat(engine.role()).as("%s", vector).isEqualTo(Role.MASTER);
        assertThat(log.reason).as("%s", vector).hasToString((String) vector.get("reason"));
        assertThat(log.sent)
            .as("one advert, with the next counter: %s", vector)
            .containsExactly(
                new CarpAdvert(
                    1, parameters.advbase(), number(vector, "effective_advskew"), 0, 123457));
      }
      case "to-backup" -> {
        assertThat(engine.role()).as("%s", vector).isEqualTo(Role.BACKUP);
        assertThat(log.reason).as("%s", vector).hasToString((String) vector.get("reason"));
        assertThat(engine.nextDeadlineNanos())
            .as("%s", vector)
            .hasValue(now + parameters.masterDownNanos());
        assertThat(log.sent).as("%s", vector).isEmpty();
      }
      default -> throw new AssertionError("unknown action " + action);
    }
  }

  @Test
  void everyTimer() throws IOException {
    List<Map<String, Object>> vectors = Vectors.section("timers");
    assertThat(vectors).hasSize(11);
    for (Map<String, Object> vector : vectors) {
      Log log = new Log();
      CarpEngine engine =
          new CarpEngine(
              CarpParameters.of(1, List.of(Packets.address("192.0.2.1")))
                  .withInterval(number(vector, "advbase"), number(vector, "advskew")),
              () -> 99);
      engine.demotion(number(vector, "demotion"), 0, log);
      engine.linkUp(0, log);
      long down = engine.deadlineNanos();
      engine.tick(down, log);
      long first = engine.deadlineNanos() - down;
      engine.tick(down + first, log);
      long second = engine.deadlineNanos() - down - first;

      assertThat(List.of(down / MICRO, first / MICRO, second / MICRO))
          .as("%s", vector)
          .containsExactly(
              (long) number(vector, "master_down_us"),
              (long) number(vector, "first_interval_after_becoming_master_us"),
              (long) number(vector, "advert_interval_us"));
      assertThat(log.sent.get(0).advskew())
          .as("%s", vector)
          .isEqualTo(number(vector, "sent_advskew"));
    }
  }
}
