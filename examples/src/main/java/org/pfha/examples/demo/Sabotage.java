package org.pfha.examples.demo;

/** Ways to break the pair, to see that the demo notices. */
enum Sabotage {
  /** Nothing is broken. */
  none,
  /** The sync link drops every pfsync packet. */
  pfsync,
  /** The secondary's CARP password is another one. */
  password,
  /** The secondary refuses the primary's account. */
  config,
  /** The secondary's certificate is not the pinned one. */
  certificate
}
