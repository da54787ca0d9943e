package org.pfha.pfsync.engine;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.function.Predicate;
import org.pfha.pfsync.wire.StateFormat;

/**
 * What a node is told about itself. Immutable.
 *
 * @param format the format it sends and the release it behaves like
 * @param hostId its creator id, not 0
 * @param checksum 16 bytes standing for its ruleset; rule numbers count between equal ones only
 * @param ruleCount rules in its main filter ruleset
 * @param knowsInterface whether a state on an interface of this name can be imported
 * @param mtu largest IP packet, 310–65535 bytes
 * @param maxUpdates packets of a queued TCP state that flush the queue, 0–255
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record PfsyncSettings(
    StateFormat format,
    int hostId,
    byte[] checksum,
    int ruleCount,
    Predicate<String> knowsInterface,
    int mtu,
    int maxUpdates) {

  /** Checks the ranges. */
  public PfsyncSettings {
    checkArgument(hostId != 0, "host id 0 is reserved; choose another creatorId");
    checkArgument(checksum.length == 16, "checksum of %s bytes, not 16", checksum.length);
    checkArgument(mtu >= 310 && mtu <= 65535, "MTU %s is not between 310 and 65535", mtu);
    checkArgument(
        maxUpdates >= 0 && maxUpdates <= 255, "maxupd %s is not between 0 and 255", maxUpdates);
    checksum = checksum.clone();
  }
}
