package org.pfha.carp;

import java.util.LinkedHashMap;
import java.util.Map;
import org.pfha.carp.wire.CarpReject;

/**
 * What a node has counted since it started, under the kernel's names (spec carp 17.1). Immutable.
 *
 * @param ipackets IPv4 packets of protocol 112 on the node's links
 * @param ipackets6 the same, IPv6
 * @param opackets IPv4 adverts handed to the transport
 * @param opackets6 IPv6 adverts
 * @param oerrors adverts and announcements the transport refused; not in the kernel
 * @param rejected packets not believed, by reason; reasons that never occurred are absent
 */
public record CarpStatistics(
    long ipackets,
    long ipackets6,
    long opackets,
    long opackets6,
    long oerrors,
    Map<CarpReject, Long> rejected) {

  /** Copies the map. */
  public CarpStatistics {
    rejected = Map.copyOf(rejected);
  }

  /**
   * Packets not believed for a reason.
   *
   * @param reason why
   * @return how many
   */
  public long rejected(CarpReject reason) {
    return rejected.getOrDefault(reason, 0L);
  }

  /**
   * Adverts with a wrong HMAC: another password, vhid or address list.
   *
   * @return how many
   */
  public long badauth() {
    return rejected(CarpReject.BADAUTH);
  }

  /**
   * Everything by name, in a fixed order.
   *
   * @return a new map
   */
  public Map<String, Long> counters() {
    Map<String, Long> counters = new LinkedHashMap<>();
    counters.put("ipackets", ipackets);
    counters.put("ipackets6", ipackets6);
    for (CarpReject reason : CarpReject.values()) {
      if (reason != CarpReject.NONE) {
        counters.put(reason.counter(), rejected(reason));
      }
    }
    counters.put("opackets", opackets);
    counters.put("opackets6", opackets6);
    counters.put("oerrors", oerrors);
    return counters;
  }
}
