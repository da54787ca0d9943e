package org.pfha.pf;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.pfha.pf.StateTable.Insertion;

/** Describes a {@link StateTable}. Confined to one thread. */
public final class StateTableBuilder {

  private static final long SEED = 0x2545_f491_4f6c_dd1dL;

  final int limit;
  Timeouts timeouts = Timeouts.DEFAULT;
  long seed = SEED;
  boolean seeded;
  Consumer<Insertion> onOverflow = why -> {};
  int expected;
  private int eachCreator = Integer.MAX_VALUE;
  private final Map<Integer, Integer> creatorLimits = new TreeMap<>();

  StateTableBuilder(int limit) {
    this.limit = limit;
  }

  private StateTableBuilder(StateTableBuilder other) {
    limit = other.limit;
    timeouts = other.timeouts;
    seed = other.seed;
    seeded = other.seeded;
    onOverflow = other.onOverflow;
    expected = other.expected;
    eachCreator = other.eachCreator;
    creatorLimits.putAll(other.creatorLimits);
  }

  /**
   * Sets how long states live.
   *
   * @param newTimeouts with or without adaptive scaling
   * @return this
   */
  public StateTableBuilder timeouts(Timeouts newTimeouts) {
    timeouts = newTimeouts;
    return this;
  }

  /**
   * Limits how many states each creator may have, so that one node cannot fill the table.
   *
   * @param most at least 1
   * @return this
   */
  public StateTableBuilder creatorLimit(int most) {
    eachCreator = most;
    return this;
  }

  /**
   * Limits how many states one creator may have, whatever holds for each.
   *
   * @param creatorId host id of the creator
   * @param most at least 1
   * @return this
   */
  public StateTableBuilder creatorLimit(int creatorId, int most) {
    creatorLimits.put(creatorId, most);
    return this;
  }

  /**
   * Sets what makes the places of states in the index unpredictable. Whoever can open connections
   * through a firewall chooses addresses and ports; with a known seed he can choose them so that
   * all fall into one place. A node gives its table a seed when it starts, unless one is set here.
   *
   * @param random a random number
   * @return this
   */
  public StateTableBuilder hashSeed(long random) {
    seed = random;
    seeded = true;
    return this;
  }

  /**
   * Sets who hears of a full table: "state table overflow". Called on the writer's thread at the
   * first insert that a limit refuses, once for each of the two kinds, and again only after a state
   * has gone.
   *
   * @param listener gets {@link Insertion#LIMIT} or {@link Insertion#CREATOR_LIMIT}
   * @return this
   */
  public StateTableBuilder onOverflow(Consumer<Insertion> listener) {
    onOverflow = listener;
    return this;
  }

  /**
   * Makes room in the index from the start. Without, the index grows by half whenever it is full,
   * which holds the writer up: 17 ms at 860,000 states, in proportion to their number.
   *
   * @param states 0 to the limit; 54 bytes each, whether they come or not
   * @return this
   */
  public StateTableBuilder expecting(int states) {
    expected = states;
    return this;
  }

  /**
   * Makes the table.
   *
   * @return an empty table
   * @throws IllegalArgumentException naming all that is out of range
   */
  public StateTable build() {
    List<String> problems = new ArrayList<>();
    if (limit < 1) {
      problems.add("state limit %d is not positive".formatted(limit));
    }
    if (eachCreator < 1) {
      problems.add("limit %d of each creator is not positive".formatted(eachCreator));
    }
    if (expected < 0 || expected > Math.max(limit, 0)) {
      problems.add(
          "%d expected states are not between 0 and the limit of %d".formatted(expected, limit));
    }
    creatorLimits.forEach(
        (creator, most) -> {
          if (most < 1) {
            problems.add("limit %d of creator %08x is not positive".formatted(most, creator));
          }
        });
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    return new StateTable(new Store(new StateTableBuilder(this)));
  }

  int limitOf(int creatorId) {
    return creatorLimits.isEmpty()
        ? eachCreator
        : creatorLimits.getOrDefault(creatorId, eachCreator);
  }
}
