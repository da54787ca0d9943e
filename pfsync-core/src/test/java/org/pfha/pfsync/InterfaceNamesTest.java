package org.pfha.pfsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimNetwork;
import org.pfha.net.sim.SimSegment;
import org.pfha.pf.PfState;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.PfsyncEvent;
import org.pfha.pfsync.engine.PfsyncEvent.Kind;

/** Nodes whose interfaces have other names. */
class InterfaceNamesTest {

  private static final InterfaceNames HERE =
      InterfaceNames.map("em0", "igb0").and("em1", "lagg0").and("em2", "lagg0").floating();

  @Test
  void namesAreThoseOfTheOtherNodeOrNone() {
    assertThat(HERE.local("em0")).isEqualTo("igb0");
    assertThat(HERE.local("em1")).isEqualTo("lagg0");
    assertThat(HERE.local("em2")).isEqualTo("lagg0");
    assertThat(HERE.local("all")).isEqualTo("all");
    assertThat(HERE.local("wg0")).isNull();
    assertThat(InterfaceNames.map("em0", "igb0").local("all")).isNull();
  }

  @Test
  void oneToOneCanBeReversed() {
    InterfaceNames there = InterfaceNames.map("em0", "igb0").and("em1", "igb1").reversed();
    assertThat(there.local("igb1")).isEqualTo("em1");
    assertThatThrownBy(HERE::reversed).hasMessageContaining("both em1 and em2");
  }

  @Test
  void contradictionsAndImpossibleNamesAreRefused() {
    assertThatThrownBy(() -> HERE.and("em0", "igb9")).hasMessageContaining("em0");
    assertThatThrownBy(() -> InterfaceNames.map("", "em0"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> InterfaceNames.map("a-name-of-17-chars", "em0"))
        .hasMessageContaining("a-name-of-17-chars");
  }

  /** em0 here, igb0 there: each node sees its own names, and a third one is an event. */
  @Test
  void statesAreBoundToTheInterfacesThatANodeHas() throws IOException {
    SimNetwork net = new SimNetwork(1);
    SimSegment sync = net.segment("sync");
    SimHost left = net.host("left");
    SimHost right = net.host("right");
    left.attach(sync, "em9", "172.16.1.2/24");
    right.attach(sync, "igb9", "172.16.1.3/24");
    StateTable tableLeft = StateTable.withLimit(100);
    StateTable tableRight = StateTable.withLimit(100);
    List<PfsyncEvent> events = new ArrayList<>();
    InterfaceNames toRight = InterfaceNames.map("em0", "igb0").floating();
    try (PfsyncNode a =
            PfsyncNode.builder(left)
                .onInterface("em9")
                .table(tableLeft)
                .peer("172.16.1.3")
                .creatorId(0xa)
                .interfaces(toRight.reversed())
                .start();
        PfsyncNode b =
            PfsyncNode.builder(right)
                .onInterface("igb9")
                .table(tableRight)
                .peer("172.16.1.2")
                .creatorId(0xb)
                .interfaces(toRight)
                .onEvent(events::add)
                .start()) {
      net.advance(Duration.ofSeconds(3));
      a.insert(States.tcp(1, 0xa));
      a.insert(States.tcp(2, 0xa).toBuilder().ifname(PfState.ALL).build());
      a.insert(States.tcp(3, 0xa).toBuilder().ifname("wg0").build());
      b.insert(States.tcp(4, 0xb).toBuilder().ifname("igb0").build());
      net.advance(Duration.ofSeconds(3));
    }

    assertThat(tableRight.get(1, 0xa).ifname()).isEqualTo("igb0");
    assertThat(tableRight.get(2, 0xa).ifname()).isEqualTo("all");
    assertThat(tableRight.get(3, 0xa)).isNull();
    assertThat(tableLeft.get(4, 0xb).ifname()).isEqualTo("em0");
    assertThat(events)
        .filteredOn(event -> event.kind() == Kind.SKIP)
        .extracting(PfsyncEvent::state)
        .as("the event has the state that has no place here")
        .extracting(PfState::id, PfState::ifname)
        .containsExactly(tuple(3L, "wg0"));
  }
}
