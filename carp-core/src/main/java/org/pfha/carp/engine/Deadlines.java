package org.pfha.carp.engine;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import java.util.Arrays;

/**
 * Which of many elections has to be ticked next: a heap of deadlines in which each election has a
 * slot, so that asking costs one comparison however many there are, and moving one deadline the
 * logarithm of their number. Deadlines are compared by differences. Allocates only when it grows.
 * Confined to one thread.
 */
public final class Deadlines {

  private static final int ABSENT = -1;

  private int[] heap = new int[16]; // slots, the earliest first
  private int[] positions = filled(16); // of a slot in the heap
  private long[] atNanos = new long[16]; // by slot
  private int size;

  /** Without any deadline. */
  public Deadlines() {}

  /**
   * Takes note of when an election wants to be ticked. To be called after each event.
   *
   * @param slot small number that stands for the election, from 0
   * @param election asked once
   */
  public void update(int slot, Election election) {
    if (election.isWaiting()) {
      set(slot, election.deadlineNanos());
    } else {
      clear(slot);
    }
  }

  /**
   * Sets a deadline.
   *
   * @param slot from 0
   * @param deadlineNanos replaces the slot's deadline, if it has one
   */
  public void set(int slot, long deadlineNanos) {
    checkArgument(slot >= 0, "slot %s is negative", slot);
    if (slot >= positions.length) {
      grow(slot + 1);
    }
    int position = positions[slot];
    if (position == ABSENT) {
      position = size++;
      heap[position] = slot;
      positions[slot] = position;
    } else if (atNanos[slot] == deadlineNanos) {
      return;
    }
    atNanos[slot] = deadlineNanos;
    down(up(position));
  }

  /**
   * Removes a deadline.
   *
   * @param slot may have none
   */
  public void clear(int slot) {
    if (slot >= positions.length || positions[slot] == ABSENT) {
      return;
    }
    int position = positions[slot];
    positions[slot] = ABSENT;
    int last = heap[--size];
    if (last != slot) {
      heap[position] = last;
      positions[last] = position;
      down(up(position));
    }
  }

  /**
   * Whether there is no deadline.
   *
   * @return true if nothing is waited for
   */
  public boolean isEmpty() {
    return size == 0;
  }

  /**
   * Whether the earliest deadline has come.
   *
   * @param now nanoseconds
   * @return true if {@link #nextSlot} is to be ticked
   */
  public boolean isDue(long now) {
    return size > 0 && atNanos[heap[0]] - now <= 0;
  }

  /**
   * The election that comes first.
   *
   * @return its slot
   * @throws IllegalStateException if there is none
   */
  public int nextSlot() {
    checkState(size > 0, "there is no deadline");
    return heap[0];
  }

  /**
   * The earliest deadline.
   *
   * @return nanoseconds
   * @throws IllegalStateException if there is none
   */
  public long nextNanos() {
    return atNanos[nextSlot()];
  }

  private int up(int from) {
    int position = from;
    while (position > 0 && isEarlier(position, (position - 1) / 2)) {
      swap(position, (position - 1) / 2);
      position = (position - 1) / 2;
    }
    return position;
  }

  private void down(int from) {
    int position = from;
    while (2 * position + 1 < size) {
      int child = 2 * position + 1;
      if (child + 1 < size && isEarlier(child + 1, child)) {
        child++;
      }
      if (!isEarlier(child, position)) {
        return;
      }
      swap(child, position);
      position = child;
    }
  }

  private boolean isEarlier(int a, int b) {
    return atNanos[heap[a]] - atNanos[heap[b]] < 0;
  }

  private void swap(int a, int b) {
    int slot = heap[a];
    heap[a] = heap[b];
    heap[b] = slot;
    positions[heap[a]] = a;
    positions[heap[b]] = b;
  }

  private void grow(int slots) {
    int before = positions.length;
    int after = Math.max(slots, 2 * before);
    heap = Arrays.copyOf(heap, after);
    atNanos = Arrays.copyOf(atNanos, after);
    positions = Arrays.copyOf(positions, after);
    Arrays.fill(positions, before, after, ABSENT);
  }

  private static int[] filled(int length) {
    int[] absent = new int[length];
    Arrays.fill(absent, ABSENT);
    return absent;
  }
}
