package org.pfha.carp.engine;

/** What an {@link Election} was told. Immutable. */
public enum ElectionEvent {
  /** A valid advert arrived. */
  ADVERT,
  /** A timer expired. */
  TIMER,
  /** The link came up. */
  LINK_UP,
  /** The link went down. */
  LINK_DOWN,
  /** Somebody asked for a role. */
  REQUEST,
  /** The virtual router was enabled. */
  ENABLED,
  /** The virtual router was disabled. */
  DISABLED,
  /** Parameters or addresses changed. */
  RECONFIGURED,
  /** The node's demotion changed. */
  DEMOTION,
  /** An advert was sent, or could not be. */
  SENT,
  /** The node is being closed. */
  STOP
}
