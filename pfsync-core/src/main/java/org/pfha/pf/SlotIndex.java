package org.pfha.pf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Finds rows by a hash: open addressing, linear probing, a slot of 64 bits: the upper half of the
 * hash, called tag, and the row number plus 1. Zero is an empty slot.
 *
 * <p>The tag, taken for a fraction, says where a search begins, so that slots are nearly in the
 * order of their tags and a larger array is filled from one end to the other, at the pace of memory
 * that is read in order. Behind the last of these places is room for what it pushes on, the last
 * slot always empty: a search never turns round. The array's first element says how many places
 * there are.
 *
 * <p>One thread writes. A reader may miss an entry only while entries are moved; it sees that by
 * {@link #version} having changed and searches again.
 */
final class SlotIndex {

  private static final int TAIL = 16;
  private static final int FIRST_CAPACITY = 512;

  /** As an array can have elements; more entries than it takes will not fit into memory. */
  private static final int LARGEST = Integer.MAX_VALUE - 64;

  /** Percent of the places: a search is to end in the cache line where it begins. */
  private static final int MOST_USED = 45;

  /** Removals seldom look farther. */
  static final int REACH = 2;

  /** No slot. */
  static final int NOWHERE = -1;

  /** Places by the top bits of a tag share a version. */
  private static final int VERSION_BITS = 6;

  private static final VarHandle SLOTS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle VERSIONS = MethodHandles.arrayElementVarHandle(int[].class);

  private final int[] versions = new int[1 << VERSION_BITS];
  private volatile long[] slots;

  /** The same for the writer, who need not read it anew each time. */
  private long[] own;

  private int used;

  /** With room for so many entries, at least some. */
  SlotIndex(long expected) {
    long capacity = Math.max(FIRST_CAPACITY, expected * 100 / MOST_USED + 1);
    own = empty((int) Math.min(capacity, LARGEST), TAIL);
    slots = own;
  }

  private static long[] empty(int capacity, int tail) {
    long[] slots = new long[1 + capacity + tail];
    slots[0] = capacity;
    return slots;
  }

  static int tag(long hash) {
    return (int) (hash >>> 32);
  }

  /** For the one writer. */
  long[] slots() {
    return own;
  }

  /** For other threads. */
  long[] slotsAcquire() {
    return slots;
  }

  static long slotAcquire(long[] slots, int at) {
    return (long) SLOTS.getAcquire(slots, at);
  }

  static int home(int tag, long[] slots) {
    return 1 + (int) (((tag & 0xffff_ffffL) * slots[0]) >>> 32);
  }

  /** The slots where searches begin, loaded as by {@link #fetch(int[], int, int, int)}. */
  void fetch(int[] tags, int count, long[] found) {
    long[] all = own;
    for (int i = 0; i < count; i++) {
      found[i] = all[home(tags[i], all)];
    }
  }

  /**
   * Loads the slots where searches begin, or some slots farther: a loop so short that the processor
   * waits for many of them at once.
   */
  long fetch(int[] tags, int from, int to, int reach) {
    long[] all = own;
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += all[home(tags[i], all) + reach];
    }
    return sum;
  }

  static boolean hasTag(long slot, int tag) {
    return (int) (slot >>> 32) == tag;
  }

  static int row(long slot) {
    return (int) slot - 1;
  }

  void add(int tag, int row) {
    add(tag, row, NOWHERE);
  }

  /** Adds where a search for the tag has ended, unless that is {@link #NOWHERE}. */
  void add(int tag, int row, int end) {
    int at = end == NOWHERE ? free(own, tag) : end;
    int capacity = (int) own[0];
    boolean full = ++used > (long) capacity * MOST_USED / 100;
    if (full || at == own.length - 1) {
      int tail = own.length - 1 - capacity;
      own = full ? moved(own, capacity + capacity / 2, TAIL) : moved(own, capacity, 2 * tail);
      slots = own;
      for (int stripe = 0; stripe < versions.length; stripe++) {
        changed(stripe); // entries added from now on are not in the old array
      }
      at = free(own, tag);
    }
    SLOTS.setRelease(own, at, slot(tag, row));
  }

  private static long slot(int tag, int row) {
    return ((long) tag << 32) | (row + 1);
  }

  private static int free(long[] slots, int tag) {
    int at = home(tag, slots);
    while (slots[at] != 0) {
      at++;
    }
    return at;
  }

  /** The same entries with a free slot that is not the last. */
  private static long[] moved(long[] old, int capacity, int tail) {
    long[] slots = empty(capacity, tail);
    for (int i = 1; i < old.length; i++) {
      if (old[i] != 0) {
        int at = free(slots, (int) (old[i] >>> 32));
        if (at >= slots.length - 2) {
          return moved(old, capacity, 2 * tail);
        }
        slots[at] = old[i];
      }
    }
    return slots;
  }

  /** Closes the gap, so that searches stay short however long the table lives. */
  void remove(int tag, int row) {
    long[] all = own;
    long gone = slot(tag, row);
    int gap = home(tag, all);
    while (all[gap] != gone) {
      gap++;
    }
    used--;
    for (int at = gap + 1; all[at] != 0; at++) {
      int moved = (int) (all[at] >>> 32);
      if (home(moved, all) <= gap) {
        SLOTS.setRelease(all, gap, all[at]);
        changed(stripe(moved));
        gap = at;
      }
    }
    SLOTS.setRelease(all, gap, 0L);
  }

  private static int stripe(int tag) {
    return tag >>> (32 - VERSION_BITS);
  }

  private void changed(int stripe) {
    VERSIONS.setRelease(versions, stripe, versions[stripe] + 1);
  }

  int version(int tag) {
    return (int) VERSIONS.getAcquire(versions, stripe(tag));
  }

  /** Whether a search that began at this version has missed nothing. */
  boolean unchanged(int tag, int version) {
    VarHandle.loadLoadFence();
    return version(tag) == version;
  }

  long bytes() {
    return 8L * slots.length;
  }
}
