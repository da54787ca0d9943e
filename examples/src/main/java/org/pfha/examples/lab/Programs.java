package org.pfha.examples.lab;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** Starts what takes part in a {@link Lab}: this project's node and its peers. */
public final class Programs {

  private static final String INTERFACE = "eth0";
  private static final AtomicInteger STARTED = new AtomicInteger();

  /** Heap and compiler as the unit file has them; small enough for a dozen nodes on one machine. */
  public static final List<String> SMALL =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xms16m", "-Xmx32m", "-Xss512k");

  private Programs() {}

  /**
   * A CARP virtual router of one IPv4 address, as UCarp knows them.
   *
   * @param vhid 1–255
   * @param password 1–19 bytes
   * @param address without prefix length
   * @param advbase in seconds
   * @param advskew in 1/256 s
   */
  public record Carp(int vhid, String password, String address, int advbase, int advskew) {

    /**
     * The same on another host.
     *
     * @param other its advskew
     * @return a changed copy
     */
    public Carp advskew(int other) {
      return new Carp(vhid, password, address, advbase, other);
    }

    /**
     * How long a BACKUP waits.
     *
     * @return 3·advbase + advskew/256, in nanoseconds
     */
    public long masterDownNanos() {
      return 3_000_000_000L * advbase + advskew * 1_000_000_000L / 256;
    }

    @Override
    public String toString() {
      return "vhid %d at %d/%d".formatted(vhid, advbase, advskew);
    }
  }

  /**
   * A VRRPv3 virtual router.
   *
   * @param vrid 1–255
   * @param priority 1–254
   * @param intervalMillis a multiple of 10
   * @param addresses with prefix lengths, of one family
   */
  public record Vrrp(int vrid, int priority, int intervalMillis, List<String> addresses) {

    /** Copies the list. */
    public Vrrp {
      addresses = List.copyOf(addresses);
    }

    /**
     * The same on another host.
     *
     * @param other its priority
     * @return a changed copy
     */
    public Vrrp priority(int other) {
      return new Vrrp(vrid, other, intervalMillis, addresses);
    }

    /**
     * How long a BACKUP waits once it was told that the master is gone.
     *
     * @return (256 − priority)/256 intervals, in nanoseconds
     */
    public long skewNanos() {
      return (256 - priority) * (intervalMillis * 1_000_000L) / 256;
    }

    /**
     * How long a BACKUP waits.
     *
     * @return three intervals and the skew, in nanoseconds
     */
    public long masterDownNanos() {
      return 3L * intervalMillis * 1_000_000 + skewNanos();
    }

    @Override
    public String toString() {
      return "vrid %d priority %d every %d ms".formatted(vrid, priority, intervalMillis);
    }
  }

  /**
   * Starts UCarp. While it is MASTER the address is on the host.
   *
   * @param host where
   * @param source address of the host
   * @param router what
   * @param options more of UCarp's
   * @return running
   * @throws IOException if it cannot be started
   */
  public static LabProcess ucarp(LabHost host, String source, Carp router, String... options)
      throws IOException {
    String own = "%s-%d".formatted(host.name(), router.vhid);
    Path password = secret(host, own + ".password", router.password);
    Path up = script(host, own + "-up", "ip addr add " + router.address + "/32 dev " + INTERFACE);
    Path down =
        script(host, own + "-down", "ip addr del " + router.address + "/32 dev " + INTERFACE);
    List<String> command =
        new ArrayList<>(
            List.of(
                "ucarp",
                "--interface=" + INTERFACE,
                "--srcip=" + source,
                "--vhid=" + router.vhid,
                "--passfile=" + password,
                "--addr=" + router.address,
                "--advbase=" + router.advbase,
                "--advskew=" + router.advskew,
                "--upscript=" + up,
                "--downscript=" + down,
                "--neutral",
                "--facility=none"));
    command.addAll(List.of(options));
    return host.start(command).withOutput();
  }

  /**
   * Starts keepalived.
   *
   * @param host where
   * @param routers what
   * @return running
   * @throws IOException if it cannot be started
   */
  public static LabProcess keepalived(LabHost host, List<Vrrp> routers) throws IOException {
    StringBuilder text = new StringBuilder("global_defs {\n vrrp_version 3\n}\n");
    for (Vrrp router : routers) {
      text.append(
              "vrrp_instance V%d {%n state BACKUP%n interface %s%n"
                  .formatted(router.vrid, INTERFACE))
          .append(" virtual_router_id %d%n priority %d%n".formatted(router.vrid, router.priority))
          .append(String.format(Locale.ROOT, " advert_int %.2f%n", router.intervalMillis / 1000.0))
          .append(" virtual_ipaddress {\n");
      router.addresses.forEach(address -> text.append("  %s%n".formatted(address)));
      text.append(" }\n}\n");
    }
    Path directory = host.lab().directory();
    Path config = directory.resolve("keepalived-" + host.name() + ".conf");
    Files.writeString(config, text);
    List<String> command = new ArrayList<>(List.of("keepalived", "-n", "-l", "-P", "-D"));
    command.addAll(List.of("-f", config.toString(), "-i", "node_" + host.name()));
    for (String option : List.of("-p", "-r", "-c")) {
      command.add(option);
      // Of a killed one a zombie may be left for a moment, which another would take for alive.
      command.add(directory.resolve("keepalived-" + STARTED.incrementAndGet() + ".pid").toString());
    }
    return host.start(command).withOutput();
  }

  /**
   * Starts this project's node in a JVM of its own.
   *
   * @param host where
   * @param config JSON; files of {@link #secret} are beside it
   * @param jvm options of the JVM
   * @return running, but perhaps not started yet
   * @throws IOException if it cannot be started
   */
  public static LabProcess pfha(LabHost host, String config, List<String> jvm) throws IOException {
    return pfha(host, config, Contender.Jvm.plain(jvm, 0));
  }

  static LabProcess pfha(LabHost host, String config, Contender.Jvm jvm) throws IOException {
    Path file = host.lab().directory().resolve("pfha-" + host.name() + ".json");
    Files.writeString(file, config);
    List<String> arguments = new ArrayList<>(jvm.arguments());
    arguments.addAll(List.of("node", file.toString()));
    return java(host, jvm.main(), jvm.options(), arguments.toArray(String[]::new));
  }

  /**
   * Starts a Java program with this JVM's class path.
   *
   * @param host where
   * @param main its class
   * @param jvm options of the JVM
   * @param arguments of the program
   * @return running
   * @throws IOException if it cannot be started
   */
  public static LabProcess java(LabHost host, String main, List<String> jvm, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvm);
    command.addAll(List.of("-cp", classPath(), main));
    command.addAll(List.of(arguments));
    return host.start(command).withOutput();
  }

  /** This JVM's, wherever the other one is started. */
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  /**
   * A file with a secret, in the lab's directory.
   *
   * @param host whose
   * @param name of the file
   * @param secret its first line
   * @return the file, of mode 600
   * @throws IOException if it cannot be written
   */
  public static Path secret(LabHost host, String name, String secret) throws IOException {
    Path file = host.lab().directory().resolve(name);
    Files.writeString(file, secret + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static Path script(LabHost host, String name, String command) throws IOException {
    Path file = host.lab().directory().resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + command + " 2>/dev/null\nexit 0\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }
}
