package org.pfha.carp;

import org.pfha.carp.engine.Role;
import org.pfha.carp.engine.RoleReason;

/**
 * A virtual router's role has changed on this node. Immutable.
 *
 * @param link the interface
 * @param vhid 1–255
 * @param from the role before
 * @param to the role now
 * @param reason why; its {@code toString} speaks the kernel's words
 * @param atNanos when, on the clock of the transport's event loop
 */
public record RoleChange(String link, int vhid, Role from, Role to, RoleReason reason, long atNanos)
    implements CarpEvent {

  /** As the kernel logs it: {@code 1@em1: BACKUP -> MASTER (master timed out)}. */
  @Override
  public String toString() {
    return "%d@%s: %s -> %s (%s)".formatted(vhid, link, from, to, reason);
  }
}
