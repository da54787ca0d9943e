package org.pfha.net.sim;

import java.net.InetAddress;
import java.util.List;
import org.pfha.net.Link;
import org.pfha.net.LinkAddress;

/** Where a host is plugged into a segment. Guarded by the network's lock. */
final class SimPort {

  final SimHost host;
  final SimSegment segment;
  private Link link;
  private boolean refusesSends;

  SimPort(SimHost host, SimSegment segment, Link link) {
    this.host = host;
    this.segment = segment;
    this.link = link;
  }

  Link link() {
    return link;
  }

  boolean isUp() {
    return link.up();
  }

  boolean holds(InetAddress address) {
    for (LinkAddress mine : link.addresses()) {
      if (mine.address().equals(address)) {
        return true;
      }
    }
    return false;
  }

  boolean refusesSends() {
    return refusesSends;
  }

  void refuseSends(boolean refuse) {
    refusesSends = refuse;
  }

  void setUp(boolean up) {
    link = new Link(link.name(), up, link.mtu(), link.mac(), link.addresses());
  }

  void setMtu(int mtu) {
    link = new Link(link.name(), link.up(), mtu, link.mac(), link.addresses());
  }

  void setAddresses(List<LinkAddress> addresses) {
    link = new Link(link.name(), link.up(), link.mtu(), link.mac(), addresses);
  }
}
