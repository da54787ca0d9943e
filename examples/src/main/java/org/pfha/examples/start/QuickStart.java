package org.pfha.examples.start;

import java.time.Duration;
import org.pfha.carp.CarpNode;
import org.pfha.carp.VirtualRouter;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimNetwork;

/** Two firewalls on a simulated LAN: one loses its cable, the other takes the address over. */
public class QuickStart {
  public static void main(String[] args) throws Exception {
    SimNetwork network = new SimNetwork(42);
    SimHost a = network.host("fw-a");
    SimHost b = network.host("fw-b");
    a.attach(network.segment("lan"), "em1", "192.0.2.2/24");
    b.attach(network.segment("lan"), "em1", "192.0.2.3/24");
    VirtualRouter router =
        VirtualRouter.onInterface("em1").vhid(1).password("change me").address("192.0.2.1/24");
    try (CarpNode primary = start(a, router.advskew(0));
        CarpNode secondary = start(b, router.advskew(100))) {
      network.advance(Duration.ofSeconds(5));
      System.out.println(primary.role("em1", 1) + " / " + secondary.role("em1", 1));
      a.linkDown("em1");
      network.advance(Duration.ofSeconds(5));
      System.out.println(primary.role("em1", 1) + " / " + secondary.role("em1", 1));
    }
  }

  static CarpNode start(SimHost host, VirtualRouter router) throws Exception {
    return CarpNode.builder(host)
        .virtualRouter(router)
        .onRoleChange(change -> System.out.println(host.name() + ": " + change))
        .start();
  }
}
