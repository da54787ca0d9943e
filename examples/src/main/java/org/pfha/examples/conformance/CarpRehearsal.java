package org.pfha.examples.conformance;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pfha.carp.engine.CarpActions;
import org.pfha.carp.engine.CarpEngine;
import org.pfha.carp.engine.CarpParameters;
import org.pfha.carp.engine.CarpProfile;
import org.pfha.carp.engine.Election;
import org.pfha.carp.engine.Role;
import org.pfha.carp.engine.RoleReason;
import org.pfha.carp.engine.VrrpEngine;
import org.pfha.carp.engine.VrrpParameters;
import org.pfha.carp.engine.VrrpProfile;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpView;
import org.pfha.carp.wire.VrrpAdvert;
import org.pfha.carp.wire.VrrpView;
import org.pfha.net.IpDatagram;
import org.pfha.net.IpPacket;
import org.pfha.net.OutboundPacket;

/**
 * Lets our engines live through the events of a captured scenario, in the same virtual seconds and
 * under the rules of the captured peer, and compares who advertised, how often, from when on, and
 * who was master in the end.
 *
 * <p>Real peers are late, never early: UCarp up to a second and an interval (spec carp 16),
 * keepalived by its start-up, unless the adverts before came at another moment of the interval.
 * UCarp with advbase 0 processes old packets late enough to make masters flap, and VRRPv2 has other
 * timers than our engine of version 3: there, only intervals and the last master are compared. A
 * scenario with an event that is not known here is not rehearsed; its frames are still checked.
 */
final class CarpRehearsal {

  private static final long SECOND = 1_000_000_000L;
  private static final Pattern COMMAND =
      Pattern.compile("(start|SIGTERM|kill -9|signal 12) (\\w+)");
  private static final Pattern PLUG =
      Pattern.compile("switch port: link set p(\\w+) (nomaster|master) ?.*");
  private static final double EARLY = 0.1;
  private static final double START_UP = 0.5;

  private final Json setup;
  private final boolean carp;
  private final Map<String, Host> hosts = new TreeMap<>();
  private long now;

  private CarpRehearsal(Json setup) {
    this.setup = setup;
    this.carp = setup.has("password");
  }

  static void compare(Json scenario, Map<String, Object> expected, Map<String, Object> actual) {
    List<Json> events = scenario.get("events").items();
    if (!events.stream().allMatch(event -> isKnown(event.items().get(1).text()))) {
      return;
    }
    CarpRehearsal rehearsal = new CarpRehearsal(scenario.get("setup"));
    Map<String, List<Double>> captured = captured(scenario);
    List<Json> timeline = scenario.get("timeline").items();
    double end = timeline.get(timeline.size() - 1).get("t").real();
    rehearsal.play(events, Math.round(end * SECOND));
    for (Map.Entry<String, List<Double>> node : captured.entrySet()) {
      Host host = rehearsal.hosts.get(node.getKey());
      if (host == null) {
        expected.put(node.getKey(), "started by an event");
        continue;
      }
      host.compare(node.getValue(), end, expected, actual);
    }
    expected.put("nodes that ever advertise", captured.keySet());
    actual.put(
        "nodes that ever advertise",
        rehearsal.hosts.values().stream()
            .filter(host -> !host.sent.isEmpty())
            .map(host -> host.name)
            .toList());
  }

  /** When each node advertised, goodbyes left out. */
  private static Map<String, List<Double>> captured(Json scenario) {
    Map<String, List<Double>> times = new TreeMap<>();
    for (Json line : scenario.get("timeline").items()) {
      boolean advert = line.has("advbase") || line.has("priority");
      if (advert && !(line.has("priority") && line.get("priority").integer() == 0)) {
        times
            .computeIfAbsent(line.get("node").text(), node -> new ArrayList<>())
            .add(line.get("t").real());
      }
    }
    return times;
  }

