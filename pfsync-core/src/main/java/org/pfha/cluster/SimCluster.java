package org.pfha.cluster;

import com.google.common.base.Preconditions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.pfha.net.LinkAddress;
import org.pfha.net.sim.SimFaults;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimNetwork;
import org.pfha.net.sim.SimSegment;
import org.pfha.pf.StateId;

/**
 * A cluster of whole firewalls in virtual time, with the {@link Invariant}s that are checked after
 * every event. One seed decides everything that is random.
 *
 * <pre>
 *      wan ────┬───────────────┬────   one CARP segment per virtual address
 *          ┌───┴───┐       ┌───┴───┐
 *          │ fw-a  ├─sync0─┤ fw-b  │
 *          └───┬───┘       └───┬───┘
 *      lan ────┴───────────────┴────
 * </pre>
 *
 * Confined to one thread.
 */
public final class SimCluster {

  static final int STATE_LIMIT = 100_000;

  /**
   * A virtual address of the cluster. Immutable.
   *
   * @param segment the network it is on
   * @param link name of every firewall's interface there
   * @param vhid 1–255
   * @param address with prefix length, such as {@code 192.0.2.1/24}
   */
  public record Vip(String segment, String link, int vhid, String address) {}

  private final SimNetwork network;
  private final int advbase;
  private final List<Vip> vips;
  private final List<Invariant> invariants;
  private final Consumer<String> timeline;
  private final List<SimSegment> segments = new ArrayList<>();
  private final List<SimFirewall> firewalls = new ArrayList<>();
  private final Set<SimFirewall> cutOff = new LinkedHashSet<>();
  private final Set<SimFirewall> paused = new LinkedHashSet<>();
  private final Set<StateId> removed = new HashSet<>();
  private final List<Violation> violations = new ArrayList<>();
  private int epoch;

  private SimCluster(Builder builder) {
    network = new SimNetwork(builder.seed);
    advbase = builder.advbase;
    vips = List.copyOf(builder.vips);
    invariants = List.copyOf(builder.invariants);
    timeline = builder.timeline;
    SplittableRandom random = new SplittableRandom(builder.seed);
    SimSegment sync = segment("sync");
    for (int i = 0; i < builder.firewalls.size(); i++) {
      Builder.Firewall planned = builder.firewalls.get(i);
      SimHost host = network.host(planned.name);
      for (Vip vip : vips) {
        host.attach(segment(vip.segment()), vip.link(), ownAddress(vip, i));
      }
      host.attach(sync, SimFirewall.SYNC_LINK, syncAddress(i) + "/24");
      SplittableRandom own = random.split();
      firewalls.add(
          new SimFirewall(this, host, i + 1, planned.advskew, planned.password, own::nextLong));
    }
  }

  /**
   * Plans a cluster.
   *
   * @param seed decides everything that is random
   * @return a builder
   */
  public static Builder builder(long seed) {
    return new Builder(seed);
  }

  /**
   * The network, for faults beyond those here.
   *
   * @return the network all firewalls are on
   */
  public SimNetwork network() {
    return network;
  }

  /**
   * All firewalls, running or not.
   *
   * @return in the order of the builder
   */
  public List<SimFirewall> firewalls() {
    return List.copyOf(firewalls);
  }

  /**
   * One firewall.
   *
   * @param name as given to the builder
   * @return that firewall
   */
  public SimFirewall firewall(String name) {
    return firewalls.stream().filter(fw -> fw.name().equals(name)).findFirst().orElseThrow();
  }

  /**
   * The virtual addresses.
   *
   * @return in the order of the builder
   */
  public List<Vip> vips() {
    return vips;
  }

  /**
   * The advertisement base of all virtual routers.
   *
   * @return seconds, 1–255
   */
  public int advbase() {
    return advbase;
  }

  /** Starts every firewall that does not run. */
  public void start() {
    firewalls.stream().filter(fw -> !fw.isRunning()).forEach(SimFirewall::start);
    changed();
  }

  /**
   * Lets virtual time pass, checking every invariant after every event.
   *
   * @param time how long
   * @return this
   */
  public SimCluster run(Duration time) {
    runUntil(() -> false, time);
    return this;
  }

