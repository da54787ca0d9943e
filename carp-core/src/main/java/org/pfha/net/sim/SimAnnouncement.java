package org.pfha.net.sim;

import java.net.InetAddress;
import org.pfha.net.Announcement;
import org.pfha.net.MacAddress;

/** The frames that say where an address answers now (spec carp 10). */
final class SimAnnouncement {

  private SimAnnouncement() {}

  static SimFrame frame(long now, SimPort port, InetAddress address, MacAddress mac) {
    Announcement announcement = Announcement.of(address, mac);
    return new SimFrame(
        now,
        port.segment,
        port.host,
        mac,
        announcement.destination(),
        announcement.etherType(),
        announcement.payload(),
        address,
        mac);
  }
}
