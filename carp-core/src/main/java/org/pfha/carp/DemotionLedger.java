package org.pfha.carp;

import static com.google.common.base.Preconditions.checkArgument;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.json.JsonObject;
import org.pfha.net.NanoClock;
import org.pfha.net.Subscription;

/**
 * Why this node is a worse MASTER than it is configured to be (spec carp 8.1).
 *
 * <p>The kernel keeps one signed number that everybody adds to. Here every penalty has an owner, a
 * reason, an amount and perhaps an end, and the number is their sum: nothing can be taken back
 * twice, and what an owner forgot can be found and cleared. The sum is added to the advskew of
 * every virtual router of the node; a penalty of a group is added to those of the group alone.
 *
 * <p>Thread-safe. Listeners are called without any lock of the ledger, one change after the other,
 * in the order of the changes; they may change the ledger.
 */
public final class DemotionLedger {

  private static final Logger LOG = System.getLogger(DemotionLedger.class.getName());

  private final NanoClock clock;
  private final List<Entry> entries = new ArrayList<>();
  private final List<Consumer<DemotionChange>> listeners = new CopyOnWriteArrayList<>();
  private final ArrayDeque<DemotionChange> untold = new ArrayDeque<>();
  private boolean telling;

  /** Without penalties, on the system's clock. */
  public DemotionLedger() {
    this(NanoClock.system());
  }

  /**
   * Without penalties.
   *
   * @param clock decides when penalties end
   */
  public DemotionLedger(NanoClock clock) {
    this.clock = clock;
  }

  /** One penalty. Immutable; compared by identity, since two equal penalties are two. */
  public static final class Entry {
    private final String owner;
    private final String reason;
    private final int amount;
    private final @Nullable String group;
    private final long sinceNanos;
    private final @Nullable Duration lifetime;

    private Entry(
        String owner,
        String reason,
        int amount,
        @Nullable String group,
        long sinceNanos,
        @Nullable Duration lifetime) {
      this.owner = owner;
      this.reason = reason;
      this.amount = amount;
      this.group = group;
      this.sinceNanos = sinceNanos;
      this.lifetime = lifetime;
    }

    /**
     * Who imposed it.
     *
     * @return such as {@code pfsync}
     */
    public String owner() {
      return owner;
    }

    /**
     * Why.
     *
     * @return such as {@code bulk update pending}
     */
    public String reason() {
      return reason;
    }

    /**
     * How much.
     *
     * @return in 1/256 s of advskew; may be negative
     */
    public int amount() {
      return amount;
    }

    /**
     * Which virtual routers it is for.
     *
     * @return the name of a group, or null for all
     */
    public @Nullable String group() {
      return group;
    }

    /**
     * When it was imposed.
     *
     * @return nanoseconds on the ledger's clock
     */
    public long sinceNanos() {
      return sinceNanos;
    }

    /**
     * When it ends by itself.
     *
     * @return nanoseconds on the ledger's clock, or empty if it must be taken back
     */
    public OptionalLong expiresAtNanos() {
      return lifetime == null
          ? OptionalLong.empty()
          : OptionalLong.of(sinceNanos + Loop.nanos(lifetime));
    }

    private boolean hasExpired(long now) {
      return lifetime != null && sinceNanos + Loop.nanos(lifetime) - now <= 0;
    }

    @Override
    public String toString() {
      return "%+d %s: %s%s%s"
          .formatted(
              amount,
              owner,
              reason,
              group == null ? "" : " (group " + group + ")",
              lifetime == null ? "" : " (for " + Loop.nanos(lifetime) / 1_000_000 + " ms)");
    }
  }

  /**
   * Imposes a penalty until it is taken back. Every MASTER of the node advertises it at once.
   *
   * @param owner who imposes it
   * @param reason why
   * @param amount in 1/256 s of advskew; 240 makes the node the last choice; may be negative
   * @return takes it back
   */
  public Demotion demote(String owner, String reason, int amount) {
    return impose(new Entry(owner, reason, amount, null, clock.nanoTime(), null));
  }

