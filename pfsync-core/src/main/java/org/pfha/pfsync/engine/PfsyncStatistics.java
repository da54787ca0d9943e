package org.pfha.pfsync.engine;

import java.util.List;
import java.util.Map;

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
 * @param twins came over another sync link already; not a counter of the kernel's
 * @param otherRules packets with another ruleset checksum; not a counter of the kernel's
 * @param opackets packets sent
 * @param oerrors packets the network did not take
 * @param iacts messages received, by action number
 * @param oacts messages sent, by action number
 * @param refusals states of peers that were not taken, by reason
 * @param lag how long the oldest message of each packet sent had waited for it
 * @param deferLatency how long packets were held
 * @param deferrals how many packets were held, by what became of them
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
    long twins,
    long otherRules,
    long opackets,
    long oerrors,
    List<Long> iacts,
    List<Long> oacts,
    Map<Refusal, Long> refusals,
    LatencyHistogram lag,
    LatencyHistogram deferLatency,
    Map<DeferOutcome, Long> deferrals) {

  /** Copies lists and maps. */
  public PfsyncStatistics {
    iacts = List.copyOf(iacts);
    oacts = List.copyOf(oacts);
    refusals = Map.copyOf(refusals);
    deferrals = Map.copyOf(deferrals);
  }
}
