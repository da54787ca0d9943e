package org.pfha.net;

import static com.google.common.base.Preconditions.checkArgument;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a transport is asked to send. The payload is not copied: it must not change until {@link
 * IpTransport#send} has returned. Immutable but for that.
 *
 * @param link name of the interface to send from
 * @param protocol IP protocol number, 112 for CARP and 240 for pfsync
 * @param source address to send from, or null to let the transport choose one of the link's
 * @param destination unicast, or a group on that link
 * @param ttl TTL or hop limit, 1–255
 * @param trafficClass TOS byte or traffic class, 0–255
 * @param dontFragment sets DF (IPv4 only)
 * @param ethernetSource the MAC to send from where the transport can set it, or null for the link's
 *     own
 * @param payload bytes behind the IP header
 */
@SuppressWarnings("ArrayRecordComponent") // a hand-over of bytes, never compared
public record OutboundPacket(
    String link,
    int protocol,
    @Nullable InetAddress source,
    InetAddress destination,
    int ttl,
    int trafficClass,
    boolean dontFragment,
    @Nullable MacAddress ethernetSource,
    byte[] payload) {

  /** Checks the ranges. */
  public OutboundPacket {
    checkArgument(protocol >= 0 && protocol <= 255, "protocol %s is not a byte", protocol);
    checkArgument(ttl >= 1 && ttl <= 255, "TTL %s is not between 1 and 255", ttl);
    checkArgument(trafficClass >= 0 && trafficClass <= 255, "TOS %s is not a byte", trafficClass);
    checkArgument(
        source == null || source.getAddress().length == destination.getAddress().length,
        "source %s and destination %s are of different families",
        source,
        destination);
  }
}
