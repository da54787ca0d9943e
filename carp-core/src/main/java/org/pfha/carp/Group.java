package org.pfha.carp;

import java.util.ArrayList;
import java.util.List;
import org.pfha.carp.engine.Role;

/**
 * Virtual routers of a node that fail over together: it wants to be MASTER of all or of none.
 *
 * <p>Peers see nothing but advskew. As soon as a member cannot be MASTER here, or is not because of
 * a better node while others are, the whole group is demoted, so that a peer who preempts takes the
 * rest; once none is MASTER the penalty is gone. Members do not preempt one by one but together,
 * when each of them would.
 *
 * <p>Two nodes that each hold a part of a group would demote themselves alike for ever; the one
 * that holds the first member does so by half.
 *
 * <p>Guarded by the node's lock.
 */
final class Group {

  static final int DEMOTION = 240;
  static final int LEADERS_DEMOTION = 120;

  private final String name;
  private final Penalty penalty;
  private final List<Member> members = new ArrayList<>();
  private boolean changed;
  private boolean torn;
  private long tornSinceNanos;

  Group(String name, DemotionLedger ledger) {
    this.name = name;
    this.penalty = ledger.penalty("group " + name, name);
  }

  String name() {
    return name;
  }

  List<Member> members() {
    return List.copyOf(members);
  }

  boolean isEmpty() {
    return members.isEmpty();
  }

  void add(Member member) {
    members.add(member);
    changed = true;
  }

  void remove(Member member) {
    members.remove(member);
    changed = true;
  }

  /** Something has happened to a member. */
  void memberChanged() {
    changed = true;
  }

  /** Draws the conclusions from what has happened to the members. */
  void settle(long now) {
    if (!changed) {
      return;
    }
    changed = false;
    boolean master = false;
    boolean unable = false;
    boolean lost = false;
    boolean slowerMasters = true;
    boolean waiting = false;
    for (int i = 0; i < members.size(); i++) {
      Member member = members.get(i);
      switch (member.role()) {
        case MASTER -> master = true;
        case BACKUP -> {
          lost |= member.hasYielded() || (member.hearsBetter() && tornForLong(member, now));
          slowerMasters &= member.hearsSlower(now);
          waiting = true;
        }
        case INIT -> unable = true;
      }
    }
    tear(master && waiting, now);
    if (!master) {
      members.forEach(Member::forgetYield);
    }
    demote(unable, lost && master);
    if (waiting && slowerMasters && !unable) {
      members.forEach(member -> member.preempt(now));
    }
  }

  private void tear(boolean isTorn, long now) {
    if (isTorn && !torn) {
      tornSinceNanos = now;
    }
    torn = isTorn;
  }

  /** For so long that a member whose master has died would have noticed. */
  private boolean tornForLong(Member member, long now) {
    return torn && now - tornSinceNanos > member.masterDownNanos();
  }

  private void demote(boolean unable, boolean lost) {
    if (unable) {
      penalty.set(DEMOTION, "a member cannot be MASTER here");
    } else if (lost) {
      boolean leader = members.get(0).role() == Role.MASTER;
      penalty.set(leader ? LEADERS_DEMOTION : DEMOTION, "a member has a better master elsewhere");
    } else {
      penalty.set(0, "");
    }
  }

  List<String> describe() {
    return members.stream().map(member -> member + " is " + member.role()).toList();
  }

  void end() {
    penalty.end();
  }
}
