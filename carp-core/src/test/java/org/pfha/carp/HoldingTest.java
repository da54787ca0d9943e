package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pfha.carp.SimPair.assertRoles;
import static org.pfha.carp.SimPair.router;
import static org.pfha.carp.engine.Role.BACKUP;
import static org.pfha.carp.engine.Role.MASTER;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pfha.carp.engine.Role;
import org.pfha.net.VipController;

/** The host answers at the virtual addresses while it is MASTER, and only then. */
class HoldingTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final SimPair pair = new SimPair();
  private final Addresses addresses = new Addresses();

  /** A host's addresses, and what was done to them in which order. */
  private static final class Addresses implements VipController {
    final List<String> calls = new ArrayList<>();
    final Set<String> held = new HashSet<>();
    Duration lifetime = Duration.ZERO;
    String refused = "";

    @Override
    public void prepare(Vip vip) throws IOException {
      call("prepare", vip);
    }

    @Override
    public void hold(Vip vip, Duration time) throws IOException {
      call("hold", vip);
      held.add(vip.address().toString());
      lifetime = time;
    }

    @Override
    public void release(Vip vip) throws IOException {
      call("release", vip);
      held.remove(vip.address().toString());
    }

    private void call(String what, Vip vip) throws IOException {
      calls.add(what + " " + vip.address());
      if (refused.equals(calls.get(calls.size() - 1))) {
        throw new IOException("cannot " + refused);
      }
    }

    @Override
    public void close() {
      throw new AssertionError("it is the caller's");
    }
  }

  private CarpNode start(VirtualRouter router) throws IOException {
    return SimPair.node(pair.a, router).virtualAddresses(addresses).start();
  }

  @BeforeEach
  void recordWhatIsAnnounced() {
    pair.lan.tap(
        frame ->
            frame
                .announcement()
                .ifPresent(a -> addresses.calls.add("announce " + a.getHostAddress())));
  }

  @Test
  void addressesAreHeldBeforeTheyAreAnnouncedAndRenewedWithEachAdvert() throws IOException {
    try (CarpNode node = start(router(0).address("2001:db8::1/64"))) {
      assertThat(addresses.calls)
          .containsExactly("prepare 192.0.2.1/24", "prepare 2001:db8:0:0:0:0:0:1/64");
      addresses.calls.clear();
      pair.advance(Duration.ofMillis(3_010));
      assertThat(node.role("em1", 1)).isEqualTo(MASTER);
      assertThat(addresses.calls)
          .containsExactly(
              "hold 192.0.2.1/24",
              "announce 192.0.2.1",
              "hold 2001:db8:0:0:0:0:0:1/64",
              "announce 2001:db8:0:0:0:0:0:1");
      assertThat(addresses.lifetime).as("one master-down time").isEqualTo(Duration.ofSeconds(3));
      pair.advance(Duration.ofSeconds(5)); // adverts without announcements too
      addresses.calls.clear();
      pair.advance(SECOND);
      assertThat(addresses.calls)
          .containsExactly("hold 192.0.2.1/24", "hold 2001:db8:0:0:0:0:0:1/64");
    }
    assertThat(addresses.held).isEmpty();
  }

  @Test
  void whoIsNoLongerMasterLetsGo() throws IOException {
    CarpNode node = start(router(0));
    CarpNode other = pair.secondary();
    pair.settle();
    assertRoles(node, MASTER, other, BACKUP);
    assertThat(addresses.held).containsExactly("192.0.2.1/24");
    node.request("em1", 1, Role.BACKUP);
    assertThat(addresses.held).isEmpty();
    pair.settle();
    node.disable();
    assertThat(addresses.held).isEmpty();
    node.enable();
    pair.settle();
    assertRoles(node, MASTER, other, BACKUP);
    pair.a.linkDown("em1");
    pair.soon();
    assertThat(addresses.held).isEmpty();
    node.close();
    other.close();
  }

  @Test
  void anAddressThatIsAddedIsHeldAndOneThatIsRemovedIsNot() throws IOException {
    CarpNode node = start(router(0));
    pair.settle();
    node.reconfigure("em1", 1, r -> r.address("192.0.2.9/24"));
    pair.advance(SECOND);
    assertThat(addresses.held).containsExactlyInAnyOrder("192.0.2.1/24", "192.0.2.9/24");
    node.reconfigure("em1", 1, r -> r.withoutAddress("192.0.2.1/24"));
    pair.advance(SECOND);
    assertThat(addresses.held).containsExactly("192.0.2.9/24");
    addresses.refused = "prepare 192.0.2.10/24";
    assertThatThrownBy(() -> node.reconfigure("em1", 1, r -> r.address("192.0.2.10/24")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("192.0.2.10");
    pair.advance(SECOND);
    assertThat(addresses.held).as("nothing has changed").containsExactly("192.0.2.9/24");
    node.remove("em1", 1);
    assertThat(addresses.held).isEmpty();
    node.close();
  }

  @Test
  void aMasterThatCannotHoldAnAddressHandsOverAndDoesNotComeBackToFail() throws IOException {
    addresses.refused = "hold 192.0.2.1/24";
    CarpNode node = start(router(0).address("192.0.2.5/24"));
    CarpNode other = SimPair.node(pair.b, router(100).address("192.0.2.5/24")).start();
    pair.settle();
    assertRoles(node, BACKUP, other, MASTER);
    assertThat(node.demotion().entries())
        .singleElement()
        .asString()
        .contains("+240", "cannot hold", "192.0.2.1/24 of 1@em1");
    assertThat(addresses.held).isEmpty();
    pair.advance(Duration.ofMinutes(5));
    assertRoles(node, BACKUP, other, MASTER);
    other.close();
    addresses.refused = "";
    pair.settle();
    assertThat(node.role("em1", 1)).isEqualTo(MASTER);
    assertThat(node.demotion().total()).isZero();
    node.close();
    assertThat(addresses.held).isEmpty();
  }

  @Test
  void whatCannotBeMadeReadyEndsTheStart() {
    addresses.refused = "prepare 192.0.2.1/24";
    assertThatThrownBy(() -> start(router(0)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("192.0.2.1");
    assertThat(addresses.held).isEmpty();
  }
}
