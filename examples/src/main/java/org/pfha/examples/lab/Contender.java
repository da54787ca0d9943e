package org.pfha.examples.lab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pfha.examples.lab.Programs.Carp;
import org.pfha.examples.lab.Programs.Vrrp;

/** What is measured beside what: a program, its protocol and its interval. Immutable. */
final class Contender {

  private static final String PASSWORD = "measure-me";

  private final String name;
  private final long intervalNanos;
  private final long masterDownNanos;
  private final Start start;

  /** Starts one side with some virtual routers. */
  private interface Start {
    List<LabProcess> on(LabHost host, boolean master, int routers, Jvm jvm) throws IOException;
  }

  /**
   * How this project's node is started.
   *
   * @param main the class with the main method
   * @param options of the JVM
   * @param arguments before those of the node
   * @param realtime the node's real-time priority, 0 for none
   */
  record Jvm(String main, List<String> options, List<String> arguments, int realtime) {
    static Jvm plain(List<String> options, int realtime) {
      return new Jvm("org.pfha.examples.Pfha", options, List.of(), realtime);
    }
  }

  private Contender(String name, long intervalNanos, long masterDownNanos, Start start) {
    this.name = name;
    this.intervalNanos = intervalNanos;
    this.masterDownNanos = masterDownNanos;
    this.start = start;
  }

  /** All of them, by name. */
  static Map<String, Contender> all() {
    Map<String, Contender> all = new LinkedHashMap<>();
    for (Contender each :
        List.of(
            ucarp(),
            carp("pfha-carp", "pfha", 1, 0),
            carp("pfha-subsecond", "pfha-subsecond", 0, 6),
            keepalived("keepalived-1s", 1000),
            vrrp("pfha-vrrp-1s", 1000),
            keepalived("keepalived-100ms", 100),
            vrrp("pfha-vrrp-100ms", 100))) {
      all.put(each.name, each);
    }
    return all;
  }

  private static Contender ucarp() {
    Carp router = router(1, 1, 0);
    return new Contender(
        "ucarp",
        1_000_000_000L,
        router.masterDownNanos(),
        (host, master, routers, jvm) -> {
          List<LabProcess> started = new ArrayList<>();
          for (int i = 1; i <= routers; i++) {
            started.add(Programs.ucarp(host, host.address(), router(i, 1, 0)));
          }
          return started;
        });
  }

  private static Contender carp(String name, String profile, int advbase, int advskew) {
    Carp first = router(1, advbase, advskew);
    boolean subsecond = advbase == 0;
    return new Contender(
        name,
        advbase * 1_000_000_000L + advskew * 1_000_000_000L / 256,
        subsecond ? 3L * advskew * 1_000_000_000 / 256 : first.masterDownNanos(),
        (host, master, routers, jvm) -> {
          NodeSettings settings = new NodeSettings(host);
          for (int i = 1; i <= routers; i++) {
            settings.carp(router(i, advbase, advskew), profile);
          }
          return List.of(settings.start(jvm));
        });
  }

  private static Contender keepalived(String name, int millis) {
    Vrrp backup = vrrpRouter(1, false, millis);
    return new Contender(
        name,
        millis * 1_000_000L,
        backup.masterDownNanos(),
        (host, master, routers, jvm) -> {
          List<Vrrp> all = new ArrayList<>();
          for (int i = 1; i <= routers; i++) {
            all.add(vrrpRouter(i, master, millis));
          }
          return List.of(Programs.keepalived(host, all));
        });
  }

  private static Contender vrrp(String name, int millis) {
    Vrrp backup = vrrpRouter(1, false, millis);
    return new Contender(
        name,
        millis * 1_000_000L,
        backup.masterDownNanos(),
        (host, master, routers, jvm) -> {
          NodeSettings settings = new NodeSettings(host).preempting();
          for (int i = 1; i <= routers; i++) {
            settings.vrrp(vrrpRouter(i, master, millis));
          }
          return List.of(settings.start(jvm));
        });
  }

  private static Carp router(int id, int advbase, int advskew) {
    return new Carp(id, PASSWORD, address(id), advbase, advskew);
  }

  private static Vrrp vrrpRouter(int id, boolean master, int millis) {
    return new Vrrp(id, master ? 200 : 100, millis, List.of(address(id) + "/32"));
  }

  /** The virtual address of a virtual router. */
  static String address(int id) {
    return "10.66.99." + id;
  }

  String name() {
    return name;
  }

  /** From advert to advert. */
  long intervalNanos() {
    return intervalNanos;
  }

  /** From the last advert to the takeover, by the protocol's own formula. */
  long masterDownNanos() {
    return masterDownNanos;
  }

  /** Starts one side. */
  List<LabProcess> start(LabHost host, boolean master, int routers, Jvm jvm) throws IOException {
    return start.on(host, master, routers, jvm);
  }

  boolean isOwn() {
    return name.startsWith("pfha");
  }
}
