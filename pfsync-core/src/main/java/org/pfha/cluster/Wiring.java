package org.pfha.cluster;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.pfha.net.LinkAddress;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimNetwork;
import org.pfha.net.sim.SimSegment;

/** The segments of a cluster, who is plugged into them, and how they break. */
final class Wiring {

  private final SimNetwork network;
  private final List<Vip> vips;
  private final List<SimSegment> segments = new ArrayList<>();
  private final List<String> links = new ArrayList<>();

  Wiring(SimNetwork network, List<Vip> vips) {
    this.network = network;
    this.vips = vips;
    for (Vip vip : vips) {
      SimSegment segment = network.segment(vip.segment());
      if (!segments.contains(segment)) {
        segments.add(segment);
        links.add(vip.link());
      }
    }
    segments.add(sync());
    links.add(ClusterNode.SYNC_LINK);
  }

  SimSegment sync() {
    return network.segment(Cluster.SYNC);
  }

  /** As faults count them; the sync link is the last. */
  List<SimSegment> segments() {
    return segments;
  }

  /** Of every node, one for each segment. */
  List<String> links() {
    return links;
  }

  /** Plugs in a node that is off, and returns its address on the sync link. */
  String plug(SimHost host, int number) {
    for (Vip vip : vips) {
      if (host.link(vip.link()).isEmpty()) {
        host.attach(network.segment(vip.segment()), vip.link(), ownAddress(vip, number));
      }
    }
    String address = "172.16.1." + (number + 2);
    host.attach(sync(), ClusterNode.SYNC_LINK, address + "/24");
    host.powerOff();
    return address;
  }

  /** A node has the host number of its own plus 201 in the virtual address's network. */
  private static String ownAddress(Vip vip, int number) {
    LinkAddress address = LinkAddress.parse(vip.address());
    byte[] bytes = address.address().getAddress();
    bytes[bytes.length - 1] = (byte) (201 + number);
    try {
      return InetAddress.getByAddress(bytes).getHostAddress() + "/" + address.prefixLength();
    } catch (UnknownHostException impossible) {
      throw new AssertionError("as long as the virtual address", impossible);
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of sets for a varargs method
  void apply(int index, Conditions.Segment wanted, List<ClusterNode> nodes) {
    SimSegment segment = segments.get(index);
    segment.heal();
    segment.faults(wanted.faults());
    segment.echo(wanted.echo());
    segment.blackHole(wanted.largest());
    List<Set<SimHost>> groups = new ArrayList<>();
    for (int group : new LinkedHashSet<>(wanted.groups())) {
      Set<SimHost> hosts = new LinkedHashSet<>();
      for (ClusterNode node : nodes) {
        if (wanted.groups().get(node.number()) == group) {
          hosts.add(node.host());
        }
      }
      groups.add(hosts);
    }
    if (groups.size() > 1) {
      segment.partition(groups.toArray(new Set[0]));
    }
    for (ClusterNode node : nodes) {
      double loss = wanted.lossToNext().get(node.number());
      if (loss > 0) {
        SimHost next = nodes.get((node.number() + 1) % nodes.size()).host();
        segment.lossOneWay(node.host(), next, loss);
      }
    }
  }
}
