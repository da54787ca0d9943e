package org.pfha.carp.engine;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.VrrpAdvert;
import org.pfha.net.IpPacket;

/**
 * Plays a script of nodes on one segment without delay, and writes it down with its transcript.
 *
 * <pre>
 *   profiles A B                        the script is played once for each
 *   node a [skew 10] [base 2] [preempt] [delay 5s] [address 192.0.2.1,…] [source 192.0.2.251]
 *          [priority 200] [interval 100] [ratio 5] [profile X] [silent]
 *   up|down|unknown|enable|disable|stop|kill|pause|resume a      request a MASTER      demote a 240
 *   addresses a 192.0.2.1,192.0.2.2     set a base 1 skew 10 …            fail|ok a 3
 *   advance 3.2s                        cut a-&gt;b      partition      heal
 *   hear a 1/100 [demote 2] [from 192.0.2.9]        resign|hear a 200 100cs …
 *   timers a
 * </pre>
 */
final class Scenario {

  /** Under other names where CARP has a profile of the same name. */
  private static final Map<String, VrrpProfile> VRRP =
      Map.of(
          "RFC_9568", VrrpProfile.RFC_9568,
          "KEEPALIVED", VrrpProfile.KEEPALIVED,
          "VRRP_FREEBSD_15", VrrpProfile.FREEBSD_15);

  private static final long SECOND = 1_000_000_000L;

  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final List<String> cuts = new ArrayList<>();
  private final List<String> transcript = new ArrayList<>();
  private final String defaultProfile;
  private boolean partitioned;
  private long now;

  private Scenario(String defaultProfile) {
    this.defaultProfile = defaultProfile;
  }

  /** Plays a script; transcript lines that are already in it are replaced. */
  static String play(String script, String profile) {
    Scenario scenario = new Scenario(profile);
    List<String> out = new ArrayList<>();
    for (String line : script.lines().toList()) {
      if (!line.startsWith("  ")) {
        out.add(line);
        if (!line.isBlank() && !line.startsWith("#") && !line.startsWith("profiles ")) {
          scenario.run(new ArrayList<>(Arrays.asList(line.trim().split(" +", -1))));
          scenario.transcript.forEach(said -> out.add("  " + said));
          scenario.transcript.clear();
        }
      }
    }
    return String.join("\n", out) + "\n";
  }

  static List<String> profiles(String script) {
    String line = script.lines().filter(l -> l.startsWith("profiles ")).findFirst().orElseThrow();
    return Arrays.asList(line.substring("profiles ".length()).split(" ", -1));
  }

  private void run(List<String> words) {
    String verb = words.remove(0);
    switch (verb) {
      case "node" -> nodes.put(words.get(0), new Node(words));
      case "advance" -> runUntil(now + nanos(words.get(0)));
      case "cut" -> cuts.add(words.get(0));
      case "partition" -> partitioned = true;
      case "heal" -> {
        cuts.clear();
        partitioned = false;
      }
      default -> node(words.remove(0)).run(verb, words);
    }
    deliver();
  }

  private Node node(String name) {
    Node node = nodes.get(name);
    if (node == null) {
      throw new IllegalArgumentException("no node " + name);
    }
    return node;
  }

  private void runUntil(long end) {
    for (Node next = next(end); next != null; next = next(end)) {
      now = Math.max(now, next.election.deadlineNanos());
      for (Node node : nodes.values()) { // at the same instant: their adverts cross
        if (!node.asleep() && node.election.isWaiting()) {
          node.election.tick(now, node);
        }
      }
      deliver();
    }
    now = end;
  }

  private @Nullable Node next(long end) {
    Node next = null;
    for (Node node : nodes.values()) {
      boolean waits = !node.asleep() && node.election.isWaiting();
      if (waits
          && node.election.deadlineNanos() <= end
          && (next == null || node.election.deadlineNanos() < next.election.deadlineNanos())) {
        next = node;
      }
    }
    return next;
  }

  private void deliver() {
    boolean quiet;
    do {
      quiet = true;
      for (Node from : nodes.values()) {
        List<IpPacket> outbox = List.copyOf(from.outbox);
        from.outbox.clear();
        for (IpPacket packet : outbox) {
          quiet = false;
          for (Node to : nodes.values()) {
            boolean cut = cuts.contains(from.name + "->" + to.name);
            if (to != from && !to.dead && !partitioned && !cut) {
              to.hear(packet);
            }
          }
        }
      }
    } while (!quiet);
  }

