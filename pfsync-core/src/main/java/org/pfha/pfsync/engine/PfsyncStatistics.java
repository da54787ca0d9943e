package org.pfha.pfsync.engine;

import java.util.List;

/**
 * pfsync's counters under the kernel's names (spec pfsync 15). Immutable.
 *
 * @param ipackets packets received
 * @param badif arrived on another interface
 * @param badttl TTL not 255
 * @param hdrops shorter than the packet header
 * @param badver wrong header version
 * @param badact unknown or unimplemented action
 * @param badlen wrong lengths
 * @param stale merges with at least one stale peer
 * @param badval messages that failed a range check
 * @param badstate requests, deletions and updates that found no state
 * @param badpeer from a source that is no configured peer; not a counter of the kernel's
 * @param opackets packets sent
 * @param oerrors packets the network did not take
 * @param iacts messages received, by action number
 * @param oacts messages sent, by action number
 */
public record PfsyncStatistics(
    long ipackets,
    long badif,
    long badttl,
    long hdrops,
    long badver,
    long badact,
    long badlen,
    long stale,
    long badval,
    long badstate,
    long badpeer,
    long opackets,
    long oerrors,
    List<Long> iacts,
    List<Long> oacts) {

  /** Copies the lists. */
  public PfsyncStatistics {
    iacts = List.copyOf(iacts);
    oacts = List.copyOf(oacts);
  }
}
