package org.pfha.pf.device;

import java.util.List;

/**
 * What a change of a table's addresses did. Immutable.
 *
 * @param added how many
 * @param deleted how many
 * @param changed how many, between plain and negated
 * @param addresses those of the request, each with its feedback
 */
public record TableChange(int added, int deleted, int changed, List<TableAddress> addresses) {

  /** Copies the list. */
  public TableChange {
    addresses = List.copyOf(addresses);
  }
}
