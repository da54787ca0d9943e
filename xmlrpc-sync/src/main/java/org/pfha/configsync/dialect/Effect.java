package org.pfha.configsync.dialect;

import java.util.List;
import org.pfha.configsync.config.ConfigNode;

/**
 * One thing an application must do after a configuration was stored. Immutable. {@code toString}
 * shows no secret. Source: spec sections 8.3, 8.4, 12.2.
 */
public sealed interface Effect {

  /**
   * Set up a virtual address: for a CARP address vhid, skew, base and password, then the address.
   *
   * @param vip the entry of the configuration
   */
  record ConfigureAddress(ConfigNode.Fields vip) implements Effect {
    @Override
    public String toString() {
      return "ConfigureAddress[" + address(vip) + "]";
    }
  }

  /**
   * Take a virtual address away.
   *
   * @param vip the entry of the old configuration
   */
  record RemoveAddress(ConfigNode.Fields vip) implements Effect {
    @Override
    public String toString() {
      return "RemoveAddress[" + address(vip) + "]";
    }
  }

  /** Restart proxy ARP. */
  record ConfigureProxyArp() implements Effect {}

  /** Set pfsync up again, with its wait for the bulk update. */
  record ConfigurePfsync() implements Effect {}

  /**
   * Remove a route from the kernel.
   *
   * @param network destination
   * @param gateway the gateway's name
   */
  record RemoveRoute(String network, String gateway) implements Effect {}

  /** Load the packet filter's rules. */
  record ReloadFilter() implements Effect {}

  /** Configure routing and gateway monitoring. */
  record ReloadRouting() implements Effect {}

  /**
   * Start, restart or configure a service.
   *
   * @param service for example {@code openvpn-server}
   * @param id for example the {@code vpnid}, empty when there is one such service
   */
  record RestartService(String service, String id) implements Effect {}

  /**
   * Start a service because a primary asked for it by name.
   *
   * @param service its name
   * @param id of several instances, else empty
   */
  record StartService(String service, String id) implements Effect {}

  /** Write the configuration files of all services again. */
  record ReloadTemplates() implements Effect {}

  /**
   * Stop a service.
   *
   * @param service for example {@code openvpn-server}
   * @param id for example the {@code vpnid}, empty when there is one such service
   */
  record StopService(String service, String id) implements Effect {}

  /**
   * Make an account of the operating system.
   *
   * @param kind {@code user} or {@code group}
   * @param name its name
   * @param account the entry of the configuration
   */
  record AddAccount(String kind, String name, ConfigNode.Fields account) implements Effect {
    @Override
    public String toString() {
      return "AddAccount[" + kind + " " + name + "]";
    }
  }

  /**
   * Remove an account of the operating system.
   *
   * @param kind {@code user} or {@code group}
   * @param name its name
   * @param account the entry of the old configuration
   */
  record RemoveAccount(String kind, String name, ConfigNode.Fields account) implements Effect {
    @Override
    public String toString() {
      return "RemoveAccount[" + kind + " " + name + "]";
    }
  }

  /**
   * Shut a captive portal zone down and delete its databases.
   *
   * @param zone its name
   */
  record RemoveZone(String zone) implements Effect {}

  /**
   * Tell packages that their data is stored.
   *
   * @param paths the stored paths
   */
  record PackagesStored(List<String> paths) implements Effect {
    /** Copies the list. */
    public PackagesStored {
      paths = List.copyOf(paths);
    }
  }

  /** The configuration was written: sync onward, if this node has secondaries of its own. */
  record SyncOnward() implements Effect {}

  /**
   * Opaque sections changed.
   *
   * @param names of the sections that were added, replaced or removed
   */
  record ApplySections(List<String> names) implements Effect {
    /** Copies the list. */
    public ApplySections {
      names = List.copyOf(names);
    }
  }

  /**
   * Apply everything: a crash came between the write of a configuration and its effects, and nobody
   * knows which of them were performed.
   *
   * @param changed the sections that differed
   */
  record ApplyAgain(List<String> changed) implements Effect {
    /** Copies the list. */
    public ApplyAgain {
      changed = List.copyOf(changed);
    }
  }

  /**
   * An effect failed and the old configuration is in force again: undo these. Comes once, last.
   *
   * @param performed what was done or begun, in order
   */
  record RollBack(List<Effect> performed) implements Effect {
    /** Copies the list. */
    public RollBack {
      performed = List.copyOf(performed);
    }
  }

  private static String address(ConfigNode.Fields vip) {
    return vip.at("mode").text()
        + " "
        + vip.at("subnet").text()
        + " on "
        + vip.at("interface").text();
  }
}
