package org.pfha.carp;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.pfha.carp.engine.Role;
import org.pfha.carp.engine.VrrpProfile;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimNetwork;

/**
 * Takeovers of a simulated pair in virtual time. What Java does for the first time is slow, and a
 * real takeover is rare: its classes would be loaded, and its code interpreted, while nobody
 * answers.
 */
final class Rehearsal {

  private static final AtomicBoolean DONE = new AtomicBoolean();

  /** So often, a simple compiler has taken over from the interpreter. */
  private static final int TAKEOVERS = 60;

  private static final String LINK = "rehearsal";

  private final SimNetwork network = new SimNetwork(0);
  private final SimHost first = host("first", 2);
  private final SimHost second = host("second", 3);

  private Rehearsal() {}

  /** Does nothing but once. */
  static void once() {
    if (!DONE.getAndSet(true)) {
      new Rehearsal().run();
    }
  }

  private SimHost host(String name, int number) {
    SimHost host = network.host(name);
    host.attach(
        network.segment("lan"), LINK, "192.0.2." + number + "/24", "2001:db8::" + number + "/64");
    return host;
  }

  private void run() {
    try (CarpNode master = node(first, 0);
        CarpNode backup = node(second, 100)) {
      for (int i = 0; i < TAKEOVERS; i++) {
        first.linkDown(LINK);
        becomes(backup);
        first.linkUp(LINK);
        becomes(master);
      }
      backup.explain(LINK, 1);
    } catch (IOException e) {
      throw new IllegalStateException("a simulated LAN refuses nothing", e);
    }
  }

  private void becomes(CarpNode node) {
    network.runUntil(
        () -> node.role(LINK, 1) == Role.MASTER && node.role(LINK, 2) == Role.MASTER,
        Duration.ofSeconds(10));
  }

  private static CarpNode node(SimHost host, int advskew) throws IOException {
    CarpNodeBuilder builder =
        CarpNode.builder(host)
            .virtualRouter(
                VirtualRouter.onInterface(LINK)
                    .vhid(1)
                    .password(LINK)
                    .address("192.0.2.1/24")
                    .address("2001:db8::1/64")
                    .advskew(advskew))
            .virtualRouter(
                VirtualRouter.onInterface(LINK)
                    .vhid(2)
                    .vrrp(VrrpProfile.RFC_9568)
                    .address("192.0.2.9/24")
                    .priority(200 - advskew))
            .preempt(true)
            .onEvent(event -> {});
    builder.logs = false;
    return builder.start();
  }
}