  /**
   * Imposes a penalty that ends by itself.
   *
   * @param owner who imposes it
   * @param reason why
   * @param amount in 1/256 s of advskew; may be negative
   * @param lifetime how long, more than nothing
   * @return takes it back earlier
   */
  public Demotion demote(String owner, String reason, int amount, Duration lifetime) {
    checkArgument(
        !lifetime.isNegative() && !lifetime.isZero(), "a lifetime of %s is none", lifetime);
    return impose(new Entry(owner, reason, amount, null, clock.nanoTime(), lifetime));
  }

  /**
   * Imposes a penalty on the virtual routers of one group, until it is taken back.
   *
   * @param group its name; see {@link VirtualRouter#group}
   * @param owner who imposes it
   * @param reason why
   * @param amount in 1/256 s of advskew; may be negative
   * @return takes it back
   */
  public Demotion demoteGroup(String group, String owner, String reason, int amount) {
    return impose(new Entry(owner, reason, amount, group, clock.nanoTime(), null));
  }

  private Demotion impose(Entry entry) {
    synchronized (this) {
      entries.add(entry);
      changed(DemotionChange.Kind.IMPOSED, entry);
    }
    tell();
    return () -> takeBack(entry);
  }

  private void takeBack(Entry entry) {
    synchronized (this) {
      expire();
      if (entries.remove(entry)) {
        changed(DemotionChange.Kind.TAKEN_BACK, entry);
      }
    }
    tell();
  }

  /**
   * A penalty that its owner turns on and off, and that can be on once at most.
   *
   * @param owner who imposes it
   * @param group the group it is for, or null for all virtual routers
   * @return off
   */
  Penalty penalty(String owner, @Nullable String group) {
    return new Penalty(this, owner, group);
  }

  /** Puts one entry, or none, in the place of another, or of none. */
  @Nullable Entry replace(
      @Nullable Entry before, String owner, @Nullable String group, int amount, String reason) {
    Entry after =
        amount == 0 ? null : new Entry(owner, reason, amount, group, clock.nanoTime(), null);
    synchronized (this) {
      expire();
      if (before != null && entries.remove(before)) {
        changed(DemotionChange.Kind.TAKEN_BACK, before);
      }
      if (after != null) {
        entries.add(after);
        changed(DemotionChange.Kind.IMPOSED, after);
      }
    }
    tell();
    return after;
  }

  /**
   * The sum of the penalties for all virtual routers.
   *
   * @return 0 when there are none
   */
  public int total() {
    return total(null);
  }

  /**
   * The sum of the penalties that a member of a group has: its group's and everybody's.
   *
   * @param group its name, or null for a virtual router without a group
   * @return 0 when there are none
   */
  public int total(@Nullable String group) {
    synchronized (this) {
      expire();
      return sum(group);
    }
  }

