package org.pfha.pfsync.engine;

import org.jspecify.annotations.Nullable;

/**
 * Names of the states that have gone last, so that a message that was overtaken by the end, or a
 * peer that missed it, does not bring one back. Of a fixed size; the oldest name is forgotten
 * first. Ids are never used twice (spec pfsync 5.6), so a name that is here means nothing new.
 *
 * <p>What was removed stays removed. What has only expired here may still be alive at a peer whose
 * updates were lost, and is taken back from it; but the peer is asked whether it still is.
 */
final class Removed {

  private static final int REMOVED = 0;
  private static final int EXPIRED = 1;
  private static final long UNDER_WAY_NANOS = 2_000_000_000L;

  private final @Nullable NameSlab names;
  private final long[] expiredNanos;

  /** Remembers so many names; 0, as the kernel, none. */
  Removed(int most) {
    names = most == 0 ? null : new NameSlab(most, 2);
    expiredNanos = new long[most];
  }

  /** Whether it was removed, and whoever still has it is to be told so. */
  boolean holds(long id, int creatorId) {
    if (names == null) {
      return false;
    }
    int slot = names.find(id, creatorId);
    return slot != NameSlab.NONE && names.list(slot) == REMOVED;
  }

  /** Whether it has expired so lately that a message about it may be older than that. */
  boolean hasJustExpired(long id, int creatorId, long now) {
    if (names == null) {
      return false;
    }
    int slot = names.find(id, creatorId);
    return slot != NameSlab.NONE
        && names.list(slot) == EXPIRED
        && now - expiredNanos[slot] < UNDER_WAY_NANOS;
  }

  void removed(long id, int creatorId) {
    if (names != null) {
      add(names, id, creatorId, REMOVED);
    }
  }

  void expired(long id, int creatorId, long now) {
    if (names != null) {
      expiredNanos[add(names, id, creatorId, EXPIRED)] = now;
    }
  }

  private static int add(NameSlab names, long id, int creatorId, int list) {
    int known = names.find(id, creatorId);
    if (known != NameSlab.NONE) {
      names.remove(known);
    } else if (names.isFull()) {
      int expired = names.head(EXPIRED);
      names.remove(expired == NameSlab.NONE ? names.head(REMOVED) : expired);
    }
    return names.add(id, creatorId, list);
  }

  /** Who owns the name uses it again. */
  void forget(long id, int creatorId) {
    if (names != null) {
      int slot = names.find(id, creatorId);
      if (slot != NameSlab.NONE) {
        names.remove(slot);
      }
    }
  }
}
