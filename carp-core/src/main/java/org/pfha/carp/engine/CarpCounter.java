package org.pfha.carp.engine;

import java.util.function.LongSupplier;
import org.pfha.carp.engine.CarpProfile.Trait;

/**
 * The 64-bit counter of a virtual router's adverts (spec carp 5): random in each one until a valid
 * advert was heard, then the last one heard or sent plus one, over both families; OpenBSD's is
 * drawn once and repeated for ever.
 */
final class CarpCounter {

  private final LongSupplier random;
  private final boolean repeats;
  private boolean drawsNext = true;
  private long value;

  CarpCounter(CarpProfile profile, LongSupplier random) {
    this.random = random;
    this.repeats = profile.has(Trait.REPEATS_COUNTER);
  }

  void heard(long theirs) {
    if (!repeats) {
      value = theirs;
      drawsNext = false;
    }
  }

  long next() {
    if (drawsNext) {
      value = random.getAsLong();
      drawsNext = !repeats;
    } else if (!repeats) {
      value++;
    }
    return value;
  }
}
