package org.pfha.pf.device;

/**
 * What cannot be undone or opens the firewall (spec pf-ioctl 12). A {@link PfDevice} does none of
 * these unless it was opened with the constant that names it.
 */
public enum Danger {
  /** Flushing the whole state table drops every connection. */
  FLUSH_STATES,
  /** Disabling the filter lets all traffic pass, unfiltered and untranslated. */
  STOP_FILTER,
  /** The skip flag lets all traffic of an interface pass. */
  SKIP_INTERFACE,
  /** A lower limit or timeout takes effect at once, for all states of the default rule. */
  LOWER_LIMITS,
  /** Zeroed counters are lost to every other reader. */
  RESET_STATISTICS,
  /** Another host id makes this host's own states foreign to pfsync. */
  CHANGE_HOST_ID;
}
