package org.pfha.net.raw;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pfha.net.LinkAddress;
import org.pfha.net.MacAddress;
import org.pfha.net.VipController;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;

/**
 * Virtual addresses of a Linux host on macvlans, one for each vhid of an interface, with the
 * virtual MAC. Thread-safe.
 */
final class LinuxMacvlans implements VipController {

  private static final String OURS = "pfha ";

  private final RouteControl routes;
  private final Map<Router, Macvlan> macvlans = new HashMap<>();

  private record Router(String link, int vhid) {
    static Router of(Vip vip) {
      return new Router(vip.link(), vip.vhid());
    }
  }

  /** One macvlan; it is up while an address is held. */
  private static final class Macvlan {
    private final String name;
    private final int parent;
    private final int index;
    private final Map<Vip, LinkAddress> places = new HashMap<>();
    private final Set<Vip> held = new HashSet<>();

    Macvlan(String name, int parent, int index) {
      this.name = name;
      this.parent = parent;
      this.index = index;
    }
  }

  private LinuxMacvlans(RouteControl routes) {
    this.routes = routes;
  }

  static LinuxMacvlans open(SystemCalls calls) throws SystemCallException {
    return new LinuxMacvlans(RouteControl.open(calls));
  }

  @Override
  public synchronized void prepare(Vip vip) throws IOException {
    try {
      ready(vip);
    } catch (SystemCallException e) {
      throw RawException.of("preparing " + vip, e);
    }
  }

  private Macvlan ready(Vip vip) throws IOException {
    Macvlan macvlan = macvlans.get(Router.of(vip));
    if (macvlan == null) {
      macvlan = create(vip);
      macvlans.put(Router.of(vip), macvlan);
    }
    if (!macvlan.places.containsKey(vip)) {
      LinkAddress place = RouteControl.placed(vip.address(), routes.addresses(macvlan.parent));
      if (place == null) {
        throw new IOException(
            "%s is on the interface for good; remove it there, for it is on %s while MASTER only"
                .formatted(vip, macvlan.name));
      }
      macvlan.places.put(vip, place);
    }
    return macvlan;
  }

  /** What a process that was killed has left is replaced. */
  private Macvlan create(Vip vip) throws IOException {
    int parent = routes.index(vip.link());
    String name = "carp%d.%d".formatted(vip.vhid(), parent);
    String alias = routes.alias(name).orElse(OURS);
    if (!alias.startsWith(OURS)) {
      throw new IOException(
          "cannot hold %s: there is an interface %s of somebody else".formatted(vip, name));
    }
    if (routes.alias(name).isPresent()) {
      routes.delete(name);
    }
    routes.keepToOwnAddresses(parent, vip.link());
    int index =
        routes.createMacvlan(
            parent,
            name,
            "%s%d@%s".formatted(OURS, vip.vhid(), vip.link()),
            MacAddress.virtual(vip.vhid()));
    return new Macvlan(name, parent, index);
  }

  @Override
  public synchronized void hold(Vip vip, Duration lifetime) throws IOException {
    try {
      add(vip, lifetime);
    } catch (SystemCallException e) {
      if (e.errno() != RouteControl.ENODEV) {
        throw RawException.of("holding " + vip, e);
      }
      macvlans.remove(Router.of(vip)); // it has gone with its interface, which has come again
      try {
        add(vip, lifetime);
      } catch (SystemCallException again) {
        throw RawException.of("holding " + vip, again);
      }
    }
  }

  private void add(Vip vip, Duration lifetime) throws IOException {
    Macvlan macvlan = ready(vip);
    if (macvlan.held.isEmpty()) {
      routes.up(macvlan.index, true);
    }
    routes.add(macvlan.index, macvlan.places.getOrDefault(vip, vip.address()), lifetime);
    macvlan.held.add(vip);
  }

  @Override
  public synchronized void release(Vip vip) throws IOException {
    Macvlan macvlan = macvlans.get(Router.of(vip));
    if (macvlan == null || !macvlan.held.remove(vip)) {
      return;
    }
    try {
      if (macvlan.held.isEmpty()) {
        routes.up(macvlan.index, false); // answers no more, at once
      }
      routes.remove(macvlan.index, macvlan.places.getOrDefault(vip, vip.address()));
    } catch (SystemCallException e) {
      if (e.errno() != RouteControl.EADDRNOTAVAIL && e.errno() != RouteControl.ENODEV) {
        throw RawException.of("releasing " + vip, e);
      }
    }
  }

  @Override
  public synchronized void close() {
    for (Macvlan macvlan : List.copyOf(macvlans.values())) {
      try {
        routes.delete(macvlan.name);
      } catch (SystemCallException e) {
        // it has gone with its interface, or its addresses will
      }
    }
    macvlans.clear();
    routes.close();
  }
}
