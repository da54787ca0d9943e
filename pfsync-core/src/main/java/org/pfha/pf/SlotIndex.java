package org.pfha.pf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Finds rows by a hash: open addressing, linear probing, a slot of 64 bits: the upper half of the
 * hash, called tag, and the row number plus 1. Zero is an empty slot.
 *
 * <p>The table is split by the tag's top bits into segments that grow one by one, so that no insert
 * waits for all of it to be moved. Within a segment the next bits of the tag say where a search
 * begins.
 *
 * <p>One thread writes. A reader may miss an entry only while entries are moved; it sees that by
 * {@link #version} having changed and searches again.
 */
final class SlotIndex {

  private static final int SEGMENT_BITS = 6;
  private static final int FIRST_CAPACITY = 8;
  private static final VarHandle SLOTS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle SEGMENTS = MethodHandles.arrayElementVarHandle(long[][].class);
  private static final VarHandle VERSIONS = MethodHandles.arrayElementVarHandle(int[].class);

  private final long[][] segments = new long[1 << SEGMENT_BITS][FIRST_CAPACITY];
  private final int[] versions = new int[1 << SEGMENT_BITS];
  private final int[] used = new int[1 << SEGMENT_BITS];

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
    return (tag << SEGMENT_BITS) >>> (1 + Integer.numberOfLeadingZeros(segment.length));
  }

  /** The slot where a search begins. */
  long first(int tag) {
    long[] segment = segment(tag);
    return segment[home(tag, segment)];
  }

  static int next(int at, long[] segment) {
    return (at + 1) & (segment.length - 1);
  }

  static boolean hasTag(long slot, int tag) {
    return (int) (slot >>> 32) == tag;
  }

  static int row(long slot) {
    return (int) slot - 1;
  }

  void add(int tag, int row) {
    int number = tag >>> (32 - SEGMENT_BITS);
    long[] segment = segments[number];
    if (++used[number] > segment.length * 3 / 4) {
      segment = grow(number);
    }
    SLOTS.setRelease(segment, free(segment, tag), slot(tag, row));
  }

  private static long slot(int tag, int row) {
    return ((long) tag << 32) | (row + 1);
  }

  private static int free(long[] segment, int tag) {
    int at = home(tag, segment);
    while (segment[at] != 0) {
      at = next(at, segment);
    }
    return at;
  }

  private long[] grow(int number) {
    long[] old = segments[number];
    long[] segment = new long[2 * old.length];
    for (long slot : old) {
      if (slot != 0) {
        segment[free(segment, (int) (slot >>> 32))] = slot;
      }
    }
    SEGMENTS.setRelease(segments, number, segment);
    changed(number); // entries added from now on are not in the old one
    return segment;
  }

  /** Closes the gap, so that searches stay short however long the table lives. */
  void remove(int tag, int row) {
    int number = tag >>> (32 - SEGMENT_BITS);
    long[] segment = segments[number];
    long gone = slot(tag, row);
    int gap = home(tag, segment);
    while (segment[gap] != gone) {
      gap = next(gap, segment);
    }
    used[number]--;
    int mask = segment.length - 1;
    for (int at = (gap + 1) & mask; segment[at] != 0; at = (at + 1) & mask) {
      int home = home((int) (segment[at] >>> 32), segment);
      if (((at - home) & mask) >= ((at - gap) & mask)) {
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
