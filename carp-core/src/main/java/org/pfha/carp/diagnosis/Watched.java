package org.pfha.carp.diagnosis;

import static com.google.common.base.Preconditions.checkArgument;

import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import org.pfha.net.MacAddress;

/**
 * What a {@link CarpWatch} must know of the virtual router it watches. Immutable.
 *
 * @param link the interface, such as {@code em1}
 * @param vhid 1–255
 * @param advertIntervalNanos between two adverts of this node when it is MASTER
 * @param masterDownNanos how long this node waits for adverts when it is BACKUP
 * @param addresses the virtual router's
 * @param linkAddresses the interface's own
 * @param linkMac the interface's own
 */
public record Watched(
    String link,
    int vhid,
    long advertIntervalNanos,
    long masterDownNanos,
    List<InetAddress> addresses,
    List<InetAddress> linkAddresses,
    MacAddress linkMac) {

  /** Checks the ranges, copies the lists. */
  public Watched {
    checkArgument(vhid >= 1 && vhid <= 255, "vhid %s is not between 1 and 255", vhid);
    checkArgument(
        advertIntervalNanos > 0 && masterDownNanos > 0,
        "intervals %s and %s must be positive",
        advertIntervalNanos,
        masterDownNanos);
    addresses = List.copyOf(addresses);
    linkAddresses = List.copyOf(linkAddresses);
  }

  /** As bytes, to be compared with packets without allocating. */
  static List<byte[]> bytes(Collection<InetAddress> addresses) {
    return addresses.stream().map(InetAddress::getAddress).toList();
  }
}
