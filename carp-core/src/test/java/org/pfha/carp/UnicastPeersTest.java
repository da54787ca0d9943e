package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pfha.carp.SimPair.assertRoles;
import static org.pfha.carp.SimPair.router;
import static org.pfha.carp.engine.Role.BACKUP;
import static org.pfha.carp.engine.Role.MASTER;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pfha.net.sim.SimFrame;
import org.pfha.net.sim.SimHost;

/** Adverts that are sent to named peers instead of a group, family by family. */
class UnicastPeersTest {

  private final SimPair pair = new SimPair();

  private VirtualRouter toB() {
    return router(0).peer("192.0.2.3");
  }

  private VirtualRouter toA() {
    return router(100).peer("192.0.2.2");
  }

  @Test
  void peersElectAMasterWithoutAnyMulticast() throws IOException {
    List<SimFrame> frames = new ArrayList<>();
    pair.lan.tap(frames::add);
    CarpNode primary = SimPair.node(pair.a, toB()).start();
    CarpNode secondary = SimPair.node(pair.b, toA()).start();
    pair.settle();

    assertRoles(primary, MASTER, secondary, BACKUP);
    assertThat(secondary.statistics().total().rejected()).isZero();
    SimFrame advert = frames.get(0);
    assertThat(advert.payload()[19]).as("destination 192.0.2.3").isEqualTo((byte) 3);
    assertThat(advert.payload()[8]).as("TTL").isEqualTo((byte) 255);
    assertThat(advert.ethernetSource())
        .as("the link's own MAC, for the virtual one would be learnt behind a router")
        .isEqualTo(pair.a.link("em1").orElseThrow().mac());
    pair.a.crash();
    pair.settle();
    assertThat(secondary.role("em1", 1)).isEqualTo(MASTER);
  }

  @Test
  void onePeerPerFamilyAndMulticastInTheOther() throws IOException {
    CarpNode primary =
        SimPair.node(pair.a, router(0).address("2001:db8::1/64").peer("2001:db8::3")).start();
    CarpNode secondary =
        SimPair.node(pair.b, router(100).address("2001:db8::1/64").peer("2001:db8::2")).start();
    pair.settle();

    assertRoles(primary, MASTER, secondary, BACKUP);
    assertThat(secondary.statistics().total().get("ipackets")).isEqualTo(8);
    assertThat(secondary.statistics().total().get("ipackets6")).isEqualTo(8);
    assertThat(secondary.statistics().total().rejected()).isZero();
  }

  @Test
  void severalPeersAllHearIt() throws IOException {
    SimHost c = pair.net.host("fw-c");
    c.attach(pair.lan, "em1", "192.0.2.4/24");
    CarpNode primary = SimPair.node(pair.a, toB().peer("192.0.2.4")).start();
    CarpNode secondary = SimPair.node(pair.b, toA().peer("192.0.2.4")).start();
    CarpNode third = SimPair.node(c, router(200).peer("192.0.2.2").peer("192.0.2.3")).start();
    pair.settle();

    assertRoles(primary, MASTER, secondary, BACKUP);
    assertThat(third.role("em1", 1)).isEqualTo(BACKUP);
    assertThat(primary.statistics().total().get("opackets")).isEqualTo(16);
    primary.close();
    pair.settle();
    assertThat(secondary.role("em1", 1)).isEqualTo(MASTER);
    assertThat(third.role("em1", 1)).isEqualTo(BACKUP);
  }

  @Test
  void peersCanBeGivenAndTakenAtRunTime() throws IOException {
    CarpNode primary = pair.primary();
    CarpNode secondary = pair.secondary();
    pair.settle();

    primary.reconfigure("em1", 1, r -> r.peer("192.0.2.3"));
    secondary.reconfigure("em1", 1, r -> r.peer("192.0.2.2"));
    pair.settle();

    assertRoles(primary, MASTER, secondary, BACKUP);
    assertThat(primary.explain("em1", 1).describe()).contains("1/0");
  }

  @Test
  void anotherGroupInsteadOfTheUsualOne() throws IOException {
    List<SimFrame> frames = new ArrayList<>();
    pair.lan.tap(frames::add);
    CarpNode primary = SimPair.node(pair.a, router(0).peer("239.10.20.30")).start();
    CarpNode secondary = SimPair.node(pair.b, router(100).peer("239.10.20.30")).start();
    pair.settle();

    assertRoles(primary, MASTER, secondary, BACKUP);
    SimFrame advert = frames.get(0);
    assertThat(advert.payload()).as("destination").containsSequence(-17, 10, 20, 30);
    assertThat(advert.ethernetSource().toString()).isEqualTo("00:00:5e:00:01:01");
    assertThat(advert.ethernetDestination().toString()).isEqualTo("01:00:5e:0a:14:1e");
    primary.reconfigure("em1", 1, r -> router(0));
    pair.settle();
    assertThat(secondary.role("em1", 1)).as("it hears nothing in its group").isEqualTo(MASTER);
  }

  @Test
  void mistakesAreNamed() {
    assertThatThrownBy(SimPair.node(pair.a, router(0).peer("peer.example").peer("0.0.0.0"))::start)
        .hasMessageContainingAll("'peer.example' is not an IP address", "0.0.0.0");
    assertThatThrownBy(
            SimPair.node(pair.a, router(0).peer("192.0.2.3").peer("239.10.20.30"))::start)
        .hasMessageContaining("the group 239.10.20.30 is not its family's only peer");
  }
}
