package org.pfha.carp;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Instants that are waited for, the earliest first: a binary heap whose entries know their place,
 * so that moving one costs a few comparisons and no allocation. Confined to one thread at a time.
 */
final class Deadlines {

  /** What happens at an instant. */
  @FunctionalInterface
  interface Task {
    /**
     * The instant has come.
     *
     * @param now nanoseconds
     * @param lateNanos how long ago the loop should have noticed that something was due
     */
    void due(long now, long lateNanos);
  }

  /** Somebody who waits for one instant at most. */
  static final class Slot {
    private static final int IDLE = -1;

    private final Task task;
    private int index = IDLE;
    private long atNanos;

    private Slot(Task task) {
      this.task = task;
    }
  }

  private @Nullable Slot[] heap = new @Nullable Slot[16];
  private int size;

  Slot slot(Task task) {
    return new Slot(task);
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The earliest instant; not to be asked while there is none. */
  long firstNanos() {
    return at(0).atNanos;
  }

  void set(Slot slot, long atNanos) {
    if (slot.index == Slot.IDLE) {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, 2 * size);
      }
      slot.atNanos = atNanos;
      up(slot, size++);
    } else if (slot.atNanos != atNanos) {
      slot.atNanos = atNanos;
      up(slot, slot.index);
      down(slot, slot.index);
    }
  }

  void clear(Slot slot) {
    int index = slot.index;
    if (index != Slot.IDLE) {
      slot.index = Slot.IDLE;
      Slot last = at(--size);
      heap[size] = null;
      if (last != slot) {
        up(last, index);
        down(last, last.index);
      }
    }
  }

  /** Runs what is due, each task once at most. */
  void run(long now, long lateNanos) {
    for (int left = size; left > 0 && size > 0 && firstNanos() - now <= 0; left--) {
      Slot slot = at(0);
      clear(slot);
      slot.task.due(now, lateNanos);
    }
  }

  private void up(Slot slot, int from) {
    int index = from;
    while (index > 0) {
      Slot parent = at((index - 1) / 2);
      if (parent.atNanos - slot.atNanos <= 0) {
        break;
      }
      put(parent, index);
      index = (index - 1) / 2;
    }
    put(slot, index);
  }

  private void down(Slot slot, int from) {
    int index = from;
    while (true) {
      int child = 2 * index + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && at(child + 1).atNanos - at(child).atNanos < 0) {
        child++;
      }
      if (slot.atNanos - at(child).atNanos <= 0) {
        break;
      }
      put(at(child), index);
      index = child;
    }
    put(slot, index);
  }

  private void put(Slot slot, int index) {
    heap[index] = slot;
    slot.index = index;
  }

  private Slot at(int index) {
    Slot slot = heap[index];
    if (slot == null) {
      throw new IllegalStateException("no deadline at " + index + " of " + size);
    }
    return slot;
  }
}
