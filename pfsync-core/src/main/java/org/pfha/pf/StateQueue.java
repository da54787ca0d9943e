package org.pfha.pf;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;
import static org.pfha.pf.Row.NONE;

/**
 * A queue through the rows of a table, first in first out, without an object per state. A state is
 * in at most one queue of its table (spec pfsync 11.3), and leaves it before it leaves the table.
 * Confined to one thread, the table's.
 */
public final class StateQueue {

  private final Store store;
  private final int place;
  private int first = NONE;
  private int last = NONE;
  private int size;

  StateQueue(Store store, int place) {
    checkArgument(place >= 1 && place <= 127, "place %s is not between 1 and 127", place);
    this.store = store;
    this.place = place;
  }

  /**
   * How many states are in it.
   *
   * @return at least 0
   */
  public int size() {
    return size;
  }

  /**
   * The state that has been in it longest.
   *
   * @return a row or {@link StateTable#NO_ROW}
   */
  public int first() {
    return first;
  }

  /**
   * The state behind another.
   *
   * @param row in this queue
   * @return a row or {@link StateTable#NO_ROW}
   */
  public int next(int row) {
    return Row.i32(store.chunk(row), store.at(row) + Row.QUEUE_NEXT);
  }

  /**
   * Whether a state is in this queue.
   *
   * @param row a row
   * @return true if it is
   */
  public boolean holds(int row) {
    return store.place(row) == place;
  }

  /**
   * Puts a state at the end.
   *
   * @param row in no queue
   */
  public void add(int row) {
    checkState(store.place(row) == 0, "row %s is in another queue", row);
    byte[] chunk = store.chunk(row);
    int at = store.at(row);
    Row.put8(chunk, at + Row.PLACE, place);
    Row.put8(chunk, at + Row.UPDATES, 0);
    Row.put32(chunk, at + Row.QUEUE_NEXT, NONE);
    Row.put32(chunk, at + Row.QUEUE_PREVIOUS, last);
    if (last == NONE) {
      first = row;
    } else {
      Row.put32(store.chunk(last), store.at(last) + Row.QUEUE_NEXT, row);
    }
    last = row;
    size++;
  }

  /**
   * Takes a state out.
   *
   * @param row in this queue
   */
  public void remove(int row) {
    checkState(holds(row), "row %s is not in queue %s", row, place);
    byte[] chunk = store.chunk(row);
    int at = store.at(row);
    int previous = Row.i32(chunk, at + Row.QUEUE_PREVIOUS);
    int next = Row.i32(chunk, at + Row.QUEUE_NEXT);
    Row.put8(chunk, at + Row.PLACE, 0);
    if (previous == NONE) {
      first = next;
    } else {
      Row.put32(store.chunk(previous), store.at(previous) + Row.QUEUE_NEXT, next);
    }
    if (next == NONE) {
      last = previous;
    } else {
      Row.put32(store.chunk(next), store.at(next) + Row.QUEUE_PREVIOUS, previous);
    }
    size--;
  }

  /**
   * Counts another update of a queued state.
   *
   * @param row in this queue
   * @return how many there have been since it was queued, up to 255
   */
  public int countUpdate(int row) {
    byte[] chunk = store.chunk(row);
    int at = store.at(row) + Row.UPDATES;
    int updates = Math.min(Row.u8(chunk, at) + 1, 255);
    Row.put8(chunk, at, updates);
    return updates;
  }
}