  private static long nanos(String seconds) {
    return Math.round(Double.parseDouble(seconds.replace("s", "")) * SECOND);
  }

  private static String time(long nanos) {
    return String.format(Locale.ROOT, "%.6f", nanos / 1e9);
  }

  private static List<InetAddress> addresses(String list) {
    return "none".equals(list)
        ? List.of()
        : Arrays.stream(list.split(",", -1)).map(Packets::address).toList();
  }

  private final class Node implements CarpActions {
    private final String name;
    private final Map<String, String> options = new LinkedHashMap<>();
    private final Election election;
    private final List<IpPacket> outbox = new ArrayList<>();
    private long random;
    private boolean dead;
    private boolean paused;
    private final List<IpPacket> inbox = new ArrayList<>();

    Node(List<String> words) {
      name = words.get(0);
      options(words.subList(1, words.size()));
      String profile = profile();
      boolean vrrp = VRRP.containsKey(profile);
      random = 1000L * name.charAt(0);
      election =
          vrrp ? new VrrpEngine(vrrp(profile)) : new CarpEngine(carp(profile), () -> ++random);
      sources().forEach(election::source);
    }

    private void options(List<String> words) {
      for (int i = 0; i < words.size(); i++) {
        String word = words.get(i);
        boolean flag = "preempt".equals(word) || "silent".equals(word) || "nopreempt".equals(word);
        options.put(word, flag ? "yes" : words.get(++i));
      }
    }

    private String profile() {
      return options.getOrDefault("profile", defaultProfile);
    }

    private int number(String option, int byDefault) {
      return Integer.parseInt(options.getOrDefault(option, "" + byDefault));
    }

    private CarpParameters carp(String profile) {
      return CarpParameters.of(
              number("vhid", 1), addresses(options.getOrDefault("address", "192.0.2.1")))
          .with(
              CarpProfile.valueOf(profile),
              number("base", 1),
              number("skew", 0),
              number("ratio", 3))
          .withVhidsOfInterface(number("vhids", 1))
          .withPreempt(options.containsKey("preempt"), nanos(options.getOrDefault("delay", "0s")));
    }

    private VrrpParameters vrrp(String profile) {
      return new VrrpParameters(
          Objects.requireNonNull(VRRP.get(profile)),
          number("vhid", 1),
          number("priority", 100),
          number("interval", 100),
          !options.containsKey("nopreempt"),
          nanos(options.getOrDefault("delay", "0s")),
          addresses(options.getOrDefault("address", "192.0.2.1")));
    }

    void run(String verb, List<String> words) {
      switch (verb) {
        case "up" -> election.linkUp(now, this);
        case "down" -> election.linkDown(now, this);
        case "unknown" -> election.linkUnknown(now, this);
        case "enable" -> election.enabled(true, now, this);
        case "disable" -> election.enabled(false, now, this);
        case "stop" -> election.stop(now, this);
        case "kill" -> dead = true;
        case "pause" -> paused = true;
        case "resume" -> resume();
        case "request" -> election.request(Role.valueOf(words.get(0)), now, this);
        case "demote" -> election.demotion(Integer.parseInt(words.get(0)), now, this);
        case "fail" -> results(false, words);
        case "ok" -> results(true, words);
        case "addresses" -> {
          options.put("address", words.get(0));
          reconfigure();
        }
        case "set" -> {
          options(words);
          reconfigure();
        }
        case "hear" -> hear(advert(words));
        case "timers" -> timers();
        default -> throw new IllegalArgumentException("unknown verb " + verb);
      }
    }

    boolean asleep() {
      return dead || paused;
    }

    /** As a node does: what has arrived is heard before any timer expires. */
    private void resume() {
      paused = false;
      inbox.forEach(this::receive);
      inbox.clear();
      election.tick(now, this);
    }

    private void results(boolean ok, List<String> words) {
      for (int i = 0; i < Integer.parseInt(words.get(0)); i++) {
        election.sendResult(ok, now, this);
      }
    }

