package org.pfha.pf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.IntConsumer;

/**
 * How many states each creator has, and their digests. Kept with every change of the table; a
 * creator without states takes no room.
 *
 * <p>One thread writes. Readers take a copy of a creator's numbers and believe it only if the
 * version is even and the same before and after, as with a {@link Slab}.
 */
final class Creators {

  private static final VarHandle VERSION;

  static {
    try {
      VERSION = MethodHandles.lookup().findVarHandle(Creators.class, "version", int.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  /** Creator and number of states share a long; 0 states is an empty slot. */
  private static final class Slots {
    final long[] counts;
    final long[] identity;
    final long[] progress;

    Slots(int capacity) {
      counts = new long[capacity];
      identity = new long[capacity];
      progress = new long[capacity];
    }

    int home(int creatorId) {
      return (int) (Hash.mix(creatorId, creatorId) >>> 32) & (counts.length - 1);
    }

    int find(int creatorId) {
      int at = home(creatorId);
      for (int probes = 0; probes < counts.length && count(at) != 0; probes++) {
        if (creator(at) == creatorId) {
          return at;
        }
        at = (at + 1) & (counts.length - 1);
      }
      return at;
    }

    int creator(int at) {
      return (int) (counts[at] >>> 32);
    }

    int count(int at) {
      return (int) counts[at];
    }

    void move(int from, Slots to, int at) {
      to.counts[at] = counts[from];
      to.identity[at] = identity[from];
      to.progress[at] = progress[from];
    }
  }

  private volatile Slots slots = new Slots(4);

  /** The same for the writer. */
  private Slots own = slots;

  private int used;

  /** Where the latest creator was found, most likely the next one's place too. */
  private int latest;

  @SuppressWarnings("UnusedVariable") // by its handle
  private int version;

  /** How many states a creator has. For the writer. */
  int count(int creatorId) {
    Slots all = own;
    latest = find(all, creatorId);
    return all.count(latest);
  }

  /** For the writer. */
  private int find(Slots all, int creatorId) {
    if (latest < all.counts.length && all.count(latest) != 0 && all.creator(latest) == creatorId) {
      return latest;
    }
    return all.find(creatorId);
  }

  void added(int creatorId, long identity, long progress) {
    beginWrite();
    Slots all = own;
    int at = find(all, creatorId);
    if (all.count(at) == 0) {
      if (2 * ++used > all.counts.length) {
        all = grow(all);
        at = all.find(creatorId);
      }
      all.counts[at] = (long) creatorId << 32;
      all.identity[at] = 0;
      all.progress[at] = 0;
    }
    all.counts[at]++;
    all.identity[at] += identity;
    all.progress[at] += progress;
    endWrite();
  }

  void moved(int creatorId, long progress) {
    beginWrite();
    Slots all = own;
    latest = find(all, creatorId);
    all.progress[latest] += progress;
    endWrite();
  }

  void removed(int creatorId, long identity, long progress) {
    beginWrite();
    Slots all = own;
    int at = find(all, creatorId);
    all.identity[at] -= identity;
    all.progress[at] -= progress;
    if ((int) --all.counts[at] == 0) {
      used--;
      closeGap(all, at);
    }
    endWrite();
  }

  private Slots grow(Slots old) {
    Slots more = new Slots(2 * old.counts.length);
    for (int at = 0; at < old.counts.length; at++) {
      if (old.count(at) != 0) {
        old.move(at, more, more.find(old.creator(at)));
      }
    }
    own = more;
    slots = more;
    return more;
  }

  private static void closeGap(Slots all, int empty) {
    int mask = all.counts.length - 1;
    int gap = empty;
    for (int at = (gap + 1) & mask; all.count(at) != 0; at = (at + 1) & mask) {
      if (((at - all.home(all.creator(at))) & mask) >= ((at - gap) & mask)) {
        all.move(at, all, gap);
        gap = at;
      }
    }
    all.counts[gap] = 0;
  }

  private void beginWrite() {
    VERSION.setOpaque(this, (int) VERSION.get(this) + 1);
    VarHandle.storeStoreFence();
  }

  private void endWrite() {
    VERSION.setRelease(this, (int) VERSION.get(this) + 1);
  }

  /** A creator's numbers at one moment. For any thread. */
  StateDigest digest(int creatorId) {
    while (true) {
      int before = (int) VERSION.getAcquire(this);
      Slots all = slots;
      int at = all.find(creatorId);
      int count = all.count(at);
      StateDigest digest =
          count == 0 || all.creator(at) != creatorId
              ? StateDigest.EMPTY
              : new StateDigest(count, all.identity[at], all.identity[at] + all.progress[at]);
      VarHandle.loadLoadFence();
      if ((before & 1) == 0 && (int) VERSION.getOpaque(this) == before) {
        return digest;
      }
      Thread.onSpinWait();
    }
  }

  /** The creators there are; one that comes or goes meanwhile may be left out. For any thread. */
  void forEach(IntConsumer action) {
    Slots all = slots;
    for (int at = 0; at < all.counts.length; at++) {
      long count = all.counts[at];
      if ((int) count != 0) {
        action.accept((int) (count >>> 32));
      }
    }
  }
}
