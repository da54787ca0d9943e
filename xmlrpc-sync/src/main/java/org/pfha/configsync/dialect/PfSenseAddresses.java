package org.pfha.configsync.dialect;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pfha.configsync.config.ConfigTree;

/**
 * The virtual addresses of a pfSense secondary, from the old configuration to the new one. Confined
 * to one thread. Source: spec section 8.3.
 */
final class PfSenseAddresses {
  private final List<Vip> before;
  private final List<Vip> after;
  private final List<Effect> effects;

  PfSenseAddresses(ConfigTree before, ConfigTree after, List<Effect> effects) {
    this.before = Vip.in(before);
    this.after = Vip.in(after);
    this.effects = effects;
  }

  /** What the product does; true when it then restarts every service. */
  boolean likeTheProduct() {
    if (after.isEmpty()) {
      return false; // without any address left the product does not look at the old ones
    }
    Map<String, Vip> old = new LinkedHashMap<>();
    for (Vip vip : before) {
      if (vip.is("carp")) {
        old.put(carpKey(vip), vip);
      } else if (vip.is("ipalias") && vip.isShared()) {
        old.put(vip.address(), vip);
      }
    }
    boolean force = false;
    boolean carp = false;
    boolean proxyArp = false;
    for (Vip vip : after) {
      Vip same = old.get(carpKey(vip));
      if (same != null && carpContent(same).equals(carpContent(vip))) {
        old.remove(carpKey(vip));
        continue;
      }
      Vip alias = same == null ? old.get(vip.address()) : null;
      if (alias != null) {
        old.remove(vip.address());
        if (aliasContent(alias).equals(aliasContent(vip))) {
          continue;
        }
      }
      force = true;
      carp |= vip.is("carp");
      proxyArp |= vip.is("proxyarp");
      if (vip.is("carp") || vip.is("ipalias")) {
        effects.add(new Effect.ConfigureAddress(vip.entry()));
      }
    }
    Set<String> stay = new HashSet<>();
    after.forEach(vip -> stay.add(vip.address()));
    for (Vip vip : old.values()) {
      if (!stay.contains(vip.address()) && hasParent(vip)) {
        effects.add(new Effect.RemoveAddress(vip.entry()));
      }
    }
    finish(carp, proxyArp);
    return force;
  }

  private static String carpKey(Vip vip) {
    return vip.on() + "_vip" + vip.text("vhid");
  }

  private static String carpContent(Vip vip) {
    return vip.text("password")
        + vip.text("advskew")
        + vip.address()
        + vip.text("subnet_bits")
        + vip.text("advbase");
  }

  private static String aliasContent(Vip vip) {
    return vip.on() + vip.address() + vip.text("subnet_bits");
  }

  /** An alias whose CARP address is gone as well cannot be found any more, and stays. */
  private boolean hasParent(Vip vip) {
    return !vip.on().startsWith("_vip")
        || after.stream().anyMatch(other -> vip.on().equals("_vip" + other.text("uniqid")));
  }

  /** What the library does: removes what is gone or elsewhere, sets up what is new or other. */
  boolean changed() {
    Map<List<String>, Vip> old = new LinkedHashMap<>();
    before.forEach(vip -> old.put(place(vip), vip));
    Set<List<String>> places = new HashSet<>();
    after.forEach(vip -> places.add(place(vip)));
    boolean proxyArp = false;
    for (Vip vip : before) {
      if (!places.contains(place(vip))) {
        proxyArp |= vip.is("proxyarp");
        if (vip.is("carp") || vip.is("ipalias")) {
          effects.add(new Effect.RemoveAddress(vip.entry()));
        }
      }
    }
    boolean carp = false;
    boolean changed = proxyArp;
    for (Vip vip : after) {
      Vip same = old.get(place(vip));
      if (same != null && carpContent(same).equals(carpContent(vip))) {
        continue;
      }
      changed = true;
      carp |= vip.is("carp");
      proxyArp |= vip.is("proxyarp");
      if (vip.is("carp") || vip.is("ipalias")) {
        effects.add(new Effect.ConfigureAddress(vip.entry()));
      }
    }
    finish(carp, proxyArp);
    return changed;
  }

  private static List<String> place(Vip vip) {
    return List.of(
        vip.text("mode"), vip.on(), vip.text("vhid"), vip.address(), vip.text("subnet_bits"));
  }

  private void finish(boolean carp, boolean proxyArp) {
    if (carp) {
      effects.add(new Effect.ConfigurePfsync());
    }
    if (proxyArp) {
      effects.add(new Effect.ConfigureProxyArp());
    }
  }

  /** All addresses, as {@code interfaces_carp_configure} does it. */
  static void all(ConfigTree config, List<Effect> effects) {
    PfSenseAddresses addresses = new PfSenseAddresses(config, config, effects);
    boolean carp = false;
    boolean proxyArp = false;
    for (Vip vip : addresses.after) {
      carp |= vip.is("carp");
      proxyArp |= vip.is("proxyarp");
      if (vip.is("carp") || vip.is("ipalias")) {
        effects.add(new Effect.ConfigureAddress(vip.entry()));
      }
    }
    addresses.finish(carp, proxyArp);
  }
}
