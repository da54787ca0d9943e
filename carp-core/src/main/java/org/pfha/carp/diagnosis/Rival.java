package org.pfha.carp.diagnosis;

import java.net.InetAddress;
import org.pfha.net.MacAddress;
import org.pfha.net.NeighbourView;

/** Who else behaves as MASTER. Immutable. */
public sealed interface Rival {

  /**
   * Another node's valid adverts.
   *
   * @param source the IP address they come from
   * @param advbase announced, in seconds
   * @param advskew announced, in 1/256 s
   */
  record OtherMaster(InetAddress source, int advbase, int advskew) implements Rival {
    @Override
    public String toString() {
      return "%s advertises (advbase %d, advskew %d)"
          .formatted(source.getHostAddress(), advbase, advskew);
    }
  }

  /**
   * Somebody who says that a virtual address answers at his place.
   *
   * @param address one of the virtual router's
   * @param by in which words
   * @param mac where he says it answers
   * @param ethernetSource the interface that sent it
   */
  record AddressClaim(
      InetAddress address, NeighbourView.Kind by, MacAddress mac, MacAddress ethernetSource)
      implements Rival {
    @Override
    public String toString() {
      return "%s is claimed for %s by %s from %s"
          .formatted(address.getHostAddress(), mac, by, ethernetSource);
    }
  }
}