  private void play(List<Json> events, long end) {
    List<Json> sorted = new ArrayList<>(events);
    sorted.sort(Comparator.comparingDouble(event -> event.items().get(0).real()));
    now = Math.round(sorted.get(0).items().get(0).real() * SECOND);
    for (Json event : sorted) {
      runUntil(Math.round(event.items().get(0).real() * SECOND));
      happen(event.items().get(1).text());
      deliver();
    }
    runUntil(end);
  }

  private static boolean isKnown(String event) {
    return COMMAND.matcher(event).matches() || PLUG.matcher(event).matches();
  }

  private void happen(String event) {
    Matcher plug = PLUG.matcher(event);
    if (plug.matches()) {
      host(plug.group(1)).unplugged = "nomaster".equals(plug.group(2));
      return;
    }
    Matcher command = COMMAND.matcher(event);
    if (command.matches()) {
      Host host = host(command.group(2));
      switch (command.group(1)) {
        case "start" -> host.election.linkUp(now, host);
        case "SIGTERM" -> host.election.stop(now, host);
        case "kill -9" -> host.dead = true;
        default -> host.election.request(Role.BACKUP, now, host);
      }
    }
  }

  private Host host(String name) {
    return hosts.computeIfAbsent(name, Host::new);
  }

  private void runUntil(long end) {
    while (true) {
      Host next = null;
      for (Host host : hosts.values()) {
        boolean waits = !host.dead && host.election.isWaiting();
        if (waits
            && host.election.deadlineNanos() <= end
            && (next == null || host.election.deadlineNanos() < next.election.deadlineNanos())) {
          next = host;
        }
      }
      if (next == null) {
        now = end;
        return;
      }
      now = Math.max(now, next.election.deadlineNanos());
      next.election.tick(now, next);
      deliver();
    }
  }

  private void deliver() {
    boolean quiet;
    do {
      quiet = true;
      for (Host from : hosts.values()) {
        List<IpPacket> outbox = List.copyOf(from.outbox);
        from.outbox.clear();
        quiet &= outbox.isEmpty();
        for (IpPacket packet : outbox) {
          for (Host to : hosts.values()) {
            if (to != from && !to.dead && !to.unplugged && !from.unplugged) {
              to.receive(packet);
            }
          }
        }
      }
    } while (!quiet);
  }

  /** One peer of the scenario, played by an engine. */
  private final class Host implements CarpActions {
    private final String name;
    private final Election election;
    private final InetAddress source;
    private final double interval;
    private final List<Double> sent = new ArrayList<>();
    private final List<IpPacket> outbox = new ArrayList<>();
    private boolean dead;
    private boolean unplugged;
    private int terms;
    private final boolean onlyIntervals;

    Host(String name) {
      this.name = name;
      Json node = setup.get("nodes").get(name);
      boolean ipv6 =
          !carp && CarpScenarios.instance(setup, name).get("vips").toString().contains(":");
      source =
          ipv6
              ? CarpVectors.address("a".equals(name) ? "fe80::a" : "fe80::b")
              : CarpVectors.address(node.get("src").text());
      if (carp) {
        CarpParameters parameters =
            CarpParameters.of(
                    setup.get("vhid").integer(), CarpVectors.addresses(setup.get("addresses")))
                .withProfile(CarpProfile.UCARP)
                .withInterval(node.get("advbase").integer(), node.get("advskew").integer())
                .withPreempt(node.has("preempt") && node.get("preempt").bool(), 0);
        election = new CarpEngine(parameters, () -> 1);
        interval = parameters.advertIntervalNanos(parameters.advskew()) / 1e9;
        onlyIntervals = parameters.advbase() == 0;
      } else {
        Json instance = CarpScenarios.instance(setup, name);
        VrrpParameters parameters =
            new VrrpParameters(
                VrrpProfile.KEEPALIVED,
                instance.get("id").integer(),
                instance.get("prio").integer(),
                (int) Math.round(100 * instance.get("int").real()),
                true,
                0,
                CarpVectors.addresses(instance.get("vips")));
        election = new VrrpEngine(parameters);
        interval = parameters.advertIntervalNanos() / 1e9;
        onlyIntervals = setup.get("version").integer() == 2;
      }
      election.source(source);
    }

