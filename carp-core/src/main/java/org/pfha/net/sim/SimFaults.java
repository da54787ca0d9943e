package org.pfha.net.sim;

import static com.google.common.base.Preconditions.checkArgument;

import java.time.Duration;

/**
 * What a segment does to packets on their way. Each receiver's copy has its own luck. Immutable.
 *
 * @param loss probability that a copy is lost, 0–1
 * @param duplication probability that a copy arrives twice, 0–1
 * @param reordering probability that a copy is held back for up to {@link #REORDER_WINDOW} and may
 *     be overtaken, 0–1; others stay in order between two hosts
 * @param delay every copy takes at least this long
 * @param jitter at most this much is added to the delay, uniformly
 */
public record SimFaults(
    double loss, double duplication, double reordering, Duration delay, Duration jitter) {

  /** How long a reordered packet may be held back. */
  public static final Duration REORDER_WINDOW = Duration.ofMillis(10);

  /** A good switch: nothing is lost, everything takes 10 µs. */
  public static final SimFaults NONE =
      new SimFaults(0, 0, 0, Duration.ofNanos(10_000), Duration.ZERO);

  /** Checks the ranges. */
  public SimFaults {
    probability("loss", loss);
    probability("duplication", duplication);
    probability("reordering", reordering);
    checkArgument(!delay.isNegative(), "delay %s is negative", delay);
    checkArgument(!jitter.isNegative(), "jitter %s is negative", jitter);
  }

  private static void probability(String name, double value) {
    checkArgument(value >= 0 && value <= 1, "%s %s is not between 0 and 1", name, value);
  }

  /**
   * These faults with another loss.
   *
   * @param probability 0–1
   * @return new faults
   */
  public SimFaults withLoss(double probability) {
    return new SimFaults(probability, duplication, reordering, delay, jitter);
  }

  /**
   * These faults with another duplication.
   *
   * @param probability 0–1
   * @return new faults
   */
  public SimFaults withDuplication(double probability) {
    return new SimFaults(loss, probability, reordering, delay, jitter);
  }

  /**
   * These faults with another reordering.
   *
   * @param probability 0–1
   * @return new faults
   */
  public SimFaults withReordering(double probability) {
    return new SimFaults(loss, duplication, probability, delay, jitter);
  }

  /**
   * These faults with another delay.
   *
   * @param least of every packet
   * @param most added to it at random
   * @return new faults
   */
  public SimFaults withDelay(Duration least, Duration most) {
    return new SimFaults(loss, duplication, reordering, least, most);
  }
}
