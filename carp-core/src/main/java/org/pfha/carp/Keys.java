package org.pfha.carp;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.wire.CarpKeyring;

/**
 * The passwords of a virtual router while they are being changed, in three steps that every node
 * takes by itself: the old one is sent and both are believed; the new one is sent and both are
 * believed; the new one alone.
 *
 * <p>If every node begins within the first step of the first one, no advert is ever refused.
 * Guarded by the node's lock.
 */
final class Keys {

  private byte[] sending;
  private byte @Nullable [] next;
  private byte @Nullable [] accepted;
  private long switchAtNanos;
  private long endNanos;

  Keys(byte[] key) {
    sending = key;
  }

  /** Makes it the one and only key. */
  void replace(byte[] key) {
    sending = key;
    next = null;
    accepted = null;
  }

  /** Begins to change to a key; a change that is under way is completed first. */
  void rotate(byte[] to, long now, long windowNanos) {
    if (next != null) {
      sending = next;
    }
    next = to;
    accepted = to;
    switchAtNanos = now + windowNanos / 2;
    endNanos = now + windowNanos;
  }

  boolean isRotating() {
    return accepted != null;
  }

  /** When {@link #tick} has something to do; only while rotating. */
  long deadlineNanos() {
    return next == null ? endNanos : switchAtNanos;
  }

  /** Takes the step that is due; says whether it did. */
  boolean tick(long now) {
    if (!isRotating() || deadlineNanos() - now > 0) {
      return false;
    }
    if (next != null) {
      accepted = sending;
      sending = next;
      next = null;
      if (endNanos - now > 0) {
        return true;
      }
    }
    accepted = null;
    return true;
  }

  CarpKeyring ring(Function<byte[], CarpKeyring> of) {
    CarpKeyring ring = of.apply(sending);
    return accepted == null ? ring : ring.accepting(of.apply(accepted).sending(), endNanos);
  }

  /** Those that are not sent with but will be or were, while they are being changed. */
  List<byte[]> others() {
    return accepted == null ? List.of() : List.of(accepted);
  }

  byte[] sending() {
    return sending;
  }
}