  /**
   * Lets virtual time pass until something is so, checking every invariant after every event.
   *
   * @param condition to wait for
   * @param limit how long at most
   * @return whether it came to be within the limit
   */
  public boolean runUntil(BooleanSupplier condition, Duration limit) {
    return network.runUntil(
        () -> {
          check();
          return condition.getAsBoolean();
        },
        limit);
  }

  /**
   * Cuts every cable of a firewall at the switches: it goes on running alone, with its links up.
   *
   * @param firewall to be cut off
   */
  public void cutOff(SimFirewall firewall) {
    cutOff.add(firewall);
    partition();
  }

  /**
   * Undoes {@link #cutOff}.
   *
   * @param firewall that is back
   */
  public void reconnect(SimFirewall firewall) {
    cutOff.remove(firewall);
    partition();
  }

  /**
   * Stops a firewall's virtual machine without its noticing.
   *
   * @param firewall to be paused
   */
  public void pause(SimFirewall firewall) {
    paused.add(firewall);
    firewall.host().pause();
    changed();
  }

  /**
   * Lets a paused firewall go on.
   *
   * @param firewall that was paused
   */
  public void resume(SimFirewall firewall) {
    paused.remove(firewall);
    firewall.host().resume();
    changed();
  }

  /**
   * Power loss: nothing is sent, the states are gone.
   *
   * @param firewall that loses power; must be running
   */
  public void crash(SimFirewall firewall) {
    paused.remove(firewall);
    firewall.crash();
    changed();
  }

  /**
   * Switches a firewall on again, with an empty state table.
   *
   * @param firewall that was crashed or stopped
   */
  public void restart(SimFirewall firewall) {
    firewall.start();
    changed();
  }

  /**
   * Sets the faults of every segment.
   *
   * @param faults loss, duplication, reordering, delay
   */
  public void faults(SimFaults faults) {
    segments.forEach(segment -> segment.faults(faults));
    changed();
  }

  /**
   * Says that a connection has ended on purpose, so that its absence is no loss.
   *
   * @param state that was removed
   */
  public void removed(StateId state) {
    removed.add(state);
  }

  /**
   * What has been violated so far.
   *
   * @return at most one per invariant and topology
   */
  public List<Violation> violations() {
    return List.copyOf(violations);
  }

  /**
   * The running firewalls in groups that hear each other; paused ones hear nobody and are in none.
   *
   * @return disjoint sets, none empty
   */
  public List<Set<SimFirewall>> partitions() {
    List<Set<SimFirewall>> groups = new ArrayList<>();
    Set<SimFirewall> together = new LinkedHashSet<>();
    for (SimFirewall firewall : firewalls) {
      if (!firewall.isRunning() || paused.contains(firewall)) {
        continue;
      }
      if (cutOff.contains(firewall)) {
        groups.add(Set.of(firewall));
      } else {
        together.add(firewall);
      }
    }
    if (!together.isEmpty()) {
      groups.add(together);
    }
    return groups;
  }

  /**
   * The time in which a second master must yield: five of the slowest advertisement intervals, so
   * that even four lost ones in a row are forgiven.
   *
   * @return a duration of virtual time
   */
  public Duration yieldTime() {
    return Duration.ofNanos(5 * (advbase * 1_000_000_000L + 240L * 1_000_000_000 / 256));
  }

  /**
   * The time in which someone must be master: the slowest firewall's master-down time, and once
   * more for two masters of equal (demoted) skew who both yield.
   *
   * @return a duration of virtual time
   */
  public Duration takeoverTime() {
    int slowest = firewalls.stream().mapToInt(SimFirewall::advskew).max().orElse(0);
    return Duration.ofNanos(2 * (3L * advbase * 1_000_000_000 + slowest * 1_000_000_000L / 256));
  }

  boolean wasRemoved(StateId state) {
    return removed.contains(state);
  }

  /** Counts topology changes: after one, timers start anew. */
  int epoch() {
    return epoch;
  }

  String linkOf(int vhid) {
    return vips.stream().filter(vip -> vip.vhid() == vhid).findFirst().orElseThrow().link();
  }

  List<String> syncAddressesBut(SimFirewall self) {
    List<String> addresses = new ArrayList<>();
    for (int i = 0; i < firewalls.size(); i++) {
      if (firewalls.get(i) != self) {
        addresses.add(syncAddress(i));
      }
    }
    return addresses;
  }

