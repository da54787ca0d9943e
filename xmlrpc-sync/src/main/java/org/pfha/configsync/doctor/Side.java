package org.pfha.configsync.doctor;

/** Whose configuration a finding is in. Immutable. */
public enum Side {
  /** The primary's, given first. */
  A,
  /** The secondary's, given second. */
  B,
  /** Both, or how the two fit together. */
  BOTH
}
