package org.pfha.pf;

import java.util.ArrayList;
import java.util.List;

/**
 * How two tables differ: the answer to "are my two firewalls really in sync?". Immutable.
 *
 * @param onlyHere in the first table only
 * @param onlyThere in the second table only
 * @param differing in both, but another connection or further along in one of them
 * @param onlyHereCount how many are in the first table only, named or not
 * @param onlyThereCount how many are in the second table only
 * @param differingCount how many are different
 */
public record StateDiff(
    List<StateId> onlyHere,
    List<StateId> onlyThere,
    List<StateId> differing,
    int onlyHereCount,
    int onlyThereCount,
    int differingCount) {

  /** Copies the lists. */
  public StateDiff {
    onlyHere = List.copyOf(onlyHere);
    onlyThere = List.copyOf(onlyThere);
    differing = List.copyOf(differing);
  }

  static StateDiff of(StateTable here, StateTable there, int most) {
    Found onlyHere = new Found(most);
    Found onlyThere = new Found(most);
    Found differing = new Found(most);
    if (!here.digest().equals(there.digest())) {
      StateRow counterpart = there.cursor();
      here.forEach(
          mine -> {
            if (!there.read(mine.id(), mine.creatorId(), counterpart)) {
              onlyHere.add(mine);
            } else if (!mine.isAsFarAs(counterpart)) {
              differing.add(mine);
            }
          });
      StateRow mine = here.cursor();
      there.forEach(
          theirs -> {
            if (!here.read(theirs.id(), theirs.creatorId(), mine)) {
              onlyThere.add(theirs);
            }
          });
    }
    return new StateDiff(
        onlyHere.named(),
        onlyThere.named(),
        differing.named(),
        onlyHere.count,
        onlyThere.count,
        differing.count);
  }

  /** The first few states, and how many there are. */
  private static final class Found {
    private final int most;
    private final List<StateId> ids = new ArrayList<>();
    int count;

    Found(int most) {
      this.most = most;
    }

    void add(StateRow row) {
      if (count++ < most) {
        ids.add(new StateId(row.id(), row.creatorId()));
      }
    }

    List<StateId> named() {
      return ids;
    }
  }

  /**
   * Whether there is no difference.
   *
   * @return true if both tables hold the same states at the same point
   */
  public boolean isEmpty() {
    return onlyHereCount == 0 && onlyThereCount == 0 && differingCount == 0;
  }
}
