package org.pfha.carp;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.wire.CarpView;
import org.pfha.carp.wire.VrrpView;
import org.pfha.net.IpPacket;

/** The last valid advert of a virtual router; kept without allocating. */
final class Heard {

  private final byte[] source = new byte[16];
  private int sourceLength; // 0: nothing was ever heard
  private long atNanos;
  private boolean vrrp;
  private int first; // advbase, or priority
  private int second; // advskew, or interval in 1/100 s

  void advert(CarpView advert, IpPacket packet) {
    from(packet);
    vrrp = false;
    first = advert.advbase();
    second = advert.advskew();
  }

  void advert(VrrpView advert, IpPacket packet) {
    from(packet);
    vrrp = true;
    first = advert.priority();
    second = advert.intervalCentis();
  }

  private void from(IpPacket packet) {
    sourceLength = packet.copySource(source);
    atNanos = packet.arrivalNanos();
  }

  boolean isWithin(long nanos, long now) {
    return sourceLength > 0 && now - atNanos < nanos;
  }

  CarpExplanation.@Nullable LastHeard snapshot(long now) {
    if (sourceLength == 0) {
      return null;
    }
    try {
      InetAddress address = InetAddress.getByAddress(Arrays.copyOf(source, sourceLength));
      String said =
          vrrp
              ? "priority %d every %d cs".formatted(first, second)
              : "%d/%d".formatted(first, second);
      return new CarpExplanation.LastHeard(address, said, Duration.ofNanos(now - atNanos));
    } catch (UnknownHostException impossible) {
      throw new AssertionError("an address of 4 or 16 bytes is always valid", impossible);
    }
  }
}