    void receive(IpPacket packet) {
      IpPacket arrived =
          new IpPacket().wrap(packet.array(), 0, packet.array().length, CarpVectors.LINK, now);
      arrived.check();
      if (election instanceof CarpEngine engine) {
        CarpView advert =
            new CarpView().wrap(arrived.array(), arrived.payloadOffset(), arrived.payloadLength());
        if (CarpScenarios.authenticator(setup, name).verify(advert)) {
          engine.received(advert, arrived, this);
        }
      } else if (election instanceof VrrpEngine engine) {
        engine.received(new VrrpView().wrap(arrived), arrived, this);
      }
    }

    void compare(
        List<Double> captured,
        double end,
        Map<String, Object> expected,
        Map<String, Object> actual) {
      double median = median(captured);
      expected.put(name + " interval of about " + interval, true);
      actual.put(
          name + " interval of about " + interval,
          captured.size() < 3 || Math.abs(median / interval - 1) < 0.05 ? true : median);
      double last = captured.get(captured.size() - 1);
      expected.put(name + " is master at the end", end - last < 1.5 * interval);
      actual.put(name + " is master at the end", !dead && election.role() == Role.MASTER);
      if (onlyIntervals || sent.isEmpty()) {
        return;
      }
      expected.put(name + " becomes master", terms(captured) + " times");
      actual.put(name + " becomes master", terms + " times");
      double late = captured.get(0) - sent.get(0);
      double latest = carp ? 1 + interval + EARLY : START_UP;
      expected.put(name + " first advert in time", true);
      actual.put(
          name + " first advert in time",
          -interval - EARLY <= late && late <= latest
              ? true
              : "captured %+f s later".formatted(late));
    }

    /** How often a node begins to advertise after having been silent. */
    private int terms(List<Double> captured) {
      int count = 1;
      for (int i = 1; i < captured.size(); i++) {
        count += captured.get(i) - captured.get(i - 1) > 2.5 * interval ? 1 : 0;
      }
      return count;
    }

    private static double median(List<Double> times) {
      List<Double> gaps = new ArrayList<>();
      for (int i = 1; i < times.size(); i++) {
        gaps.add(times.get(i) - times.get(i - 1));
      }
      gaps.sort(Comparator.naturalOrder());
      return gaps.isEmpty() ? 0 : gaps.get(gaps.size() / 2);
    }

    @Override
    public void sendAdvert(CarpAdvert advert, boolean ipv6) {
      byte[] payload = new byte[CarpView.LENGTH];
      CarpAuthenticator key = CarpScenarios.authenticator(setup, name);
      advert.encode(payload, 0, key);
      send(payload, CarpVectors.address("224.0.0.18"));
    }

    @Override
    public void sendAdvert(VrrpAdvert advert, boolean ipv6) {
      InetAddress group = CarpVectors.address(ipv6 ? "ff02::12" : "224.0.0.18");
      byte[] payload = advert.encode(source, group);
      if (advert.priority() > 0) {
        send(payload, group);
      } else {
        outbox.add(packet(payload, group));
      }
    }

    private void send(byte[] payload, InetAddress group) {
      sent.add((double) now / SECOND);
      outbox.add(packet(payload, group));
    }

    private IpPacket packet(byte[] payload, InetAddress group) {
      byte[] bytes =
          IpDatagram.build(
              new OutboundPacket(
                  CarpVectors.LINK,
                  CarpView.PROTOCOL,
                  source,
                  group,
                  255,
                  0xe0,
                  true,
                  null,
                  payload),
              source,
              0);
      return new IpPacket().wrap(bytes, 0, bytes.length, CarpVectors.LINK, now);
    }

    @Override
    public void announce(InetAddress address) {}

    @Override
    public void roleChanged(Role from, Role to, RoleReason reason, long atNanos) {
      terms += to == Role.MASTER ? 1 : 0;
    }

    @Override
    public void sendErrorDemotion(int amount) {}
  }
}
