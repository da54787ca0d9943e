package org.pfha.configsync.dialect;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigTree;

/**
 * What an application must do after a call to an OPNsense secondary: addresses, pfsync, proxy ARP,
 * IPsec. Everything else waits for {@code filter_configure} and the restart of services. Source:
 * spec section 12.2.
 */
final class OpnSenseEffects {
  private static final List<String> COMPARED =
      List.of("password", "advskew", "subnet", "subnet_bits", "advbase");

  private OpnSenseEffects() {}

  static List<Effect> between(
      ConfigTree before, ConfigTree after, Map<String, ConfigNode> call, boolean exact) {
    List<Effect> effects = new ArrayList<>();
    ConfigNode virtualip = call.get("virtualip");
    if (virtualip != null && virtualip.fields().get("vip") != null) {
      addresses(before, after, exact, effects);
    }
    ConfigNode old = before.section("ipsec").fields().get("enable");
    ConfigNode now = after.section("ipsec").fields().get("enable");
    boolean ipsec =
        exact
            ? (old == null) != (now == null)
            : call.containsKey("ipsec") && !before.section("ipsec").equals(after.section("ipsec"));
    if (ipsec) {
      effects.add(new Effect.RestartService("ipsec", ""));
    }
    return effects;
  }

  private static void addresses(
      ConfigTree before, ConfigTree after, boolean exact, List<Effect> effects) {
    Map<String, Vip> old = new LinkedHashMap<>();
    for (Vip vip : Vip.in(before)) {
      // The product forgets the node's own addresses, and so sets them up each time.
      if (!exact || (!vip.text("vhid").isEmpty() && !OpnSensePrimary.isMarked(vip.entry()))) {
        old.put(OpnSenseSecondary.key(vip), vip);
      }
    }
    boolean pfsync = false;
    boolean proxyArp = false;
    List<Vip> configured = new ArrayList<>();
    for (Vip vip : Vip.in(after)) {
      String key = OpnSenseSecondary.key(vip);
      Vip mine = old.get(key);
      if (mine != null && isSame(mine, vip)) {
        old.remove(key);
        if (!exact || vip.is("carp")) {
          continue; // the product does not find aliases on the interface
        }
      } else if (!exact && mine != null && mine.address().equals(vip.address())) {
        old.remove(key); // set up anew in its place, not taken down afterwards
      }
      pfsync |= vip.is("carp");
      proxyArp |= vip.is("proxyarp");
      if (vip.is("carp") || vip.is("ipalias")) {
        configured.add(vip);
      }
    }
    List<Effect> removals = new ArrayList<>();
    for (Vip vip : old.values()) {
      proxyArp |= !exact && vip.is("proxyarp");
      if (exact || vip.is("carp") || vip.is("ipalias")) {
        removals.add(new Effect.RemoveAddress(vip.entry()));
      }
    }
    effects.addAll(exact ? List.of() : removals);
    configured.forEach(vip -> effects.add(new Effect.ConfigureAddress(vip.entry())));
    effects.addAll(exact ? removals : List.of());
    if (pfsync) {
      effects.add(new Effect.ConfigurePfsync());
    }
    if (proxyArp) {
      effects.add(new Effect.ConfigureProxyArp());
    }
  }

  private static boolean isSame(Vip a, Vip b) {
    return COMPARED.stream().allMatch(name -> Objects.equals(a.text(name), b.text(name)));
  }
}
