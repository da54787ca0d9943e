package org.pfha.configsync.doctor;

import static com.google.common.base.Preconditions.checkArgument;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.config.ConfigTree;

/**
 * Finds in the configurations of a pair, and in what the running nodes say, whatever will break
 * failover. Each {@code with…} method returns a changed copy. Immutable.
 *
 * <pre>{@code
 * List<Finding> findings =
 *     HaDoctor.of(ConfigTree.parse(a)).withSecondary(ConfigTree.parse(b)).at(Instant.now()).examine();
 * }</pre>
 *
 * <p>Findings never hold a password, a hash or a key.
 */
public final class HaDoctor {

  private final ConfigTree primary;
  private final @Nullable ConfigTree secondary;
  private final @Nullable Instant now;
  private final long expectedStates;
  private final Map<String, Set<Integer>> vrrp;
  private final Map<Side, LiveStatus> live;

  private HaDoctor(
      ConfigTree primary,
      @Nullable ConfigTree secondary,
      @Nullable Instant now,
      long expectedStates,
      Map<String, Set<Integer>> vrrp,
      Map<Side, LiveStatus> live) {
    this.primary = primary;
    this.secondary = secondary;
    this.now = now;
    this.expectedStates = expectedStates;
    this.vrrp = vrrp;
    this.live = live;
  }

  /**
   * For a primary, alone so far.
   *
   * @param primary its configuration, of pfSense or OPNsense
   * @return looks neither at certificates' ends nor at any load
   */
  public static HaDoctor of(ConfigTree primary) {
    return new HaDoctor(primary, null, null, 0, Map.of(), Map.of());
  }

  /**
   * With its secondary.
   *
   * @param tree its configuration, of the same product
   * @return a changed copy
   * @throws IllegalArgumentException if it is of another product
   */
  public HaDoctor withSecondary(ConfigTree tree) {
    checkArgument(
        tree.root().equals(primary.root()),
        "one node is %s, the other %s; give both configurations of one product",
        primary.root(),
        tree.root());
    return new HaDoctor(primary, tree, now, expectedStates, vrrp, live);
  }

  /**
   * Looks at certificates' ends, too.
   *
   * @param instant now
   * @return a changed copy
   */
  public HaDoctor at(Instant instant) {
    return new HaDoctor(primary, secondary, instant, expectedStates, vrrp, live);
  }

  /**
   * Compares state limits with a load.
   *
   * @param states expected at most
   * @return a changed copy
   */
  public HaDoctor expecting(long states) {
    checkArgument(states >= 0, "%s states are expected; give 0 or more", states);
    return new HaDoctor(primary, secondary, now, states, vrrp, live);
  }

  /**
   * Knows of a VRRP router, such as a provider's.
   *
   * @param nic internal name of the interface on whose segment it is, such as {@code wan}
   * @param id its VRID, 1–255
   * @return a changed copy
   */
  public HaDoctor withVrrp(String nic, int id) {
    checkArgument(id >= 1 && id <= 255, "VRID %s is not between 1 and 255", id);
    Map<String, Set<Integer>> more = new TreeMap<>();
    vrrp.forEach((name, ids) -> more.put(name, new TreeSet<>(ids)));
    more.computeIfAbsent(nic, any -> new TreeSet<>()).add(id);
    return new HaDoctor(
        primary, secondary, now, expectedStates, Collections.unmodifiableMap(more), live);
  }

  /**
   * Looks at what a running node says, too.
   *
   * @param side {@link Side#A} for the primary, {@link Side#B} for the secondary
   * @param status of that node
   * @return a changed copy
   */
  public HaDoctor withStatus(Side side, LiveStatus status) {
    checkArgument(side != Side.BOTH, "a status is of one node; give A or B");
    Map<Side, LiveStatus> more = new EnumMap<>(Side.class);
    more.putAll(live);
    more.put(side, status);
    return new HaDoctor(
        primary, secondary, now, expectedStates, vrrp, Collections.unmodifiableMap(more));
  }

  /**
   * Applies every rule.
   *
   * @return what is wrong, the worst first; what is wrong on both nodes alike is told once
   */
  public List<Finding> examine() {
    HaNode b = secondary == null ? null : new HaNode(Side.B, secondary);
    Examination examination =
        new Examination(new HaNode(Side.A, primary), b, now, expectedStates, vrrp, live);
    Findings findings = new Findings();
    new AddressRules(examination, findings).run();
    new NodeRules(examination, findings).run();
    new SyncRules(examination, findings).run();
    new ServiceRules(examination, findings).run();
    new LiveRules(examination, findings).run();
    return findings.list();
  }
}
