package org.pfha.carp.diagnosis;

import java.util.Arrays;
import org.pfha.carp.wire.CarpView;

/**
 * The last {@value #SIZE} adverts of one virtual router, both families together, and when each was
 * first heard (spec carp 5).
 *
 * <p>Known by counter and the first half of the HMAC: two valid adverts that agree in both are one.
 * Constant memory, no allocation per advert, and a hostile sender gains nothing: only adverts whose
 * HMAC was verified come here. Confined to one thread.
 */
public final class ReplayWindow {

  /** As many adverts are remembered; the one first heard longest ago is forgotten. */
  public static final int SIZE = 1024;

  private static final int SLOTS = 2 * SIZE; // open addressing, half full at most
  private static final short FREE = -1;

  private final long[] counters = new long[SIZE];
  private final long[] hashes = new long[SIZE];
  private final long[] firstNanos = new long[SIZE];
  private final short[] slots = new short[SLOTS];
  private int used;
  private int next;

  /** An empty window. */
  public ReplayWindow() {
    Arrays.fill(slots, FREE);
  }

  /**
   * Remembers an advert, if it is new.
   *
   * @param advert checked and verified
   * @param atNanos when it was heard
   * @return when it was first heard: {@code atNanos} if it is new
   */
  public long firstHeard(CarpView advert, long atNanos) {
    long counter = advert.counter();
    long hash = advert.hmacPrefix();
    int slot = find(counter, hash);
    if (slots[slot] != FREE) {
      return firstNanos[slots[slot]];
    }
    if (used == SIZE) {
      forget(find(counters[next], hashes[next]));
      slot = find(counter, hash); // forgetting may have moved the free slot
    } else {
      used++;
    }
    counters[next] = counter;
    hashes[next] = hash;
    firstNanos[next] = atNanos;
    slots[slot] = (short) next;
    next = (next + 1) % SIZE;
    return atNanos;
  }

  /**
   * Whether an advert is remembered.
   *
   * @param advert checked and verified
   * @return true if it is
   */
  boolean contains(CarpView advert) {
    return slots[find(advert.counter(), advert.hmacPrefix())] != FREE;
  }

  /**
   * How many adverts are remembered.
   *
   * @return 0–{@value #SIZE}
   */
  public int size() {
    return used;
  }

  /** Where it is, or the free slot where it would go. */
  private int find(long counter, long hash) {
    int slot = home(counter, hash);
    while (slots[slot] != FREE
        && (counters[slots[slot]] != counter || hashes[slots[slot]] != hash)) {
      slot = (slot + 1) % SLOTS;
    }
    return slot;
  }

  private static int home(long counter, long hash) {
    long mixed = (counter ^ hash) * 0x9e37_79b9_7f4a_7c15L;
    return (int) (mixed >>> 32) & (SLOTS - 1);
  }

  /** Frees a slot and moves up those behind it that would no longer be found. */
  private void forget(int slot) {
    int free = slot;
    for (int at = (slot + 1) % SLOTS; slots[at] != FREE; at = (at + 1) % SLOTS) {
      int home = home(counters[slots[at]], hashes[slots[at]]);
      if (((at - home) & (SLOTS - 1)) >= ((at - free) & (SLOTS - 1))) {
        slots[free] = slots[at];
        free = at;
      }
    }
    slots[free] = FREE;
  }
}
