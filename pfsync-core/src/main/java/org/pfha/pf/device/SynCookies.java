package org.pfha.pf.device;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * How pf answers floods of SYN packets (spec pf-ioctl 7.4). Immutable.
 *
 * @param enabled whether it answers with cookies at all
 * @param adaptive whether only between the marks
 * @param highWater half-open states from which on it does; 0 leaves the marks to the kernel
 * @param lowWater half-open states below which it stops, less than {@code highWater}
 * @param halfOpenStates there are now; not part of a change
 */
public record SynCookies(
    boolean enabled, boolean adaptive, long highWater, long lowWater, long halfOpenStates) {

  /** Checks the marks. */
  public SynCookies {
    checkArgument(
        (highWater == 0 && lowWater == 0) || lowWater < highWater,
        "low mark %s is not below high mark %s",
        lowWater,
        highWater);
  }

  static SynCookies ofNv(NvList list) {
    return new SynCookies(
        list.bool("enabled").orElse(false),
        list.bool("adaptive").orElse(false),
        list.number("highwater").orElse(0),
        list.number("lowwater").orElse(0),
        list.number("halfopen_states").orElse(0));
  }

  NvList toNv() {
    NvListBuilder list = NvList.builder().bool("enabled", enabled).bool("adaptive", adaptive);
    return (highWater == 0
            ? list
            : list.number("highwater", highWater).number("lowwater", lowWater))
        .build();
  }
}
