package org.pfha.carp.engine;

/** Why a role changed; {@link #toString} speaks the kernel's words (spec carp 17.2). */
public enum RoleReason {
  /** INIT to BACKUP: the interface is up. */
  INITIALIZATION_COMPLETE("initialization complete"),
  /** BACKUP to MASTER: no advert for 3·advbase + advskew/256 s. */
  MASTER_TIMED_OUT("master timed out"),
  /** BACKUP to MASTER: preempt is on and the master is slower than this node. */
  PREEMPTING("preempting a slower master"),
  /** BACKUP to MASTER: the master advertises so rarely that it would time out. */
  MASTER_WILL_TIME_OUT("master will time out"),
  /** MASTER to BACKUP: a better or equal node advertises. */
  MORE_FREQUENT_ADVERTISEMENT("more frequent advertisement received"),
  /** Any to INIT: no carrier, or administratively down. */
  INTERFACE_DOWN("hardware interface down"),
  /** Any to INIT: the node was closed; no kernel says so. */
  STOPPED("stopped");

  private final String words;

  RoleReason(String words) {
    this.words = words;
  }

  @Override
  public String toString() {
    return words;
  }
}
