package org.pfha.configsync.doctor;

import com.google.common.net.InetAddresses;
import org.jspecify.annotations.Nullable;

/**
 * A virtual address as it is configured. Holds a password, and does not show it. Immutable.
 *
 * @param mode {@code carp}, {@code ipalias}, {@code proxyarp} or {@code other}
 * @param on the interface it names; of a stacked alias {@code _vip…}
 * @param vhid 0 if there is none, −1 if it is no number
 * @param advbase as configured, perhaps empty
 * @param advskew as configured, perhaps empty
 * @param subnet null if the configuration makes no sense
 * @param peer a unicast peer, perhaps empty
 */
record Vip(
    String mode,
    String on,
    int vhid,
    String advbase,
    String advskew,
    String password,
    @Nullable Subnet subnet,
    String uniqid,
    String peer) {

  static final String STACKED = "_vip";

  boolean isCarp() {
    return mode.equals("carp");
  }

  /** Which virtual router it is, by interface and number. */
  String router() {
    return on + " vhid " + vhid;
  }

  String path() {
    return "virtualip/vip[%s]".formatted(isCarp() ? router() : mode + " " + address());
  }

  String address() {
    return subnet == null ? "?" : InetAddresses.toAddrString(subnet.address());
  }

  /** Base and skew as one number, or −1 if either is missing. */
  int interval() {
    boolean known = advbase.matches("\\d{1,3}") && advskew.matches("\\d{1,3}");
    return known ? Integer.parseInt(advbase) * 256 + Integer.parseInt(advskew) : -1;
  }

  @Override
  public String toString() {
    return path();
  }
}
