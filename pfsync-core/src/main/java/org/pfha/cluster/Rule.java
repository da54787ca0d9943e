package org.pfha.cluster;

import java.util.Locale;

/** What every simulated cluster is held to, after every step. Immutable. */
public enum Rule {
  /** Two masters that hear each other: one yields with the next advert. */
  AT_MOST_ONE_MASTER("two masters answer for one address and split its connections between them"),
  /** Every healthy node is master itself or hears one, once the master-down timers have run out. */
  SOME_MASTER("without a master nobody answers for the address and its network is cut off"),
  /** A demoted or maintained node hands over to a healthy peer that hears it. */
  DEMOTED_YIELDS("a node that says it is unfit must not carry the traffic while a fit one could"),
  /**
   * Roles change only soon after something has happened, and nobody takes a master for dead whose
   * adverts have arrived: a node that was held up looks into its queue first.
   */
  NO_CAUSELESS_FLAPPING("each change of roles moves every connection and frightens the operator"),
  /** What a table holds leaves it only if it was removed or has expired somewhere. */
  STATE_SURVIVES("a connection whose state its new master does not know is dropped"),
  /** No table holds a state that no data plane has made. */
  NO_INVENTED_STATE("a state out of nowhere lets packets through that no rule has allowed"),
  /** A state that was removed at a node does not come back there. */
  DELETED_STAYS_DELETED("a killed connection that comes back lets its owner in again"),
  /** No merge moves an end of a connection back; the kernel's rule may do it to a responder. */
  NO_BACKWARD_MERGE("a state that has moved back rejects the connection's next packets"),
  /** Once the faults are over and a bulk transfer is done all tables are the same. */
  TABLES_CONVERGE("nodes that do not agree drop connections at the next failover"),
  /** Nobody stays demoted when nothing is wrong, nor waits for a bulk transfer for ever. */
  DEMOTION_RETURNS("a penalty that stays leaves the cluster without a fit node one night"),
  /** Tables, queues and timers stay within their bounds. */
  MEMORY_BOUNDED("a node that grows without end is a node that dies");

  private final String reason;

  Rule(String reason) {
    this.reason = reason;
  }

  /**
   * What it is called in reports.
   *
   * @return such as {@code at-most-one-master}
   */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Why it matters, for the engineer who reads the report.
   *
   * @return half a sentence
   */
  public String reason() {
    return reason;
  }
}
