package org.pfha.net.raw;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pfha.net.LinkAddress;
import org.pfha.net.VipController;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;

/** Virtual addresses on the interfaces of a Linux host. Thread-safe. */
final class LinuxAddresses implements VipController {

  private final RouteControl routes;
  private final Map<Vip, Place> places = new HashMap<>();
  private final Set<Vip> held = new HashSet<>();

  /** Where an address is added, and with which prefix. */
  private record Place(int index, LinkAddress address) {}

  private LinuxAddresses(RouteControl routes) {
    this.routes = routes;
  }

  static LinuxAddresses open(SystemCalls calls) throws SystemCallException {
    return new LinuxAddresses(RouteControl.open(calls));
  }

  @Override
  public synchronized void prepare(Vip vip) throws IOException {
    try {
      int index = routes.index(vip.link());
      List<RouteMessage.Address> present = routes.addresses(index);
      LinkAddress address = RouteControl.placed(vip.address(), present);
      if (address == null) {
        throw new IOException(
            "%s is on the interface for good; remove it there, for it is there while MASTER only"
                .formatted(vip));
      }
      for (RouteMessage.Address each : present) {
        if (each.address().address().equals(address.address())) {
          routes.remove(index, each.address());
        }
      }
      places.put(vip, new Place(index, address));
    } catch (SystemCallException e) {
      throw RawException.of("preparing " + vip, e);
    }
  }

  @Override
  public synchronized void hold(Vip vip, Duration lifetime) throws IOException {
    try {
      add(vip, lifetime);
    } catch (SystemCallException e) {
      if (e.errno() != RouteControl.ENODEV) {
        throw RawException.of("holding " + vip, e);
      }
      prepare(vip); // the interface has gone and come again
      try {
        add(vip, lifetime);
      } catch (SystemCallException again) {
        throw RawException.of("holding " + vip, again);
      }
    }
  }

  private void add(Vip vip, Duration lifetime) throws IOException {
    Place place = places.get(vip);
    if (place == null) {
      prepare(vip);
      place = places.get(vip);
    }
    if (place != null) {
      routes.add(place.index, place.address, lifetime);
      held.add(vip);
    }
  }

  @Override
  public synchronized void release(Vip vip) throws IOException {
    Place place = places.get(vip);
    if (!held.remove(vip) || place == null) {
      return;
    }
    try {
      routes.remove(place.index, place.address);
    } catch (SystemCallException e) {
      if (e.errno() != RouteControl.EADDRNOTAVAIL && e.errno() != RouteControl.ENODEV) {
        throw RawException.of("releasing " + vip, e);
      }
    }
  }

  @Override
  public synchronized void close() {
    for (Vip vip : List.copyOf(held)) {
      try {
        release(vip);
      } catch (IOException e) {
        // its lifetime ends
      }
    }
    routes.close();
  }
}
