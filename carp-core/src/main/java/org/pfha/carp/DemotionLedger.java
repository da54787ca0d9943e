package org.pfha.carp;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.pfha.net.Subscription;

/**
 * Why this node is a worse MASTER than it is configured to be (spec carp 8.1).
 *
 * <p>The kernel keeps one signed number that everybody adds to. Here every penalty has an owner and
 * a reason, and the number is their sum: nothing can be taken back twice, and what an owner forgot
 * can be found and cleared. The sum is added to the advskew of every virtual router of the node.
 * Thread-safe.
 */
public final class DemotionLedger {

  private final List<Entry> entries = new CopyOnWriteArrayList<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** Without penalties. */
  public DemotionLedger() {}

  /** One penalty. Immutable; compared by identity, since two equal penalties are two. */
  public static final class Entry {
    private final String owner;
    private final String reason;
    private final int amount;

    private Entry(String owner, String reason, int amount) {
      this.owner = owner;
      this.reason = reason;
      this.amount = amount;
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

    @Override
    public String toString() {
      return "%+d %s: %s".formatted(amount, owner, reason);
    }
  }

  /**
   * Imposes a penalty. Every MASTER of the node advertises it at once.
   *
   * @param owner who imposes it
   * @param reason why
   * @param amount in 1/256 s of advskew; 240 makes the node the last choice; may be negative
   * @return takes it back
   */
  public Demotion demote(String owner, String reason, int amount) {
    Entry entry = new Entry(owner, reason, amount);
    entries.add(entry);
    changed();
    return () -> {
      if (entries.remove(entry)) {
        changed();
      }
    };
  }

  /**
   * The sum of all penalties.
   *
   * @return 0 when there are none
   */
  public int total() {
    long sum = entries.stream().mapToLong(Entry::amount).sum();
    return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, sum));
  }

  /**
   * The penalties in force.
   *
   * @return a snapshot, oldest first
   */
  public List<Entry> entries() {
    return List.copyOf(entries);
  }

  /**
   * Takes back every penalty of an owner.
   *
   * @param owner as given to {@link #demote}
   */
  public void clear(String owner) {
    if (entries.removeIf(entry -> entry.owner.equals(owner))) {
      changed();
    }
  }

  /**
   * Calls a listener after each change, on the thread that made it.
   *
   * @param listener must not block
   * @return closes the listener
   */
  Subscription onChange(Runnable listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  private void changed() {
    listeners.forEach(Runnable::run);
  }

  @Override
  public String toString() {
    return "DemotionLedger[%d = %s]".formatted(total(), entries);
  }
}
