package org.pfha.configsync.doctor;

import org.jspecify.annotations.Nullable;

/**
 * An assigned interface. Immutable.
 *
 * @param name the internal one, such as {@code lan} or {@code opt1}
 * @param device such as {@code igb1}
 * @param descr what people call it, perhaps empty
 * @param v4 its fixed address, or null
 * @param v6 likewise
 * @param kind4 what is configured for IPv4: an address, {@code dhcp} …, or nothing
 * @param kind6 likewise
 * @param gateway the name of its gateway, perhaps empty
 */
record Nic(
    String name,
    String device,
    String descr,
    boolean enabled,
    @Nullable Subnet v4,
    @Nullable Subnet v6,
    String kind4,
    String kind6,
    String gateway) {

  @Nullable Subnet subnet(boolean ipv6) {
    return ipv6 ? v6 : v4;
  }

  String path() {
    return "interfaces/" + name;
  }

  boolean isDynamic(boolean ipv6) {
    return subnet(ipv6) == null && !(ipv6 ? kind6 : kind4).isEmpty();
  }
}
