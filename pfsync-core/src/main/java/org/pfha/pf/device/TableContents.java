package org.pfha.pf.device;

import java.util.List;

/**
 * What a table is to hold. Immutable.
 *
 * @param table its name and flags
 * @param addresses all of them
 */
public record TableContents(PfTable table, List<TableAddress> addresses) {

  /** Copies the list. */
  public TableContents {
    addresses = List.copyOf(addresses);
  }
}
