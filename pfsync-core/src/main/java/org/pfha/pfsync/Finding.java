package org.pfha.pfsync;

/**
 * One thing that is, or is likely to be, wrong with the replication. Immutable.
 *
 * @param cause what
 * @param text a sentence with the numbers that give it away and what to do
 */
public record Finding(Cause cause, String text) {

  /** What can be wrong. */
  public enum Cause {
    /** Nothing is known to be wrong. */
    HEALTHY,
    /** The sync interface has no carrier, or is gone. */
    LINK_DOWN,
    /** The system does not take our packets. */
    CANNOT_SEND,
    /** Packets come in over an interface that is not the sync interface. */
    WRONG_INTERFACE,
    /** Packets come from an address that is not configured as a peer. */
    WRONG_PEER_ADDRESS,
    /** Nothing at all has come from a peer. */
    PEER_NOT_HEARD,
    /** A peer is heard, but does not seem to hear us. */
    NOT_HEARD_BY_PEER,
    /** A peer has fallen silent. */
    PEER_SILENT,
    /** A router or a tunnel is between the nodes. */
    NOT_ON_LINK,
    /** A peer sends a format or a header version that this node does not understand. */
    FORMAT_TOO_NEW,
    /** Packets are damaged or forged. */
    MALFORMED,
    /** The state table is full. */
    LIMIT_REACHED,
    /** Peers send states of interfaces that there are not here. */
    UNKNOWN_INTERFACES,
    /** The rulesets differ. */
    RULESETS_DIFFER,
    /** Nobody answers the request for all states. */
    BULK_UNANSWERED,
    /** States wait longer than they should before they are sent. */
    LINK_TOO_SLOW,
    /** Updates cross: both nodes carry traffic of the same connections. */
    BOTH_CARRY_TRAFFIC
  }
}
