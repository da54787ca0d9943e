package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pfha.carp.SimPair.router;
import static org.pfha.carp.engine.Role.BACKUP;
import static org.pfha.carp.engine.Role.INIT;
import static org.pfha.carp.engine.Role.MASTER;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pfha.carp.engine.Role;
import org.pfha.carp.engine.RoleReason;
import org.pfha.net.sim.SimSegment;

/** A group of one virtual router on the LAN and one on the WAN: MASTER of both or of none. */
class GroupTest {

  private final SimPair pair = new SimPair();
  private final SimSegment wan = pair.net.segment("wan");

  @BeforeEach
  void attachWan() {
    pair.a.attach(wan, "em0", "198.51.100.2/24");
    pair.b.attach(wan, "em0", "198.51.100.3/24");
  }

  private static VirtualRouter grouped(String link, int vhid, int advskew) {
    return router(link, vhid, advskew).group("uplinks");
  }

  private CarpNode nodeA(int lanSkew, int wanSkew) throws IOException {
    return SimPair.node(pair.a, grouped("em1", 1, lanSkew), grouped("em0", 7, wanSkew))
        .onEvent(pair.eventsOfA::add)
        .start();
  }

  private CarpNode nodeB(int lanSkew, int wanSkew) throws IOException {
    return SimPair.node(pair.b, grouped("em1", 1, lanSkew), grouped("em0", 7, wanSkew)).start();
  }

  /** A peer that knows nothing of groups, as a kernel. */
  private CarpNode kernelB(int lanSkew, int wanSkew) throws IOException {
    return SimPair.node(pair.b, router("em1", 1, lanSkew), router("em0", 7, wanSkew)).start();
  }

  private static List<Role> roles(CarpNode node) {
    return List.of(node.role("em1", 1), node.role("em0", 7));
  }

  private static void assertAll(CarpNode node, Role role) {
    assertThat(roles(node)).containsOnly(role);
  }

  @Test
  void aLinkThatGoesDownTakesTheWholeGroupToTheOtherNode() throws IOException {
    CarpNode a = nodeA(0, 0);
    CarpNode b = nodeB(100, 100);
    pair.settle();
    assertAll(a, MASTER);
    assertAll(b, BACKUP);

    pair.a.linkDown("em0");
    pair.settle();
    assertThat(roles(a)).containsExactly(BACKUP, INIT);
    assertAll(b, MASTER);

    pair.a.linkUp("em0");
    pair.settle();
    assertAll(a, MASTER);
    assertAll(b, BACKUP);
    assertThat(a.demotion().entries()).isEmpty();
    assertThat(b.demotion().entries()).isEmpty();
  }

  @Test
  void membersTakeOverTogether() throws IOException {
    CarpNode b = kernelB(100, 100);
    pair.settle();
    CarpNode a = nodeA(0, 0);
    pair.settle();

    assertAll(a, MASTER);
    assertAll(b, BACKUP);
    List<RoleChange> takeovers =
        pair.eventsOfA(RoleChange.class).stream().filter(c -> c.to() == MASTER).toList();
    assertThat(takeovers).extracting(RoleChange::reason).containsOnly(RoleReason.PREEMPTING);
    assertThat(takeovers).hasSize(2);
    assertThat(takeovers.get(0).atNanos()).isEqualTo(takeovers.get(1).atNanos());
  }

  @Test
  void aKernelThatTakesOneMemberGetsTheOtherToo() throws IOException {
    CarpNode a = nodeA(50, 50);
    CarpNode kernel = kernelB(100, 0);
    pair.settle();

    assertAll(a, BACKUP);
    assertAll(kernel, MASTER);
    assertThat(a.demotion().entries()).as("once nothing is held, nothing is paid").isEmpty();
    int changes = pair.eventsOfA(RoleChange.class).size();
    pair.advance(Duration.ofMinutes(5));
    assertThat(pair.eventsOfA(RoleChange.class)).as("and it stays so").hasSize(changes);
  }

  @Test
  void nodesThatEachPreferAnotherMemberAgreeOnOneOfThem() throws IOException {
    CarpNode a = nodeA(0, 100);
    CarpNode b = nodeB(100, 0);
    pair.advance(Duration.ofSeconds(30));

    assertAll(a, MASTER);
    assertAll(b, BACKUP);
    int changes = pair.eventsOfA(RoleChange.class).size();
    pair.advance(Duration.ofMinutes(5));
    assertThat(pair.eventsOfA(RoleChange.class)).hasSize(changes);
    assertThat(a.demotion().entries()).isEmpty();
    assertThat(b.demotion().entries()).isEmpty();
  }

  @Test
  void disablingOneMemberHandsOverTheOthersAndPenalisesNobodyElse() throws IOException {
    CarpNode a = nodeA(0, 0);
    a.add(router("em1", 9, 0));
    CarpNode b = kernelB(100, 100);
    b.add(router("em1", 9, 100));
    pair.settle();

    a.disable("em0", 7);
    pair.settle();

    assertThat(roles(a)).containsExactly(BACKUP, INIT);
    assertAll(b, MASTER);
    assertThat(a.role("em1", 9)).as("it is not of the group").isEqualTo(MASTER);
    assertThat(a.demotion().entries())
        .singleElement()
        .hasToString("+240 group uplinks: a member cannot be MASTER here (group uplinks)");
    assertThat(a.explain("em1", 1).describe()).contains("group uplinks", "group: 7@em0 is INIT");

    a.remove("em0", 7);
    pair.settle();
    assertThat(a.role("em1", 1)).isEqualTo(MASTER);
    assertThat(a.demotion().entries()).isEmpty();
  }

  @Test
  void aRequestIsForAll() throws IOException {
    CarpNode a =
        SimPair.node(pair.a, grouped("em1", 1, 0), grouped("em0", 7, 0)).preempt(false).start();
    CarpNode b =
        SimPair.node(pair.b, grouped("em1", 1, 100), grouped("em0", 7, 100)).preempt(false).start();
    pair.settle();

    a.request("em0", 7, BACKUP);
    pair.settle();
    assertAll(a, BACKUP);
    assertAll(b, MASTER);
  }

  @Test
  void withoutPreemptAGroupLeavesALivingMasterAlone() throws IOException {
    CarpNode b = kernelB(100, 100);
    pair.settle();
    CarpNode a =
        SimPair.node(pair.a, grouped("em1", 1, 0), grouped("em0", 7, 0)).preempt(false).start();
    pair.settle();

    assertAll(a, BACKUP);
    assertAll(b, MASTER);
  }

  @Test
  void theDeathOfTheMasterMovesAllWithoutAnyPenalty() throws IOException {
    CarpNode a = nodeA(0, 0);
    CarpNode b = nodeB(100, 100);
    pair.settle();
    assertAll(a, MASTER);

    pair.a.crash();
    pair.settle();

    assertAll(b, MASTER);
    assertThat(b.demotion().entries()).isEmpty();
  }

  @Test
  void withNobodyToHandOverToAGroupGoesOnWithWhatItHas() throws IOException {
    CarpNode a = nodeA(0, 0);
    pair.settle();
    pair.a.linkDown("em0");
    pair.settle();

    assertThat(roles(a)).containsExactly(MASTER, INIT);
    a.close();
    assertThat(a.demotion().entries()).isEmpty();
  }
}
