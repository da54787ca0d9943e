package org.pfha.carp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When a {@link HealthProbe} is asked, and what its answers do. Each method returns a changed copy;
 * mistakes are reported by {@link CarpNodeBuilder#start}. Immutable.
 *
 * @param name distinguishes it from the node's other probes
 * @param probe what is asked
 * @param interval between the beginnings of two calls
 * @param timeout after which a call counts as failed
 * @param fall so many failures in a row impose the penalty, at least 1
 * @param rise so many successes in a row take it back, at least 1
 * @param penalty in 1/256 s of advskew
 * @param group the group of virtual routers that is demoted, or null for all
 */
public record ProbeSchedule(
    String name,
    HealthProbe probe,
    Duration interval,
    Duration timeout,
    int fall,
    int rise,
    int penalty,
    @Nullable String group) {

  /**
   * A probe every 10 s with a timeout of 3 s, which three failures turn down and two successes up
   * again; it costs 240, which makes the node the last choice.
   *
   * @param name for operators
   * @param probe what to ask
   * @return the schedule
   */
  public static ProbeSchedule of(String name, HealthProbe probe) {
    return new ProbeSchedule(
        name, probe, Duration.ofSeconds(10), Duration.ofSeconds(3), 3, 2, 240, null);
  }

  /**
   * Asks at another rhythm.
   *
   * @param value between the beginnings of two calls
   * @return a changed copy
   */
  public ProbeSchedule every(Duration value) {
    return new ProbeSchedule(name, probe, value, timeout, fall, rise, penalty, group);
  }

  /**
   * Waits longer or shorter for an answer.
   *
   * @param value after which a call counts as failed
   * @return a changed copy
   */
  public ProbeSchedule timeout(Duration value) {
    return new ProbeSchedule(name, probe, interval, value, fall, rise, penalty, group);
  }

  /**
   * How many failures in a row are believed.
   *
   * @param value at least 1
   * @return a changed copy
   */
  public ProbeSchedule fall(int value) {
    return new ProbeSchedule(name, probe, interval, timeout, value, rise, penalty, group);
  }

  /**
   * How many successes in a row are believed.
   *
   * @param value at least 1
   * @return a changed copy
   */
  public ProbeSchedule rise(int value) {
    return new ProbeSchedule(name, probe, interval, timeout, fall, value, penalty, group);
  }

  /**
   * What a failure costs.
   *
   * @param value in 1/256 s of advskew
   * @return a changed copy
   */
  public ProbeSchedule penalty(int value) {
    return new ProbeSchedule(name, probe, interval, timeout, fall, rise, value, group);
  }

  /**
   * Demotes one group of virtual routers instead of all.
   *
   * @param value as given to {@link VirtualRouter#group}
   * @return a changed copy
   */
  public ProbeSchedule forGroup(String value) {
    return new ProbeSchedule(name, probe, interval, timeout, fall, rise, penalty, value);
  }

  List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (interval.isNegative() || interval.isZero()) {
      problems.add(this + " has the interval " + interval + "; it must be longer than nothing");
    }
    if (timeout.isNegative() || timeout.isZero()) {
      problems.add(this + " has the timeout " + timeout + "; it must be longer than nothing");
    }
    if (fall < 1 || rise < 1) {
      problems.add(
          "%s has fall %d and rise %d; both must be at least 1".formatted(this, fall, rise));
    }
    return problems;
  }

  @Override
  public String toString() {
    return "probe " + name;
  }
}
