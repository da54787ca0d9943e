package org.pfha.configsync.doctor;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What is examined. Immutable.
 *
 * @param a the primary
 * @param b the secondary, if its configuration is there
 * @param now for certificates, or null if they are not to be looked at
 * @param expectedStates 0 if nobody knows
 * @param vrrp ids that VRRP uses, by internal interface name
 * @param live what runs, by node
 */
record Examination(
    HaNode a,
    @Nullable HaNode b,
    @Nullable Instant now,
    long expectedStates,
    Map<String, Set<Integer>> vrrp,
    Map<Side, LiveStatus> live) {

  List<HaNode> nodes() {
    return b == null ? List.of(a) : List.of(a, b);
  }

  /** The one that is not this one; null if it is not there. */
  @Nullable HaNode other(HaNode node) {
    return node.side() == Side.A ? b : a;
  }

  void both(BiConsumer<HaNode, HaNode> rule) {
    if (b != null) {
      rule.accept(a, b);
    }
  }

  @Override
  public Map<String, Set<Integer>> vrrp() {
    return Collections.unmodifiableMap(vrrp);
  }
}
