package org.pfha.configsync.doctor;

/** How bad a finding is. Immutable. */
public enum Severity {
  /** Failover does not work, or takes the network down. */
  ERROR,
  /** Failover works, but loses something, or will not work one day. */
  WARNING,
  /** Worth knowing; nothing breaks. */
  NOTE
}
