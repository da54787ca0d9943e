package org.pfha.pfsync;

import java.util.Map;
import org.pfha.pfsync.wire.LostField;

/**
 * What one side of a bridge has done, under the kernel's names where it has any. Immutable.
 *
 * @param ipackets packets received from the side
 * @param badpeer of these from a host that is not its peer
 * @param badttl TTL not 255
 * @param hdrops shorter than the packet header
 * @param badver another header version than the side's release has
 * @param badlen wrong lengths, of the packet or of a section; what came before was passed on
 * @param badact unknown actions; what came before was passed on
 * @param badval messages out of range, left out
 * @param unmapped states on interfaces that the side does not have, held back
 * @param opackets packets sent to the side
 * @param oerrors packets the network did not take
 * @param lost messages sent to the side without a field, or held back for it
 */
public record BridgeStatistics(
    long ipackets,
    long badpeer,
    long badttl,
    long hdrops,
    long badver,
    long badlen,
    long badact,
    long badval,
    long unmapped,
    long opackets,
    long oerrors,
    Map<LostField, Long> lost) {

  /** Copies the map. */
  public BridgeStatistics {
    lost = Map.copyOf(lost);
  }
}