  private int sum(@Nullable String group) {
    long sum = 0;
    for (Entry entry : entries) {
      if (entry.group == null || entry.group.equals(group)) {
        sum += entry.amount;
      }
    }
    return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, sum));
  }

  /**
   * The penalties in force.
   *
   * @return a snapshot, oldest first
   */
  public List<Entry> entries() {
    synchronized (this) {
      expire();
      return List.copyOf(entries);
    }
  }

  /** Those in force for a member of a group, or for a virtual router without one. */
  List<Entry> entries(@Nullable String group) {
    return entries().stream()
        .filter(entry -> entry.group == null || entry.group.equals(group))
        .toList();
  }

  /**
   * Takes back every penalty of an owner.
   *
   * @param owner as given to {@link #demote}
   */
  public void clear(String owner) {
    synchronized (this) {
      expire();
      for (Iterator<Entry> i = entries.iterator(); i.hasNext(); ) {
        Entry entry = i.next();
        if (entry.owner.equals(owner)) {
          i.remove();
          changed(DemotionChange.Kind.CLEARED, entry);
        }
      }
    }
    tell();
  }

  /**
   * Tells a listener of every change from now on.
   *
   * @param executor calls the listener, such as {@code loop::execute}. With {@code Runnable::run}
   *     the listener runs on whatever thread made the change, which may hold a node's lock: it must
   *     then neither block nor wait for another thread
   * @param listener what it throws is logged
   * @return closes the listener
   */
  public Subscription onChange(Executor executor, Consumer<DemotionChange> listener) {
    Consumer<DemotionChange> entry = change -> executor.execute(() -> listener.accept(change));
    listeners.add(entry);
    return () -> listeners.remove(entry);
  }

  /**
   * When the next penalty ends by itself.
   *
   * @return nanoseconds on the ledger's clock, or empty if none does
   */
  OptionalLong nextExpiryNanos() {
    synchronized (this) {
      OptionalLong next = OptionalLong.empty();
      for (Entry entry : entries) {
        OptionalLong at = entry.expiresAtNanos();
        if (at.isPresent() && (next.isEmpty() || at.getAsLong() - next.getAsLong() < 0)) {
          next = at;
        }
      }
      return next;
    }
  }

  /** Ends the penalties whose time has come, and says so. */
  void tick() {
    synchronized (this) {
      expire();
    }
    tell();
  }

  private void expire() {
    long now = clock.nanoTime();
    for (Iterator<Entry> i = entries.iterator(); i.hasNext(); ) {
      Entry entry = i.next();
      if (entry.hasExpired(now)) {
        i.remove();
        changed(DemotionChange.Kind.EXPIRED, entry);
      }
    }
  }

  private void changed(DemotionChange.Kind kind, Entry entry) {
    untold.add(new DemotionChange(kind, entry, sum(null)));
  }

  /** One thread at a time tells; whoever comes meanwhile, itself included, leaves it its change. */
  private void tell() {
    for (DemotionChange change = beginTelling(); change != null; change = nextToTell()) {
      for (Consumer<DemotionChange> listener : listeners) {
        try {
          listener.accept(change);
        } catch (Throwable e) { // the others must hear of it, whatever this one does
          LOG.log(Level.ERROR, "a listener failed at " + change, e);
        }
      }
    }
  }

  private synchronized @Nullable DemotionChange beginTelling() {
    return telling ? null : nextToTell();
  }

  private synchronized @Nullable DemotionChange nextToTell() {
    DemotionChange next = untold.poll();
    telling = next != null;
    return next;
  }

  /**
   * The sum and the penalties, one a line.
   *
   * @return text for an operator
   */
  public String describe() {
    synchronized (this) {
      expire();
      StringBuilder text = new StringBuilder("demotion ").append(sum(null));
      entries.forEach(entry -> text.append("\n  ").append(entry));
      return text.toString();
    }
  }

  /**
   * The sum and the penalties: {@code {"total":240,"entries":[{"owner":…,"reason":…,"amount":…,
   * "group":…,"since_ns":…,"expires_ns":…}]}}; group and expiry are left out where there are none.
   *
   * @return JSON text
   */
  public String toJson() {
    synchronized (this) {
      expire();
      return new JsonObject()
          .field("total", sum(null))
          .list("entries", entries, DemotionLedger::json)
          .toString();
    }
  }

  static JsonObject json(Entry entry) {
    JsonObject json =
        new JsonObject()
            .field("owner", entry.owner)
            .field("reason", entry.reason)
            .field("amount", entry.amount);
    if (entry.group != null) {
      json.field("group", entry.group);
    }
    json.field("since_ns", entry.sinceNanos);
    entry.expiresAtNanos().ifPresent(at -> json.field("expires_ns", at));
    return json;
  }

  @Override
  public String toString() {
    synchronized (this) {
      return "DemotionLedger[%d = %s]".formatted(sum(null), entries);
    }
  }
}
