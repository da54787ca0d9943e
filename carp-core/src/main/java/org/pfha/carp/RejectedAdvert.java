package org.pfha.carp;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.json.JsonObject;
import org.pfha.carp.wire.CarpReject;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.IpPacket;

/**
 * The last packet that was not believed. Immutable.
 *
 * @param reason why not
 * @param source where it came from, or null if its IP header could not be read
 * @param atNanos when it arrived, on the loop's clock
 * @param claims what it says, if the HMAC is all that is wrong with it; otherwise null
 */
public record RejectedAdvert(
    CarpReject reason, @Nullable InetAddress source, long atNanos, @Nullable Claims claims) {

  /**
   * What an advert without the right HMAC says; helps to find a misconfigured peer. Immutable.
   *
   * @param vhid 0–255
   * @param advbase seconds
   * @param advskew in 1/256 s
   * @param counter 64 unsigned bits
   */
  public record Claims(int vhid, int advbase, int advskew, long counter) {

    @Override
    public String toString() {
      return "vhid %d, %d/%d, counter %016x".formatted(vhid, advbase, advskew, counter);
    }
  }

  static RejectedAdvert of(CarpReject reason, IpPacket packet, CarpView advert) {
    boolean hasHeader = packet.packetLength() > 0;
    return new RejectedAdvert(
        reason,
        hasHeader ? packet.source() : null,
        packet.arrivalNanos(),
        reason == CarpReject.BADAUTH
            ? new Claims(advert.vhid(), advert.advbase(), advert.advskew(), advert.counter())
            : null);
  }

  JsonObject json() {
    JsonObject json = new JsonObject().field("reason", reason.counter());
    if (source != null) {
      json.field("source", source.getHostAddress());
    }
    json.field("at_ns", atNanos);
    if (claims != null) {
      json.field("vhid", claims.vhid)
          .field("advbase", claims.advbase)
          .field("advskew", claims.advskew)
          .field("counter", "%016x".formatted(claims.counter));
    }
    return json;
  }

  @Override
  public String toString() {
    return "%s from %s%s"
        .formatted(
            reason,
            source == null ? "?" : source.getHostAddress(),
            claims == null ? "" : " (" + claims + ")");
  }
}
