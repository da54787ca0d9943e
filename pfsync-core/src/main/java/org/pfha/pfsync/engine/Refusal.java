package org.pfha.pfsync.engine;

import java.util.Locale;

/**
 * Why a peer's state was not taken, where the kernel says nothing or only that something was (spec
 * pfsync 8). Each has a counter.
 */
public enum Refusal {
  /** It is bound to an interface there is none of here. */
  UNKNOWN_INTERFACE,
  /** Its first packet came in on an interface there is none of here. */
  UNKNOWN_ORIGINAL_INTERFACE,
  /** Its packets leave by an interface there is none of here. */
  UNKNOWN_ROUTE_INTERFACE,
  /** Its packets go to a next hop, but the message cannot say by which interface. */
  ROUTE_WITHOUT_INTERFACE,
  /** The name of its interface has no end. */
  ENDLESS_NAME,
  /** Its creator id is 0. */
  CREATORID_ZERO,
  /** The table, or its creator's share, is full. */
  NO_MEMORY,
  /** It names a routing table there is none of here; to the kernel the same as no memory. */
  UNKNOWN_ROUTING_TABLE,
  /** An SCTP state without verification tag; to the kernel the same as no memory. */
  SCTP_WITHOUT_TAG,
  /** It was removed here; the peer that has it has missed that, or the message was overtaken. */
  REMOVED,
  /** Its name is taken. */
  DUPLICATE_ID,
  /** Its key is taken. */
  KEY_COLLISION,
  /** A field means nothing. */
  BAD_FIELD;

  /**
   * The reason as events tell it.
   *
   * @return such as {@code unknown-interface}
   */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
