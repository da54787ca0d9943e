package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pfha.carp.engine.Role.BACKUP;
import static org.pfha.carp.engine.Role.INIT;
import static org.pfha.carp.engine.Role.MASTER;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pfha.carp.diagnosis.CarpDiagnosis;
import org.pfha.carp.engine.CarpProfile;
import org.pfha.carp.engine.Role;
import org.pfha.net.LinkAddress;
import org.pfha.net.pcap.PcapReader;
import org.pfha.net.pcap.PcapRecord;
import org.pfha.net.pcap.PcapReplay;

/**
 * A fail-over sequence of two FreeBSD 13 hosts was captured; a node takes the place of each in
 * turn, hears the other's adverts, is told what the administrator did, and becomes what the host
 * became.
 */
class KernelFailoverTest {

  /** When the recording of the administrator's actions began. */
  private static final long START_NANOS = 1_795_191_354_898_888_300L;

  /** Ticks and timer slack of the kernel, and its states were polled each 20 ms. */
  private static final double TOLERANCE_SECONDS = 0.15;

  private static final String HOST_1 = "10.1.0.1";
  private static final String HOST_2 = "10.1.0.2";

  private final List<CarpDiagnosis> diagnoses = new ArrayList<>();
  private final List<RoleChange> changes = new ArrayList<>();
  private PcapReplay replay;
  private CarpNode node;

  private void start(String own, String other, int advskew) throws IOException {
    List<PcapRecord> capture = new ArrayList<>();
    capture.add(new PcapRecord(START_NANOS, 0, new byte[0])); // lets the clock start there
    try (InputStream in =
            Objects.requireNonNull(
                KernelFailoverTest.class.getResourceAsStream("/captures/carp-failover-v4.pcap"));
        PcapReader reader = new PcapReader(in)) {
      capture.addAll(reader.readAll());
    }
    replay =
        PcapReplay.of(capture, Set.of(LinkAddress.parse(other).address()), "vtnet0", own + "/24");
    at(advskew == 0 ? 0 : 5.014);
    node =
        CarpNode.builder(replay)
            .virtualRouter(
                VirtualRouter.onInterface("vtnet0")
                    .vhid(1)
                    .profile(CarpProfile.FREEBSD_13)
                    .password("vrrppass")
                    .address("10.1.0.10/24")
                    .advskew(advskew)
                    .preempt(false))
            .randomCounters(new Random(advskew)::nextLong)
            .onRoleChange(changes::add)
            .onDiagnosis(diagnoses::add)
            .start();
  }

  /** Runs until a time of the recording. */
  private void at(double seconds) {
    replay.advance(Duration.ofNanos(START_NANOS + Math.round(seconds * 1e9) - replay.now()));
  }

  private void preempt(boolean value) throws IOException {
    node.reconfigure("vtnet0", 1, router -> router.preempt(value));
  }

  private void became(double seconds, Role role) {
    at(seconds + TOLERANCE_SECONDS);
    assertThat(changes).as("at %s s", seconds).isNotEmpty();
    RoleChange last = changes.remove(0);
    assertThat(last.to()).as("at %s s: %s", seconds, last).isEqualTo(role);
    assertThat((last.atNanos() - START_NANOS) / 1e9)
        .as(last.toString())
        .isBetween(seconds - TOLERANCE_SECONDS, seconds + TOLERANCE_SECONDS);
    assertThat(changes).isEmpty();
  }

  @Test
  void aNodeInThePlaceOfTheFirstHost() throws IOException {
    start(HOST_1, HOST_2, 0);
    became(0.009, BACKUP);
    became(3.033, MASTER);
    at(10.036);
    node.disable("vtnet0", 1);
    became(10.043, INIT);
    at(16.058);
    node.enable("vtnet0", 1);
    became(16.070, BACKUP);
    at(21.100);
    preempt(true);
    became(22.543, MASTER);
    at(28.137);
    Demotion demotion = node.demotion().demote("sysctl", "net.inet.carp.demotion", 240);
    became(28.150, BACKUP);
    at(34.156);
    demotion.close();
    became(35.211, MASTER);
    at(39.161);
    preempt(false);
    node.request("vtnet0", 1, BACKUP);
    became(39.173, BACKUP);
    at(45.185);
    node.request("vtnet0", 1, MASTER);
    became(45.195, MASTER);
    at(49.208);
    node.reconfigure("vtnet0", 1, router -> router.advskew(200));
    at(54.216);
    node.remove("vtnet0", 1);
    became(54.225, INIT);
    assertNothingAlarming(3); // the second host's last adverts, of a vhid that is no more
  }

  @Test
  void aNodeInThePlaceOfTheSecondHost() throws IOException {
    start(HOST_2, HOST_1, 100);
    became(5.032, BACKUP);
    became(12.525, MASTER);
    became(22.524, BACKUP);
    at(26.114);
    preempt(true);
    became(28.152, MASTER);
    became(35.193, BACKUP);
    at(39.161);
    preempt(false);
    became(41.624, MASTER);
    became(45.199, BACKUP);
    became(56.267, MASTER);
    at(59.236);
    node.remove("vtnet0", 1);
    became(59.251, INIT);
    assertNothingAlarming(0);
  }

  private void assertNothingAlarming(long unknownVhids) {
    at(65);
    assertThat(node.statistics().total().get("badvhid")).isEqualTo(unknownVhids);
    assertThat(node.statistics().total().rejected()).isEqualTo(unknownVhids);
    assertThat(diagnoses).isEmpty();
  }
}
