package org.pfha.carp;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.engine.Deadlines;
import org.pfha.carp.engine.ReceiveCounters;
import org.pfha.net.IpPacket;
import org.pfha.net.Link;
import org.pfha.net.NeighbourView;

/** The virtual routers of a node, by link, by group and by deadline. Guarded by its lock. */
final class Members {

  /** The ledger's deadline; those of members follow. */
  private static final int LEDGER_SLOT = 0;

  private final Member.Surroundings node;
  private final Map<String, Segment> segments = new HashMap<>();
  private final List<Group> groups = new ArrayList<>();
  private final List<@Nullable Member> bySlot = new ArrayList<>();
  private final Deadlines deadlines = new Deadlines();
  private boolean enabled = true;

  Members(Member.Surroundings node) {
    this.node = node;
    bySlot.add(null);
  }

  /**
   * Adds one, which begins as its link allows.
   *
   * @throws IllegalArgumentException listing everything that is wrong with it
   */
  void add(VirtualRouter router, long now) throws IOException {
    List<String> problems = router.problems();
    node.diagnostics().problemWith(router).ifPresent(problems::add);
    Link state = node.transport().link(router.link()).orElse(null);
    if (state == null) {
      problems.add(router + " is on an interface that does not exist");
    }
    Segment segment = segments.get(router.link());
    if (segment != null && segment.member(router.vhid()) != null) {
      problems.add(router + " is there already; change it with reconfigure(...)");
    }
    if (state == null || !problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    start(router, state, now);
  }

  private void start(VirtualRouter router, Link state, long now) throws IOException {
    Segment segment = segments.computeIfAbsent(router.link(), link -> new Segment());
    Member member = new Member(node, router, segment.input(), group(router), freeSlot());
    segment.add(member);
    bySlot.set(member.slot(), member);
    try {
      member.open();
    } catch (IOException | RuntimeException e) {
      remove(member, now);
      throw e;
    }
    // A silence counts from when somebody listens; until here much time may have passed.
    long listening = node.transport().loop().clock().nanoTime();
    if (!enabled) {
      member.enabled(false, listening);
    }
    member.demotion(node.ledger().total(member.groupName()), listening);
    segment.ownAddresses(state);
    member.linkChanged(state, listening);
  }

  /**
   * Changes one's configuration, if need be by a restart.
   *
   * @throws IllegalArgumentException listing everything that is wrong with what it is to be
   */
  void reconfigure(Member member, UnaryOperator<VirtualRouter> change, long now)
      throws IOException {
    VirtualRouter changed = change.apply(member.router());
    List<String> problems = changed.problems();
    node.diagnostics().problemWith(changed).ifPresent(problems::add);
    boolean restarts = !member.router().isSameElection(changed);
    if (!changed.toString().equals(member.router().toString())) {
      problems.add(member.router() + " cannot become " + changed);
    }
    if (restarts && member.isChangingPassword()) {
      problems.add(changed + " cannot restart while its password is being changed; wait for it");
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    if (restarts) {
      boolean on = member.isEnabled();
      remove(member, now);
      add(changed, now);
      get(changed.link(), changed.vhid()).enabled(on, now);
    } else {
      member.reconfigure(changed, now);
    }
  }

  private @Nullable Group group(VirtualRouter router) {
    String name = router.group();
    if (name == null) {
      return null;
    }
    for (Group group : groups) {
      if (group.name().equals(name)) {
        return group;
      }
    }
    Group group = new Group(name, node.ledger());
    groups.add(group);
    return group;
  }

  private int freeSlot() {
    for (int slot = LEDGER_SLOT + 1; slot < bySlot.size(); slot++) {
      if (bySlot.get(slot) == null) {
        return slot;
      }
    }
    bySlot.add(null);
    return bySlot.size() - 1;
  }

  /** Says goodbye for it, and forgets it. */
  void remove(Member member, long now) {
    Group group = member.group();
    if (group != null) {
      group.remove(member);
      if (group.isEmpty()) {
        group.end();
        groups.remove(group);
      }
    }
    member.stop(now);
    deadlines.clear(member.slot());
    bySlot.set(member.slot(), null);
    Segment segment = segments.get(member.link());
    if (segment != null) {
      segment.remove(member);
    }
  }

  Member get(String link, int vhid) {
    Segment segment = segments.get(link);
    Member member = segment == null ? null : segment.member(vhid);
    if (member == null) {
      throw new IllegalArgumentException(
          "no virtual router %d@%s on this node; there are %s".formatted(vhid, link, all()));
    }
    return member;
  }

  List<Member> all() {
    List<Member> all = new ArrayList<>();
    for (Member member : bySlot) {
      if (member != null) {
        all.add(member);
      }
    }
    return all;
  }

  /** Those that change their role together with one. */
  List<Member> together(Member member) {
    Group group = member.group();
    return group == null ? List.of(member) : group.members();
  }

  /** Judges a packet, if it came over a link of this node. */
  void received(IpPacket packet) {
    Segment segment = segments.get(packet.link());
    if (segment != null) {
      segment.received(packet);
    }
  }

  /** Somebody else on a link claims an address. */
  void claimed(NeighbourView claim) {
    Segment segment = segments.get(claim.link());
    if (segment != null) {
      segment.claimed(claim);
    }
  }

  void linkChanged(Link link, long now) {
    Segment segment = segments.get(link.name());
    if (segment != null) {
      segment.linkChanged(link, now);
    }
  }

  void enabled(boolean on, long now) {
    enabled = on;
    all().forEach(member -> member.enabled(on, now));
  }

  void demotionChanged(long now) {
    for (Member member : all()) {
      member.demotion(node.ledger().total(member.groupName()), now);
    }
    OptionalLong end = node.ledger().nextExpiryNanos();
    deadline(LEDGER_SLOT, end.isPresent(), end.orElse(0));
  }

  void deadline(int slot, boolean waiting, long atNanos) {
    if (waiting) {
      deadlines.set(slot, atNanos);
    } else {
      deadlines.clear(slot);
    }
  }

  boolean isWaiting() {
    return !deadlines.isEmpty();
  }

  long nextNanos() {
    return deadlines.nextNanos();
  }

  /** Runs what is due, each member once at most; one that is due again is the next timer's. */
  void tick(long now, long lateNanos) {
    for (int left = bySlot.size(); left > 0 && deadlines.isDue(now); left--) {
      int slot = deadlines.nextSlot();
      deadlines.clear(slot);
      Member member = bySlot.get(slot);
      if (member != null) {
        member.due(now, lateNanos);
      } else {
        node.ledger().tick(); // comes back as a change of the ledger
      }
    }
  }

  /** After each event: groups draw their conclusions. */
  void settle(long now) {
    for (int i = 0; i < groups.size(); i++) {
      groups.get(i).settle(now);
    }
  }

  /** Says goodbye for all of them. */
  void stop(long now) {
    groups.forEach(Group::end);
    all().forEach(member -> member.stop(now));
  }

  CarpStatistics statistics() {
    Tally total = new Tally();
    List<ReceiveCounters> received = new ArrayList<>();
    Map<String, CarpCounters> byLink = new HashMap<>();
    Map<String, CarpCounters> byRouter = new HashMap<>();
    segments.forEach(
        (link, segment) -> {
          total.add(segment.tally());
          received.add(segment.input().counters());
          byLink.put(link, segment.counters());
          segment.members().forEach(m -> byRouter.put(m.toString(), segment.counters(m)));
        });
    return new CarpStatistics(total.snapshot(received), byLink, byRouter);
  }

  void resetStatistics() {
    segments.values().forEach(Segment::resetCounters);
  }
}
