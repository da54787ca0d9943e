package org.pfha.examples.node;

import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pfha.carp.VirtualRouter;
import org.pfha.carp.engine.CarpProfile;
import org.pfha.carp.engine.VrrpProfile;
import org.pfha.examples.conformance.Json;
import org.pfha.net.LinkAddress;

/**
 * What {@code pfha node} is told by its file. Immutable; its {@code toString} tells no secret.
 *
 * @param name of this node, for its status
 * @param preempt whether it takes over from a living but worse master
 * @param vips how virtual addresses get onto this host
 * @param virtualMac whether adverts come from the virtual MAC and addresses are announced at it
 * @param realtime priority of the thread that sends and listens, 1–99; 0 for an ordinary one
 * @param maintenance keeps the intent to be in maintenance, if there is such a file
 * @param configSync what {@code pfha sync push --record} writes, to be shown, if there is such a
 *     file
 * @param status where the status can be asked for, if anywhere
 * @param routers at least one
 * @param pfsync the state table and its link, if any
 */
record NodeConfig(
    String name,
    boolean preempt,
    VipKind vips,
    boolean virtualMac,
    int realtime,
    Optional<Path> maintenance,
    Optional<Path> configSync,
    Optional<Status> status,
    List<Router> routers,
    Optional<Sync> pfsync) {

  /** How a virtual address gets onto this host. */
  enum VipKind {
    /** As one more address of the interface; it answers at the interface's own MAC. */
    PLAIN,
    /** On an interface of its own that has the virtual MAC. */
    MACVLAN,
    /** Not at all: whatever listens to role changes does it. */
    NONE
  }

  /**
   * A virtual router.
   *
   * @param link its interface
   * @param vhid 1–255
   * @param addresses with the prefix length of their subnet
   * @param router complete
   */
  record Router(String link, int vhid, List<LinkAddress> addresses, VirtualRouter router) {}

  /** Where the status can be asked for, and the word that allows to change anything. */
  static final class Status {
    private final InetSocketAddress address;
    private final Optional<String> token;
    private final Set<String> names;
    private final List<URI> peers;

    Status(InetSocketAddress address, Optional<String> token, Set<String> names, List<URI> peers) {
      this.address = address;
      this.token = token;
      this.names = Set.copyOf(names);
      this.peers = List.copyOf(peers);
    }

    InetSocketAddress address() {
      return address;
    }

    /** Without it nothing can be changed. */
    Optional<String> token() {
      return token;
    }

    /** Of this host, by which it may be asked beside its addresses. */
    Set<String> names() {
      return names;
    }

    /** Where the peers can be asked, to show both sides. */
    List<URI> peers() {
      return peers;
    }

    @Override
    public String toString() {
      return address + (token.isPresent() ? " with a token" : " read only");
    }
  }

  /** Something is wrong with a configuration. */
  static final class Rejected extends Exception {
    private static final long serialVersionUID = 1;
    private final transient List<Problem> problems;

    Rejected(List<Problem> problems) {
      super(String.join("\n", problems.stream().map(Problem::toString).toList()));
      this.problems = List.copyOf(problems);
    }

    /** All of it. */
    List<Problem> problems() {
      return problems;
    }
  }

  private static final int SHORTEST_TOKEN = 16;

  /**
   * Reads a configuration.
   *
   * @param file JSON
   * @param links the interfaces of this host
   * @throws IOException if it cannot be read or is not JSON
   * @throws Rejected with everything that is wrong with it
   */
  static NodeConfig read(Path file, Collection<String> links) throws IOException, Rejected {
    return read(Json.parse(file), file.toAbsolutePath().resolveSibling(".").normalize(), links);
  }

  /** What a file in a directory says. */
  static NodeConfig read(Json json, Path directory, Collection<String> links) throws Rejected {
    List<Problem> problems = new ArrayList<>();
    Section section = new Section("", json, problems);
    NodeConfig config = read(section, directory, links);
    section.end();
    if (!problems.isEmpty()) {
      throw new Rejected(problems);
    }
    return config;
  }

  private static NodeConfig read(Section node, Path directory, Collection<String> links) {
    String name = node.text("name").orElse("pfha");
    boolean preempt = node.flag("preempt", false);
    VipKind vips = node.choice("virtual_addresses", words(VipKind.values()), VipKind.PLAIN);
    boolean virtualMac = node.flag("virtual_mac", vips == VipKind.MACVLAN);
    if (virtualMac == (vips == VipKind.PLAIN) && vips != VipKind.NONE) {
      node.problem(
          "virtual_mac", "must be %s with this kind of virtual_addresses".formatted(!virtualMac));
    }
    int realtime = node.number("realtime", 0);
    if (realtime < 0 || realtime > 99) {
      node.problem("realtime", "must be between 1 and 99, or 0 for an ordinary thread");
    }
    Optional<Path> maintenance = node.file("maintenance_file", directory);
    Optional<Path> configSync = node.file("config_sync_record", directory);
    Optional<Status> status = node.section("status").map(section -> status(section, directory));
    List<Router> routers = routers(node, directory, links);
    Optional<Sync> pfsync = node.section("pfsync").map(section -> Sync.read(section, links));
    return new NodeConfig(
        name,
        preempt,
        vips,
        virtualMac,
        realtime,
        maintenance,
        configSync,
        status,
        routers,
        pfsync);
  }

  private static Status status(Section section, Path directory) {
    String host = section.text("address").orElse("127.0.0.1");
    InetAddress address = InetAddress.getLoopbackAddress();
    if (InetAddresses.isInetAddress(host)) {
      address = InetAddresses.forString(host);
    } else {
      section.problem("address", "'%s' is no IP address; write 127.0.0.1 or ::1".formatted(host));
    }
    int port = section.number("port", -1);
    if (port < 0 || port > 65_535) {
      section.problem("port", "must be between 0 and 65535; 0 takes any free one");
    }
    Optional<String> token = SecretFile.read(section, "token_file", directory);
    if (token.isPresent() && token.get().length() < SHORTEST_TOKEN) {
      section.problem("token_file", "holds a token of less than 16 characters; make it longer");
    }
    Set<String> names = new HashSet<>();
    for (String name : section.texts("names")) {
      names.add(name.toLowerCase(Locale.ROOT));
    }
    List<URI> peers = new ArrayList<>();
    for (String peer : section.texts("peers")) {
      peer(section, peer).ifPresent(peers::add);
    }
    section.end();
    return new Status(
        new InetSocketAddress(address, Math.max(0, port) & 0xffff), token, names, peers);
  }

  private static Optional<URI> peer(Section section, String text) {
    try {
      URI uri = new URI(text);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (http && uri.getHost() != null && uri.getUserInfo() == null) {
        return Optional.of(uri);
      }
    } catch (URISyntaxException told) {
      // below
    }
    section.problem(
        "peers",
        "'%s' is no URL such as http://172.16.1.3:9112/status"
            .formatted(text.replaceAll("//[^/@]*@", "//…@")));
    return Optional.empty();
  }

  private static List<Router> routers(Section node, Path directory, Collection<String> links) {
    List<Section> sections = node.sections("routers");
    if (sections.isEmpty()) {
      node.problem("routers", "has no virtual router; add {\"interface\": …, \"vhid\": …, …}");
    }
    List<Router> routers = new ArrayList<>();
    Map<String, Section> seen = new HashMap<>();
    for (Section section : sections) {
      Router router = router(section, directory, links);
      section.end();
      Section twin = seen.putIfAbsent(router.vhid + "@" + router.link, section);
      if (twin != null) {
        section.problem(
            "vhid",
            "%d on %s is %s already; use each vhid once per interface"
                .formatted(router.vhid, router.link, twin.path("")));
      }
      routers.add(router);
    }
    return List.copyOf(routers);
  }

  private static Router router(Section section, Path directory, Collection<String> links) {
    String link = link(section, links);
    VirtualRouter router = VirtualRouter.onInterface(link).vhid(section.number("vhid", -1));
    List<LinkAddress> addresses = new ArrayList<>();
    for (String text : section.texts("addresses")) {
      router = router.address(text);
      try {
        addresses.add(LinkAddress.parse(text));
      } catch (IllegalArgumentException told) {
        // by the router's own problems
      }
    }
    if (section.has("preempt")) {
      router = router.preempt(section.flag("preempt", false));
    }
    router = router.preemptDelay(section.duration("preempt_delay").orElse(Duration.ZERO));
    boolean vrrp = section.choice("protocol", Map.of("carp", false, "vrrp3", true), false);
    router = vrrp ? vrrp(section, router) : carp(section, router, directory);
    for (String problem : router.problems()) {
      section.problem("", problem);
    }
    return new Router(link, router.vhid(), List.copyOf(addresses), router);
  }

  /** The interface that a section names, known to be there. */
  static String link(Section section, Collection<String> links) {
    String link = section.required("interface", "name one of " + links);
    if (!link.isEmpty() && !links.contains(link)) {
      section.problem(
          "interface", "there is no '%s' on this host; there are %s".formatted(link, links));
    }
    return link;
  }

  private static VirtualRouter vrrp(Section section, VirtualRouter plain) {
    VirtualRouter router =
        plain
            .vrrp(section.choice("profile", words(VrrpProfile.values()), VrrpProfile.RFC_9568))
            .priority(section.number("priority", 100));
    Optional<Duration> interval = section.duration("interval");
    return interval.isPresent() ? router.interval(interval.get()) : router;
  }

  private static VirtualRouter carp(Section section, VirtualRouter plain, Path directory) {
    VirtualRouter router =
        plain
            .profile(section.choice("profile", words(CarpProfile.values()), CarpProfile.PFHA))
            .advbase(section.number("advbase", 1))
            .advskew(section.number("advskew", 0))
            .deadRatio(section.number("dead_ratio", 3))
            .strict(section.flag("strict", false));
    for (String peer : section.texts("peers")) {
      router = router.peer(peer);
    }
    Optional<String> group = section.text("group");
    if (group.isPresent()) {
      router = router.group(group.get());
    }
    boolean open = section.flag("no_password", false);
    Optional<String> password = SecretFile.read(section, "password_file", directory);
    if (open == section.has("password_file")) {
      section.problem(
          "password_file",
          open
              ? "and no_password exclude each other; remove one"
              : "is missing; name a file of mode 600, or say \"no_password\": true");
    }
    return password.isPresent() ? router.password(password.get()) : router.withoutPassword();
  }

  /** The names of an enum as they are written in the file: {@code FREEBSD_13} is freebsd13. */
  static <E extends Enum<E>> Map<String, E> words(E[] values) {
    Map<String, E> words = new LinkedHashMap<>();
    for (E value : values) {
      String word = value.name().toLowerCase(Locale.ROOT).replaceAll("_(?=\\d)", "");
      words.put(word.replace('_', '-'), value);
    }
    return words;
  }
}
