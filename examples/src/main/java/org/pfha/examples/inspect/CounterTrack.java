package org.pfha.examples.inspect;

/**
 * What the counters of one vhid on one link tell about loss (spec carp 5): nodes that hear each
 * other share one rising sequence, over both families; a node that never heard another draws a new
 * number every time; OpenBSD repeats one. Confined to one thread.
 */
final class CounterTrack {

  /** A larger step is no loss but another sequence. */
  private static final long LARGEST_STEP = 1024;

  private boolean started;
  private long last;
  private int consecutive;
  private int stepsOfTwo;
  private long lost;
  private int repeated;
  private int unrelated;

  void heard(long counter) {
    long step = counter - last;
    if (!started) {
      started = true;
    } else if (step == 0) {
      repeated++;
    } else if (step == 1) {
      consecutive++;
    } else if (step > 1 && step <= LARGEST_STEP) {
      stepsOfTwo += step == 2 ? 1 : 0;
      lost += step - 1;
    } else {
      unrelated++;
    }
    last = counter;
  }

  /** Whether only every second number is ever seen: the other family was not captured. */
  boolean isHalf() {
    return stepsOfTwo > 1 && consecutive == 0 && lost == stepsOfTwo;
  }

  /** Adverts between those captured that were not. */
  long lost() {
    return isHalf() ? 0 : lost;
  }

  int consecutive() {
    return consecutive;
  }

  int repeated() {
    return repeated;
  }

  /** Numbers that do not follow from the one before. */
  int unrelated() {
    return unrelated;
  }
}
