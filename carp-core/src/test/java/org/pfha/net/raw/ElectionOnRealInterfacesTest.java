package org.pfha.net.raw;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pfha.carp.CarpNode;
import org.pfha.carp.RoleChange;
import org.pfha.carp.VirtualRouter;
import org.pfha.carp.engine.Role;

/** Two nodes in two namespaces of this machine. */
@NeedsNamespaces
class ElectionOnRealInterfacesTest {

  private static final long PATIENCE_SECONDS = 10;

  private Wire wire;

  @BeforeEach
  void plugIn() throws Exception {
    wire = Wire.of("left", "right");
  }

  @AfterEach
  void unplug() {
    wire.close();
  }

  @Test
  void theBetterOneIsMasterAndTheOtherTakesOverWhenItBowsOut() throws Exception {
    try (Node left = new Node("left", 0)) {
      assertThat(left.awaitRole(Role.MASTER).reason().name()).isEqualTo("MASTER_TIMED_OUT");
      try (Node right = new Node("right", 100)) {
        right.awaitRole(Role.BACKUP);
        assertThat(right.changes.poll(1500, TimeUnit.MILLISECONDS)).as("stays BACKUP").isNull();
        assertThat(right.carp.statistics().total().rejected()).isZero();
        long before = System.nanoTime();
        left.carp.close();
        RoleChange change = right.awaitRole(Role.MASTER);
        assertThat(change.atNanos() - before).as("bow-out").isBetween(0L, 500_000_000L);
      }
    }
  }

  private final class Node implements AutoCloseable {
    final BlockingQueue<RoleChange> changes = new LinkedBlockingQueue<>();
    final RawTransport transport;
    final CarpNode carp;

    Node(String host, int advskew) throws Exception {
      transport = wire.host(host).call(() -> RawTransport.builder().link("em0", 112).open());
      carp =
          CarpNode.builder(transport)
              .virtualRouter(
                  VirtualRouter.onInterface("em0")
                      .vhid(7)
                      .password("secret")
                      .address("192.0.2.100/24")
                      .address("2001:db8::100/64")
                      .advbase(1)
                      .advskew(advskew))
              .onRoleChange(changes::add)
              .start();
    }

    RoleChange awaitRole(Role role) throws InterruptedException {
      while (true) {
        RoleChange change = changes.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(change).as("change to " + role).isNotNull();
        if (change.to() == role) {
          return change;
        }
      }
    }

    @Override
    public void close() {
      carp.close();
      transport.close();
    }
  }
}
