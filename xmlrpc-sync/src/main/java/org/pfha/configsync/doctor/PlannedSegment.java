package org.pfha.configsync.doctor;

import java.util.List;

/**
 * One network of a plan, and who has which address in it. Immutable.
 *
 * @param nic internal name of the interface, the same on both nodes
 * @param label what people call it
 * @param device such as {@code igb0}
 * @param kind what it is for
 * @param gateway the next hop of a WAN, otherwise empty
 * @param dhcp whether clients get addresses here
 * @param addresses one for each family
 */
public record PlannedSegment(
    String nic,
    String label,
    String device,
    Kind kind,
    String gateway,
    boolean dhcp,
    List<Addresses> addresses) {

  /** What a network is for. */
  public enum Kind {
    /** Towards a provider. */
    WAN,
    /** Inside, with private addresses, trusted. */
    LAN,
    /** Inside, with private addresses, kept out of the other inside networks. */
    DMZ,
    /** Inside, with public addresses that the provider routes to the shared address of a WAN. */
    ROUTED,
    /** Between the two nodes alone. */
    SYNC
  }

  /**
   * Who has which address. Immutable.
   *
   * @param network such as {@code 10.20.0.0/24}
   * @param virtual the address that moves; empty on a sync network
   * @param primary the primary's own
   * @param secondary the secondary's own
   * @param vhid 1–255; 0 on a sync network
   */
  public record Addresses(
      String network, String virtual, String primary, String secondary, int vhid) {

    Subnet subnet() {
      Subnet subnet = Subnet.of(network);
      if (subnet == null) {
        throw new AssertionError("a plan has checked its networks");
      }
      return subnet;
    }
  }

  /** Copies the list. */
  public PlannedSegment {
    addresses = List.copyOf(addresses);
  }

  boolean isInside() {
    return kind != Kind.WAN && kind != Kind.SYNC;
  }

  /** The first family's, which is IPv4. */
  Addresses first() {
    return addresses.get(0);
  }
}
