package org.pfha.carp;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.engine.CarpInput;
import org.pfha.carp.engine.ReceiveCounters;
import org.pfha.carp.wire.CarpReject;
import org.pfha.net.IpPacket;
import org.pfha.net.Link;
import org.pfha.net.LinkAddress;
import org.pfha.net.NeighbourView;

/** One link of a node, with the virtual routers on it. Guarded by the node's lock. */
final class Segment {

  private static final Logger LOG = System.getLogger(CarpNode.class.getName());

  private final CarpInput input = new CarpInput();
  private final @Nullable Member[] byVhid = new @Nullable Member[256];
  private final Tally others = new Tally(); // what no present member counts

  CarpInput input() {
    return input;
  }

  @Nullable Member member(int vhid) {
    return vhid >= 0 && vhid < byVhid.length ? byVhid[vhid] : null;
  }

  List<Member> members() {
    List<Member> members = new ArrayList<>();
    for (Member member : byVhid) {
      if (member != null) {
        members.add(member);
      }
    }
    return members;
  }

  void add(Member member) {
    byVhid[member.vhid()] = member;
  }

  void remove(Member member) {
    byVhid[member.vhid()] = null;
    input.remove(member.vhid());
    others.add(member.tally());
  }

  void received(IpPacket packet) {
    CarpReject verdict = input.check(packet);
    Member member = packet.payloadLength() < 2 ? null : byVhid[input.advert().vhid()];
    if (verdict != CarpReject.NONE) {
      RejectedAdvert reject = RejectedAdvert.of(verdict, packet, input.advert());
      if (LOG.isLoggable(Level.DEBUG)) {
        LOG.log(Level.DEBUG, reject.toString());
      }
      if (member == null) {
        others.rejected(reject);
      } else {
        member.rejected(reject, input.advert(), packet);
      }
    } else if (member != null && input.isVrrp()) {
      member.received(input.vrrp(), packet);
    } else if (member != null) {
      member.received(input.advert(), packet);
    }
  }

  void claimed(NeighbourView claim) {
    for (Member member : byVhid) {
      if (member != null) {
        member.claimed(claim);
      }
    }
  }

  void ownAddresses(Link link) {
    input.ownAddresses(link.addresses().stream().map(LinkAddress::address).toList());
  }

  void linkChanged(Link link, long now) {
    ownAddresses(link);
    members().forEach(member -> member.linkChanged(link, now));
  }

  Tally tally() {
    Tally sum = new Tally();
    sum.add(others);
    members().forEach(member -> sum.add(member.tally()));
    return sum;
  }

  CarpCounters counters() {
    return tally().snapshot(List.of(input.counters()));
  }

  CarpCounters counters(Member member) {
    ReceiveCounters received = input.counters(member.vhid());
    return member.tally().snapshot(received == null ? List.of() : List.of(received));
  }

  void resetCounters() {
    others.reset();
    input.counters().reset();
    for (Member member : members()) {
      member.tally().reset();
      ReceiveCounters received = input.counters(member.vhid());
      if (received != null) {
        received.reset();
      }
    }
  }
}
