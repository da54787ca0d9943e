package org.pfha.carp;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.engine.CarpInput;
import org.pfha.carp.wire.CarpReject;
import org.pfha.net.IpPacket;
import org.pfha.net.Link;
import org.pfha.net.LinkAddress;

/** One link of a node, with the virtual routers on it. Guarded by the node's lock. */
final class Segment {

  private final CarpInput input = new CarpInput();
  private final @Nullable Member[] byVhid = new @Nullable Member[256];

  CarpInput input() {
    return input;
  }

  @Nullable Member member(int vhid) {
    return vhid >= 0 && vhid < byVhid.length ? byVhid[vhid] : null;
  }

  void add(Member member) {
    byVhid[member.vhid()] = member;
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

  CarpReject received(IpPacket packet) {
    CarpReject verdict = input.check(packet);
    if (verdict == CarpReject.NONE) {
      Member member = byVhid[input.advert().vhid()];
      if (member != null) {
        member.received(input.advert(), packet);
      }
    }
    return verdict;
  }

  void linkChanged(Link link, long now) {
    input.ownAddresses(link.addresses().stream().map(LinkAddress::address).toList());
    members().forEach(member -> member.linkChanged(link, now));
  }
}
