package org.pfha.examples.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Some hosts on one switch, each in a network namespace, and the switch in one, too. Nothing leaves
 * them. Everything that was made and started here is removed and ended by {@link #close}, and at
 * the latest when this JVM ends. Confined to one thread.
 *
 * <pre>
 *   a [eth0] ---- port a [switch: bridge br0] port b ---- [eth0] b
 * </pre>
 */
public final class Lab implements AutoCloseable {

  /** The prefix of every namespace; the process id behind it tells whose it is. */
  private static final String PREFIX = "pfha-lab-";

  private static final Pattern OURS = Pattern.compile(PREFIX + "(\\d+)-\\d+-[a-z0-9]+");
  private static final AtomicInteger LABS = new AtomicInteger();

  private final String name = PREFIX + ProcessHandle.current().pid() + "-" + LABS.incrementAndGet();
  private final String bridge = name + "-sw";
  private final List<String> namespaces = new ArrayList<>();
  private final List<LabProcess> processes = new ArrayList<>();
  private final Path directory;
  private final Thread atExit = new Thread(this::remove);
  private boolean removed;

  private Lab() throws IOException {
    directory = Files.createTempDirectory(name);
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /**
   * What a lab needs and this machine lacks.
   *
   * @param programs beyond {@code ip} and {@code tcpdump}
   * @return one line, or empty if there is a lab to be had
   */
  public static Optional<String> missing(String... programs) {
    return missing(
        System.getProperty("os.name", ""),
        System.getProperty("user.name", ""),
        Lab::isInstalled,
        programs);
  }

  /** What another machine would lack. */
  static Optional<String> missing(
      String system, String user, Predicate<String> isInstalled, String... programs) {
    if (!system.equals("Linux")) {
      return Optional.of("network namespaces are Linux's; this is " + system);
    }
    if (!user.equals("root")) {
      return Optional.of("network namespaces need root; this is " + user);
    }
    List<String> absent =
        Stream.concat(Stream.of("ip", "tcpdump"), Stream.of(programs))
            .filter(isInstalled.negate())
            .toList();
    return absent.isEmpty()
        ? Optional.empty()
        : Optional.of("not installed: " + String.join(", ", absent));
  }

  private static boolean isInstalled(String program) {
    return Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  /**
   * Makes the switch.
   *
   * @return without hosts
   * @throws IOException if the namespaces are refused
   */
  public static Lab open() throws IOException {
    removeLeftovers();
    Lab lab = new Lab();
    try {
      lab.addNamespace(lab.bridge);
      lab.inSwitch(
          "link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0",
          "link set br0 addrgenmode none",
          "link set br0 up");
      return lab;
    } catch (IOException e) {
      lab.close();
      throw e;
    }
  }

  /** What a JVM has left behind that was killed. */
  private static void removeLeftovers() throws IOException {
    for (String line : Commands.run("ip", "netns", "list").lines().toList()) {
      Matcher ours = OURS.matcher(line.split(" ", 2)[0]);
      if (ours.matches() && ProcessHandle.of(Long.parseLong(ours.group(1))).isEmpty()) {
        Commands.tryRun("ip", "netns", "del", ours.group());
      }
    }
  }

  private void addNamespace(String namespace) throws IOException {
    Commands.run("ip", "netns", "add", namespace);
    namespaces.add(namespace);
  }

  private void inSwitch(String... commands) throws IOException {
    Commands.batch(bridge, commands);
  }

  /**
   * Adds a host with one interface {@code eth0}, plugged into the switch.
   *
   * @param host one letter or two; decides the MAC: a host a has 02:00:00:00:00:61
   * @param addresses such as {@code 10.66.0.1/16}, at least one
   * @return the host
   * @throws IOException if something is refused
   */
  public LabHost host(String host, String... addresses) throws IOException {
    String namespace = name + "-" + host;
    addNamespace(namespace);
    String port = port(host);
    String mac = "02:00:00:00:%02x:%02x".formatted(host.length() - 1, (int) host.charAt(0));
    Commands.run(
        "ip", "link", "add", "eth0", "netns", namespace, "type", "veth", "peer", "name", port,
        "netns", bridge);
    List<String> sysctl =
        new ArrayList<>(List.of("ip", "netns", "exec", namespace, "sysctl", "-qw"));
    for (String scope : List.of("all", "default", "eth0")) {
      sysctl.add("net.ipv6.conf." + scope + ".accept_dad=0");
      sysctl.add("net.ipv6.conf." + scope + ".dad_transmits=0");
      sysctl.add("net.ipv4.conf." + scope + ".rp_filter=0");
    }
    Commands.run(sysctl.toArray(String[]::new));
    List<String> commands = new ArrayList<>();
    commands.add("link set lo up");
    commands.add("link set eth0 addrgenmode none");
    commands.add("link set eth0 address " + mac);
    commands.add("link set eth0 up");
    for (String address : addresses) {
      commands.add("addr add " + address + " dev eth0" + (address.contains(":") ? " nodad" : ""));
    }
    Commands.batch(namespace, commands.toArray(String[]::new));
    inSwitch(
        "link set " + port + " addrgenmode none",
        "link set " + port + " master br0",
        "link set " + port + " up");
    return new LabHost(this, host, namespace, addresses[0].split("/", 2)[0]);
  }

  private static String port(String host) {
    return "port-" + host;
  }

  /**
   * Cuts a host off from the switch; its carrier stays.
   *
   * @param host to be cut off
   * @throws IOException if that is refused
   */
  public void unplug(LabHost host) throws IOException {
    inSwitch("link set " + port(host.name()) + " nomaster");
  }

  /**
   * Connects a host with the switch again.
   *
   * @param host that was {@link #unplug}ged
   * @throws IOException if that is refused
   */
  public void plug(LabHost host) throws IOException {
    inSwitch("link set " + port(host.name()) + " master br0");
  }

  /**
   * Records what some hosts send from now on.
   *
   * @param watched hosts of this lab
   * @return ended with the lab
   * @throws IOException if tcpdump does not start
   */
  public Capture capture(LabHost... watched) throws IOException {
    Map<String, LabProcess> witnesses = new LinkedHashMap<>();
    for (LabHost host : watched) {
      String title = "tcpdump at " + host;
      witnesses.put(host.name(), start(bridge, title, Capture.command(port(host.name()))));
    }
    return new Capture(witnesses);
  }

  LabProcess start(String namespace, String title, List<String> command) throws IOException {
    List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    inside.addAll(command);
    LabProcess process = LabProcess.start(title, inside, directory);
    processes.add(process);
    return process;
  }

  /**
   * Where files of this lab may be.
   *
   * @return removed with the lab
   */
  public Path directory() {
    return directory;
  }

  /**
   * What everything that was started here has written, for a report of what went wrong.
   *
   * @return the last lines of each process
   */
  public String logs() {
    StringBuilder text = new StringBuilder();
    for (LabProcess process : processes) {
      List<String> lines = process.lines();
      text.append("%n%s%s%n  ".formatted(process, process.isAlive() ? "" : " (has ended)"))
          .append(String.join("\n  ", lines.subList(Math.max(0, lines.size() - 20), lines.size())));
    }
    return text.toString();
  }

  @Override
  public void close() {
    remove();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException ending) {
      // it runs, or has run
    }
  }

  private synchronized void remove() {
    if (removed) {
      return;
    }
    removed = true;
    processes.forEach(LabProcess::kill);
    for (int i = namespaces.size() - 1; i >= 0; i--) {
      Commands.tryRun("ip", "netns", "del", namespaces.get(i));
    }
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      System.getLogger(Lab.class.getName())
          .log(System.Logger.Level.WARNING, "cannot remove " + directory, e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
