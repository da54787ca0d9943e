package org.pfha.net.raw;

/**
 * What arrived at a {@link RawTransport} and could not be delivered. Immutable.
 *
 * @param malformed packets whose IP header is not right
 * @param truncated packets that were longer than an IP packet can be
 */
public record RawCounters(long malformed, long truncated) {}
