package org.pfha.examples.start;

import java.net.InetAddress;
import java.time.Duration;
import org.pfha.carp.CarpNode;
import org.pfha.carp.VirtualRouter;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimNetwork;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.PfsyncNode;
import org.pfha.pfsync.wire.StateFormat;

/** A connection that one firewall has opened is known to the other when that has to take over. */
public class StateStart {
  public static void main(String[] args) throws Exception {
    SimNetwork network = new SimNetwork(42);
    SimHost a = firewall(network, "fw-a", 2);
    SimHost b = firewall(network, "fw-b", 3);
    try (CarpNode carpA = carp(a, 0);
        CarpNode carpB = carp(b, 100);
        PfsyncNode statesA = states(a, carpA, 0xA, "172.16.1.3");
        PfsyncNode statesB = states(b, carpB, 0xB, "172.16.1.2")) {
      network.advance(Duration.ofSeconds(5));
      statesA.insert(
          PfState.builder(1, 0xA, client("198.51.100.7", 50_000), PfState.TCP)
              .src(StatePeer.of(StatePeer.ESTABLISHED))
              .dst(StatePeer.of(StatePeer.ESTABLISHED))
              .build());
      network.advance(Duration.ofSeconds(2));
      a.linkDown("em1");
      network.advance(Duration.ofSeconds(5));
      System.out.println("fw-b is " + carpB.role("em1", 1) + " and knows:");
      statesB.table().states().forEach(state -> System.out.println(state.wire()));
    }
  }

  static SimHost firewall(SimNetwork network, String name, int number) {
    SimHost host = network.host(name);
    host.attach(network.segment("lan"), "em1", "192.0.2." + number + "/24");
    host.attach(network.segment("sync"), "em2", "172.16.1." + number + "/29");
    return host;
  }

  static CarpNode carp(SimHost host, int advskew) throws Exception {
    return CarpNode.builder(host)
        .virtualRouter(
            VirtualRouter.onInterface("em1")
                .vhid(1)
                .password("change me")
                .address("192.0.2.1/24")
                .advskew(advskew))
        .preempt(true)
        .start();
  }

  static PfsyncNode states(SimHost host, CarpNode carp, int id, String peer) throws Exception {
    return PfsyncNode.builder(host)
        .onInterface("em2")
        .peer(peer)
        .creatorId(id)
        .format(StateFormat.V1400)
        .table(StateTable.withLimit(1_000_000))
        .demoting(carp.demotion())
        .start();
  }

  static StateKey client(String address, int port) throws Exception {
    return StateKey.of(
        InetAddress.getByName(address), port, InetAddress.getByName("192.0.2.80"), 443);
  }
}
