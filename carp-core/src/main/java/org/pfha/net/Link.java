package org.pfha.net;

import java.util.List;

/**
 * A network interface as it is at one moment. Immutable.
 *
 * @param name the system's name, such as {@code em1}
 * @param up administratively up and with carrier
 * @param mtu largest IP packet in bytes
 * @param mac its own hardware address
 * @param addresses its IP addresses in the system's order
 */
public record Link(String name, boolean up, int mtu, MacAddress mac, List<LinkAddress> addresses) {

  /** Copies the addresses. */
  public Link {
    addresses = List.copyOf(addresses);
  }
}
