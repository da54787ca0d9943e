package org.pfha.pf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Finds rows by a hash: open addressing, linear probing, a slot of 64 bits: the upper half of the
 * hash, called tag, and the row number plus 1. Zero is an empty slot.
 *
 * <p>The table is split by the tag's top bits into segments that grow one by one, so that no insert
 * waits for all of it to be moved. Within a segment the next bits of the tag say where a search
 * begins. Behind the last of these places is room for what it pushes on, the last slot always
 * empty: a search never turns round. A segment's first element says how many places there are.
 *
 * <p>One thread writes. A reader may miss an entry only while entries are moved; it sees that by
 * {@link #version} having changed and searches again.
 */
final class SlotIndex {

  private static final int SEGMENT_BITS = 6;
  private static final int TAIL = 16;
  private static final int FIRST_CAPACITY = 8;

  /** Percent of a segment: a search is to end in the cache line where it begins. */
  private static final int MOST_USED = 45;

  /** Removals seldom look farther. */
  static final int REACH = 2;

  /** No place in a segment. */
  static final int NOWHERE = -1;

  private static final VarHandle SLOTS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle SEGMENTS = MethodHandles.arrayElementVarHandle(long[][].class);
  private static final VarHandle VERSIONS = MethodHandles.arrayElementVarHandle(int[].class);

  private final long[][] segments = new long[1 << SEGMENT_BITS][];
  private final int[] versions = new int[1 << SEGMENT_BITS];
  private final int[] used = new int[1 << SEGMENT_BITS];

  SlotIndex() {
    Arrays.setAll(segments, number -> segment(FIRST_CAPACITY, TAIL));
  }

  private static long[] segment(int capacity, int tail) {
    long[] segment = new long[1 + capacity + tail];
    segment[0] = capacity;
    return segment;
  }

  static int tag(long hash) {
    return (int) (hash >>> 32);
  }

  /** The segment of a tag, for its one writer. */
  long[] segment(int tag) {
    return segments[tag >>> (32 - SEGMENT_BITS)];
  }

  /** The segment of a tag, for other threads. */
  long[] segmentAcquire(int tag) {
    return (long[]) SEGMENTS.getAcquire(segments, tag >>> (32 - SEGMENT_BITS));
  }

  static long slotAcquire(long[] segment, int at) {
    return (long) SLOTS.getAcquire(segment, at);
  }

  static int home(int tag, long[] segment) {
    return 1 + (int) ((((tag << SEGMENT_BITS) & 0xffff_ffffL) * segment[0]) >>> 32);
  }

  /**
   * Loads the slots where searches begin, or some slots farther: a loop so short that the processor
   * waits for many of them at once.
   */
  long fetch(int[] tags, int from, int to, int reach) {
    long[][] all = segments;
    long sum = 0;
    for (int i = from; i < to; i++) {
      int tag = tags[i];
      long[] segment = all[tag >>> (32 - SEGMENT_BITS)];
      sum += segment[home(tag, segment) + reach];
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
    int number = tag >>> (32 - SEGMENT_BITS);
    long[] segment = segments[number];
    int at = end == NOWHERE ? free(segment, tag) : end;
    int capacity = (int) segment[0];
    boolean full = ++used[number] > capacity * MOST_USED / 100;
    if (full || at == segment.length - 1) {
      int tail = segment.length - 1 - capacity;
      segment =
          full ? moved(segment, capacity + capacity / 2, TAIL) : moved(segment, capacity, 2 * tail);
      SEGMENTS.setRelease(segments, number, segment);
      changed(number); // entries added from now on are not in the old one
      at = free(segment, tag);
    }
    SLOTS.setRelease(segment, at, slot(tag, row));
  }

  private static long slot(int tag, int row) {
    return ((long) tag << 32) | (row + 1);
  }

  private static int free(long[] segment, int tag) {
    int at = home(tag, segment);
    while (segment[at] != 0) {
      at++;
    }
    return at;
  }

  /** A segment of the same entries, with a free slot that is not the last. */
  private static long[] moved(long[] old, int capacity, int tail) {
    long[] segment = segment(capacity, tail);
    for (int i = 1; i < old.length; i++) {
      if (old[i] != 0) {
        int at = free(segment, (int) (old[i] >>> 32));
        if (at >= segment.length - 2) {
          return moved(old, capacity, 2 * tail);
        }
        segment[at] = old[i];
      }
    }
    return segment;
  }

  /** Closes the gap, so that searches stay short however long the table lives. */
  void remove(int tag, int row) {
    int number = tag >>> (32 - SEGMENT_BITS);
    long[] segment = segments[number];
    long gone = slot(tag, row);
    int gap = home(tag, segment);
    while (segment[gap] != gone) {
      gap++;
    }
    used[number]--;
    for (int at = gap + 1; segment[at] != 0; at++) {
      if (home((int) (segment[at] >>> 32), segment) <= gap) {
        SLOTS.setRelease(segment, gap, segment[at]);
        changed(number);
        gap = at;
      }
    }
    SLOTS.setRelease(segment, gap, 0L);
  }

  private void changed(int number) {
    VERSIONS.setRelease(versions, number, versions[number] + 1);
  }

  int version(int tag) {
    return (int) VERSIONS.getAcquire(versions, tag >>> (32 - SEGMENT_BITS));
  }

  /** Whether a search that began at this version has missed nothing. */
  boolean unchanged(int tag, int version) {
    VarHandle.loadLoadFence();
    return version(tag) == version;
  }

  long bytes() {
    long bytes = 0;
    for (long[] segment : segments) {
      bytes += 8L * segment.length;
    }
    return bytes;
  }
}