    private void reconfigure() {
      if (election instanceof CarpEngine engine) {
        engine.reconfigure(carp(engine.parameters().profile().name()), now, this);
      } else if (election instanceof VrrpEngine engine) {
        engine.reconfigure(vrrp(profile()), now, this);
      }
    }

    private IpPacket advert(List<String> words) {
      String value = words.remove(0);
      Map<String, String> more = new LinkedHashMap<>();
      for (int i = 0; i + 1 < words.size(); i += 2) {
        more.put(words.get(i), words.get(i + 1));
      }
      String source = more.getOrDefault("from", "192.0.2.9");
      if (election instanceof VrrpEngine) {
        return Packets.vrrp(
            new VrrpAdvert(
                election.vhid(),
                Integer.parseInt(value),
                Integer.parseInt(more.getOrDefault("interval", "100")),
                election.addresses()),
            source,
            now);
      }
      int slash = value.indexOf('/');
      CarpAdvert advert =
          new CarpAdvert(
              election.vhid(),
              Integer.parseInt(value.substring(0, slash)),
              Integer.parseInt(value.substring(slash + 1)),
              Integer.parseInt(more.getOrDefault("demote", "0")),
              Long.parseLong(more.getOrDefault("counter", "7")));
      return Packets.carp(advert, key(), source, now);
    }

    private CarpAuthenticator key() {
      return CarpAuthenticator.of(new byte[0], election.vhid(), election.addresses());
    }

    private void hear(IpPacket packet) {
      IpPacket arrived =
          new IpPacket().wrap(packet.array(), 0, packet.array().length, Packets.LINK, now);
      arrived.check();
      if (paused) {
        inbox.add(arrived);
      } else {
        receive(arrived);
      }
    }

    private void receive(IpPacket arrived) {
      if (election instanceof CarpEngine engine) {
        engine.received(Packets.view(arrived), arrived, this);
      } else if (election instanceof VrrpEngine engine) {
        engine.received(Packets.vrrpView(arrived), arrived, this);
      }
    }

    private void timers() {
      say(
          election.isWaiting()
              ? election.role() + " until " + time(election.deadlineNanos())
              : election.role() + ", no timer");
    }

    private void say(String what) {
      transcript.add(time(now) + " " + name + " " + what);
    }

    @Override
    public void sendAdvert(CarpAdvert advert, boolean ipv6) {
      if (!options.containsKey("silent")) {
        say(
            "sends %d/%d%s #%d%s"
                .formatted(
                    advert.advbase(),
                    advert.advskew(),
                    advert.demote() == 0 ? "" : " demoted " + advert.demote(),
                    advert.counter(),
                    ipv6 ? " over IPv6" : ""));
      }
      outbox.add(Packets.carp(advert, key(), source(ipv6), now));
    }

    @Override
    public void sendAdvert(VrrpAdvert advert, boolean ipv6) {
      if (!options.containsKey("silent")) {
        say("sends priority %d, %d cs".formatted(advert.priority(), advert.intervalCentis()));
      }
      outbox.add(Packets.vrrp(advert, source(ipv6), now));
    }

    private String source(boolean ipv6) {
      return sources().stream()
          .filter(address -> address instanceof Inet6Address == ipv6)
          .findFirst()
          .map(InetAddress::getHostAddress)
          .orElse("fe80::" + name);
    }

    private List<InetAddress> sources() {
      return addresses(options.getOrDefault("source", "192.0.2.25" + (name.charAt(0) - 'a' + 1)));
    }

    @Override
    public void announce(InetAddress address) {
      if (!options.containsKey("silent")) {
        say("announces " + address.getHostAddress());
      }
    }

    @Override
    public void roleChanged(Role from, Role to, RoleReason reason, long atNanos) {
      say(from + " -> " + to + " (" + reason + ")");
    }

    @Override
    public void sendErrorDemotion(int amount) {
      say("is demoted by " + amount + " for send errors");
    }

    @Override
    public boolean wantsDecisions() {
      return true;
    }

    @Override
    public void decided(Decision decision) {
      if (decision.before() == decision.after()) {
        say("stays " + decision.after() + ": " + decision.rule());
      }
    }
  }
}
