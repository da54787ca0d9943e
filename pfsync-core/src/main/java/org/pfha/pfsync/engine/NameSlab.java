package org.pfha.pfsync.engine;

import java.util.Arrays;

/**
 * Names of states in queues: a fixed number of slots, found by name, each in one of several lists
 * in the order of arrival. Allocates nothing after it was made.
 *
 * <p>A packet bounds how many names can wait, so the slab is as small as a packet: a few hundred
 * slots, found by open addressing at a load of at most one half.
 */
final class NameSlab {

  static final int NONE = -1;

  private final long[] ids;
  private final int[] creators;
  private final int[] counts;
  private final byte[] lists;
  private final int[] next;
  private final int[] previous;
  private final int[] index;
  private final int[] heads;
  private final int[] tails;
  private final int[] sizes;
  private int free;
  private int used;

  NameSlab(int capacity, int listCount) {
    ids = new long[capacity];
    creators = new int[capacity];
    counts = new int[capacity];
    lists = new byte[capacity];
    next = new int[capacity];
    previous = new int[capacity];
    index = new int[Integer.highestOneBit(capacity) * 4];
    heads = new int[listCount];
    tails = new int[listCount];
    sizes = new int[listCount];
    clear();
  }

  void clear() {
    Arrays.fill(index, NONE);
    Arrays.fill(heads, NONE);
    Arrays.fill(tails, NONE);
    Arrays.fill(sizes, 0);
    for (int slot = 0; slot < next.length; slot++) {
      next[slot] = slot + 1 < next.length ? slot + 1 : NONE;
    }
    free = 0;
    used = 0;
  }

  boolean isEmpty() {
    return used == 0;
  }

  boolean isFull() {
    return free == NONE;
  }

  int size(int list) {
    return sizes[list];
  }

  int head(int list) {
    return heads[list];
  }

  int next(int slot) {
    return next[slot];
  }

  long id(int slot) {
    return ids[slot];
  }

  int creatorId(int slot) {
    return creators[slot];
  }

  int list(int slot) {
    return lists[slot];
  }

  /** Counts up at a slot; a new name begins at 0. */
  int count(int slot) {
    return ++counts[slot];
  }

  int find(long id, int creatorId) {
    if (used == 0) {
      return NONE;
    }
    for (int at = home(id, creatorId); index[at] != NONE; at = at + 1 & index.length - 1) {
      int slot = index[at];
      if (ids[slot] == id && creators[slot] == creatorId) {
        return slot;
      }
    }
    return NONE;
  }

  /** Puts a name that is not there at the end of a list; there must be room. */
  int add(long id, int creatorId, int list) {
    int slot = free;
    free = next[slot];
    used++;
    ids[slot] = id;
    creators[slot] = creatorId;
    append(slot, list);
    int at = home(id, creatorId);
    while (index[at] != NONE) {
      at = at + 1 & index.length - 1;
    }
    index[at] = slot;
    return slot;
  }

  void remove(int slot) {
    unlink(slot);
    unindex(slot);
    next[slot] = free;
    free = slot;
    used--;
  }

  private void append(int slot, int list) {
    counts[slot] = 0;
    lists[slot] = (byte) list;
    previous[slot] = tails[list];
    next[slot] = NONE;
    if (tails[list] == NONE) {
      heads[list] = slot;
    } else {
      next[tails[list]] = slot;
    }
    tails[list] = slot;
    sizes[list]++;
  }

  private void unlink(int slot) {
    int list = lists[slot];
    if (previous[slot] == NONE) {
      heads[list] = next[slot];
    } else {
      next[previous[slot]] = next[slot];
    }
    if (next[slot] == NONE) {
      tails[list] = previous[slot];
    } else {
      previous[next[slot]] = previous[slot];
    }
    sizes[list]--;
  }

  /** Closes the gap, so that no marker of something deleted is ever needed. */
  private void unindex(int slot) {
    int mask = index.length - 1;
    int gap = home(ids[slot], creators[slot]);
    while (index[gap] != slot) {
      gap = gap + 1 & mask;
    }
    index[gap] = NONE;
    for (int at = gap + 1 & mask; index[at] != NONE; at = at + 1 & mask) {
      int home = home(ids[index[at]], creators[index[at]]);
      if ((at - home & mask) >= (at - gap & mask)) {
        index[gap] = index[at];
        index[at] = NONE;
        gap = at;
      }
    }
  }

  /** One of some buckets, always the same for a name. */
  static int bucket(long id, int buckets) {
    return (int) ((((id * 0x9e37_79b9_7f4a_7c15L) >>> 32) * buckets) >>> 32);
  }

  private int home(long id, int creatorId) {
    long h = (id ^ (long) creatorId << 29) * 0x9e37_79b9_7f4a_7c15L;
    return (int) (h >>> 40) & index.length - 1;
  }
}
