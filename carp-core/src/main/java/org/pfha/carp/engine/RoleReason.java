package org.pfha.carp.engine;

/**
 * The rule that was applied to an event: why a role changed, or why it did not. {@link #toString}
 * speaks the kernel's words where it has some (spec carp 7.4, 14.4, 17.2). Immutable.
 */
public enum RoleReason {
  /** INIT to BACKUP: the interface is up. */
  INITIALIZATION_COMPLETE("initialization complete"),
  /** BACKUP to MASTER: no advert for as long as the master-down timer runs. */
  MASTER_TIMED_OUT("master timed out"),
  /** BACKUP to MASTER: preempt is on and the master is slower than this node. */
  PREEMPTING("preempting a slower master"),
  /** BACKUP to MASTER: the master is going away, or so rare that it would time out. */
  MASTER_WILL_TIME_OUT("master will time out"),
  /** BACKUP to MASTER: OpenBSD's rule for a master that is more demoted than this node. */
  LESS_DEMOTED("less demoted than the master"),
  /** MASTER to BACKUP: a better or equal node advertises. */
  MORE_FREQUENT_ADVERTISEMENT("more frequent advertisement received"),
  /** MASTER to BACKUP: after a pause of this node, another one is master. */
  SILENT_TOO_LONG("another master took over while this node was silent"),
  /** MASTER to BACKUP: VRRP's rule, a higher priority or the higher address of two equal ones. */
  HIGHER_PRIORITY("higher priority advertisement received"),
  /** INIT to MASTER: VRRP's rule, the owner of the addresses does not wait. */
  ADDRESS_OWNER("owner of the addresses"),
  /** BACKUP to MASTER or back, on demand. */
  USER_REQUESTED("user requested via ifconfig"),
  /** Any to INIT for a moment: the kernels' way of taking note of a changed address list. */
  INTERFACE_UP("hardware interface up"),
  /** Any to INIT: no carrier, or the interface is administratively down. */
  INTERFACE_DOWN("hardware interface down"),
  /** Any to INIT: disabled; the kernel, whose {@code allow} is 0, says the same words. */
  DISABLED("hardware interface down"),
  /** Any to INIT: the last address was removed; no kernel says so, its vhid is gone. */
  NO_ADDRESS("no address left"),
  /** Any to INIT: the node was closed; no kernel says so. */
  STOPPED("stopped"),

  /** Stays BACKUP: the master is at least as good as this node. */
  MASTER_IS_BETTER("master is at least as frequent"),
  /** Stays BACKUP: the master is slower than this node, but preempt is off. */
  PREEMPT_IS_OFF("master is slower, preempt is off"),
  /** Stays BACKUP: the master is slower, but this node may not preempt yet. */
  PREEMPT_IS_DELAYED("master is slower, preempt is delayed"),
  /** Stays BACKUP: only its demotion makes this node the worse one. */
  DEMOTED("master would be slower if this node were not demoted"),
  /** Stays BACKUP: adverts are not listened to for a while after an orderly step down. */
  STEPPED_DOWN("stepped down on request"),
  /** Stays BACKUP: VRRP's rule, a slower master is ignored until it times out. */
  MASTER_IS_IGNORED("master of lower priority is ignored until it times out"),
  /** Stays BACKUP: VRRP's master resigned, this node waits the skew time. */
  MASTER_RESIGNED("master resigned"),
  /** Stays MASTER: a worse node advertises too. */
  LESS_FREQUENT_ADVERTISEMENT("less frequent advertisement received"),
  /** Stays INIT: the virtual router is disabled. */
  STILL_DISABLED("disabled"),
  /** Stays INIT: only the counter of the advert was noted. */
  NOT_OPERATING("not operating"),
  /** The role is not concerned: only a parameter has changed. */
  RECONFIGURED("reconfigured"),
  /** The role is not concerned: the node's demotion has changed. */
  DEMOTION_CHANGED("demotion changed"),
  /** The role is not concerned: adverts could not be sent. */
  SEND_ERRORS("send error"),
  /** The role is not concerned: adverts can be sent again. */
  SEND_OK("send ok");

  private final String words;

  RoleReason(String words) {
    this.words = words;
  }

  @Override
  public String toString() {
    return words;
  }
}
