package org.pfha.carp.diagnosis;

/** What is done with an advert that was first heard more than one master-down time ago. */
public enum ReplayPolicy {
  /** It counts, as with every kernel, and is told of. The default. */
  REPORT,

  /**
   * It is dropped. Not for networks with an OpenBSD node, whose adverts all carry one counter: it
   * would be believed dead while it is alive.
   */
  DROP
}