  void timeline(SimFirewall firewall, String text) {
    timeline.accept("%10.6f  %-6s %s".formatted(network.now() / 1e9, firewall.name(), text));
  }

  private void check() {
    for (Invariant invariant : invariants) {
      Optional<String> evidence = invariant.check(this);
      String key = invariant.name();
      boolean known = violations.stream().anyMatch(violation -> violation.invariant().equals(key));
      if (evidence.isPresent() && !known) {
        violations.add(new Violation(network.now(), key, invariant.reason(), evidence.get()));
        timeline.accept("VIOLATION " + violations.get(violations.size() - 1));
      }
    }
  }

  private void changed() {
    epoch++;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of sets for a varargs method
  private void partition() {
    List<Set<SimHost>> groups = new ArrayList<>();
    Set<SimHost> together = new LinkedHashSet<>();
    for (SimFirewall firewall : firewalls) {
      if (cutOff.contains(firewall)) {
        groups.add(Set.of(firewall.host()));
      } else {
        together.add(firewall.host());
      }
    }
    if (!together.isEmpty()) {
      groups.add(together);
    }
    segments.forEach(segment -> segment.partition(groups.toArray(new Set[0])));
    changed();
  }

  private SimSegment segment(String name) {
    SimSegment segment = network.segment(name);
    if (!segments.contains(segment)) {
      segments.add(segment);
    }
    return segment;
  }

  /** Firewall i has the host number i + 2 in the virtual address's network. */
  private static String ownAddress(Vip vip, int i) {
    LinkAddress address = LinkAddress.parse(vip.address());
    String text = address.address().getHostAddress();
    return text.substring(0, text.lastIndexOf('.') + 1) + (201 + i) + "/" + address.prefixLength();
  }

  private static String syncAddress(int i) {
    return "172.16.1." + (i + 2);
  }

  /** Plans a {@link SimCluster}. Confined to one thread. */
  public static final class Builder {

    private record Firewall(String name, int advskew, String password) {
      @Override
      public String toString() {
        return name;
      }
    }

    private final long seed;
    private final List<Firewall> firewalls = new ArrayList<>();
    private final List<Vip> vips = new ArrayList<>();
    private List<Invariant> invariants = Invariants.all();
    private Consumer<String> timeline = line -> {};
    private int advbase = 1;

    private Builder(long seed) {
      this.seed = seed;
    }

    /**
     * Adds a firewall.
     *
     * @param name in the timeline
     * @param advskew 0–254; the lowest is the primary
     * @param password of all its virtual routers
     * @return this
     */
    public Builder firewall(String name, int advskew, String password) {
      firewalls.add(new Firewall(name, advskew, password));
      return this;
    }

    /**
     * Adds a virtual IPv4 address; each firewall gets an address of its own in its network.
     *
     * @param segment name of the network
     * @param link name of the firewalls' interface there
     * @param vhid 1–255
     * @param address with prefix length
     * @return this
     */
    public Builder virtualAddress(String segment, String link, int vhid, String address) {
      vips.add(new Vip(segment, link, vhid, address));
      return this;
    }

    /**
     * Sets the advertisement base.
     *
     * @param seconds 1–255, 1 by default
     * @return this
     */
    public Builder advbase(int seconds) {
      advbase = seconds;
      return this;
    }

    /**
     * Replaces the invariants, {@link Invariants#all} by default.
     *
     * @param checked after every event
     * @return this
     */
    public Builder invariants(List<Invariant> checked) {
      invariants = checked;
      return this;
    }

    /**
     * Reports what happens, as it happens.
     *
     * @param sink gets one line per event, with the virtual time
     * @return this
     */
    public Builder timeline(Consumer<String> sink) {
      timeline = sink;
      return this;
    }

    /**
     * Builds the cluster; nothing runs yet.
     *
     * @return the cluster
     */
    public SimCluster build() {
      Preconditions.checkState(firewalls.size() >= 2, "a cluster needs two firewalls or more");
      Preconditions.checkState(!vips.isEmpty(), "a cluster needs a virtual address");
      return new SimCluster(this);
    }
  }
}
