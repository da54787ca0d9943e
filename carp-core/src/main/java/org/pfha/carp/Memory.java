package org.pfha.carp;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.engine.Decision;
import org.pfha.carp.wire.CarpView;
import org.pfha.carp.wire.VrrpView;
import org.pfha.net.IpPacket;

/**
 * What a virtual router remembers in order to explain itself: its last role change, its last
 * decisions, the last valid advert. Remembering an advert allocates nothing. Guarded by the node's
 * lock.
 */
final class Memory {

  private static final int DECISIONS_KEPT = 64;

  private final ArrayDeque<Decision> decisions = new ArrayDeque<>();
  private @Nullable RoleChange lastChange;
  private final byte[] source = new byte[16];
  private int sourceLength; // 0: nothing was ever heard
  private long heardNanos;
  private boolean vrrp;
  private int first; // advbase, or priority
  private int second; // advskew, or interval in 1/100 s

  void heard(CarpView advert, IpPacket packet) {
    from(packet);
    vrrp = false;
    first = advert.advbase();
    second = advert.advskew();
  }

  void heard(VrrpView advert, IpPacket packet) {
    from(packet);
    vrrp = true;
    first = advert.priority();
    second = advert.intervalCentis();
  }

  private void from(IpPacket packet) {
    sourceLength = packet.copySource(source);
    heardNanos = packet.arrivalNanos();
  }

  boolean hasHeardWithin(long nanos, long now) {
    return sourceLength > 0 && now - heardNanos < nanos;
  }

  void changed(RoleChange change) {
    lastChange = change;
  }

  void decided(Decision decision) {
    if (decisions.size() == DECISIONS_KEPT) {
      decisions.remove();
    }
    decisions.add(decision);
  }

  @Nullable RoleChange lastChange() {
    return lastChange;
  }

  List<Decision> decisions() {
    return List.copyOf(decisions);
  }

  CarpExplanation.@Nullable LastHeard lastHeard(long now) {
    if (sourceLength == 0) {
      return null;
    }
    try {
      InetAddress address = InetAddress.getByAddress(Arrays.copyOf(source, sourceLength));
      String said =
          vrrp
              ? "priority %d every %d cs".formatted(first, second)
              : "%d/%d".formatted(first, second);
      return new CarpExplanation.LastHeard(address, said, Duration.ofNanos(now - heardNanos));
    } catch (UnknownHostException impossible) {
      throw new AssertionError("an address of 4 or 16 bytes is always valid", impossible);
    }
  }
}
