package org.pfha.net.raw;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A segment of real interfaces: a bridge in a network namespace of its own, and one namespace for
 * each host with an interface {@code em0} plugged into it. Nothing leaves them, and all is removed
 * when it is closed.
 *
 * <p>A host's code runs on threads that have entered its namespace, and so do the threads they
 * start; its sockets stay in it.
 */
final class Wire implements AutoCloseable {

  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final int CLONE_NEWNET = 0x4000_0000;

  private static final class Namespaces {
    static {
      Native.register(Namespaces.class, Platform.C_LIBRARY_NAME);
    }

    private Namespaces() {}

    static native int open(String path, int flags) throws LastErrorException;

    static native int setns(int fd, int type) throws LastErrorException;

    static native int close(int fd) throws LastErrorException;
  }

  private final String prefix =
      "pfha-%d-%d".formatted(ProcessHandle.current().pid(), NUMBER.incrementAndGet());
  private final String bridge = prefix + "-sw";
  private final Map<String, Host> hosts = new LinkedHashMap<>();

  private Wire() {}

  /** Plugs hosts in; the n-th has 192.0.2.n/24 and 2001:db8::n/64. */
  static Wire of(String... names) throws IOException {
    Wire wire = new Wire();
    try {
      wire.create(List.of(names));
      return wire;
    } catch (IOException | RuntimeException e) {
      wire.close();
      throw e;
    }
  }

  private void create(List<String> names) throws IOException {
    run("ip", "netns", "add", bridge);
    ip(bridge, "link add br0 type bridge mcast_snooping 0");
    ip(bridge, "link set br0 up");
    for (String name : names) {
      Host host = new Host(name, prefix + "-" + name);
      hosts.put(name, host);
      run("ip", "netns", "add", host.namespace);
      quiet(host.namespace);
      ip(host.namespace, "link set lo up");
      plug(host);
      host.ip("addr add 192.0.2.%d/24 dev em0".formatted(hosts.size()));
      host.ip("-6 addr add 2001:db8::%d/64 dev em0 nodad".formatted(hosts.size()));
    }
  }

  private static void quiet(String namespace) throws IOException {
    for (String which : List.of("all", "default")) {
      run(
          "ip",
          "netns",
          "exec",
          namespace,
          "sh",
          "-c",
          "cd /proc/sys/net/ipv6/conf/%s && echo 0 > accept_dad && echo 0 > router_solicitations"
              .formatted(which));
    }
  }

  /** Gives a host its interface, once more if it was taken away. */
  void plug(Host host) throws IOException {
    ip(bridge, "link add %s type veth peer name em0 netns %s".formatted(host.name, host.namespace));
    ip(bridge, "link set %s master br0 up".formatted(host.name));
    host.ip("link set em0 up");
  }

  /** Takes a host's interface away. */
  void unplug(Host host) throws IOException {
    ip(bridge, "link del " + host.name);
  }

  /** Takes a host's carrier away, or gives it back. */
  void carrier(Host host, boolean on) throws IOException {
    ip(bridge, "link set %s %s".formatted(host.name, on ? "up" : "down"));
  }

  /** The namespace of the bridge. */
  String bridge() {
    return bridge;
  }

  Host host(String name) {
    return hosts.get(name);
  }

  private static void ip(String namespace, String words) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip", "-n", namespace));
    command.addAll(Arrays.asList(words.split(" ")));
    run(command.toArray(String[]::new));
  }

  static String run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    try {
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException("%s: %s".formatted(String.join(" ", command), output));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return output;
  }

  @Override
  public void close() {
    for (Host host : hosts.values()) {
      host.processes.forEach(Host::end);
    }
    hosts.values().forEach(host -> tryTo("ip", "-n", bridge, "link", "del", host.name));
    hosts.values().forEach(host -> tryTo("ip", "netns", "del", host.namespace));
    tryTo("ip", "netns", "del", bridge);
  }

  private static void tryTo(String... command) {
    try {
      run(command);
    } catch (IOException e) {
      // was not there yet, or is not any more
    }
  }

  /** A host on the segment. */
  static final class Host {
    private final String name;
    private final String namespace;
    private final List<Process> processes = new ArrayList<>();

    private Host(String name, String namespace) {
      this.name = name;
      this.namespace = namespace;
    }

    String namespace() {
      return namespace;
    }

    void ip(String words) throws IOException {
      Wire.ip(namespace, words);
    }

    /** Runs a command and says what it wrote; a status other than 0 is an error. */
    String exec(String... command) throws IOException {
      return run(inside(command));
    }

    /**
     * Starts a process that is ended with the wire at the latest; what it complains of is not read.
     */
    Process start(ProcessBuilder.Redirect output, String... command) throws IOException {
      Process process =
          new ProcessBuilder(inside(command))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .redirectOutput(output)
              .start();
      processes.add(process);
      return process;
    }

    private String[] inside(String... command) {
      List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
      all.addAll(Arrays.asList(command));
      return all.toArray(String[]::new);
    }

    private static void end(Process process) {
      process.destroyForcibly();
      try {
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
          throw new IllegalStateException("process " + process.pid() + " does not end");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** Runs code in the namespace, on a thread of its own. */
    <T> T call(Callable<T> code) throws Exception {
      FutureTask<T> task =
          new FutureTask<>(
              () -> {
                int fd = Namespaces.open("/var/run/netns/" + namespace, 0);
                try {
                  Namespaces.setns(fd, CLONE_NEWNET);
                } finally {
                  Namespaces.close(fd);
                }
                return code.call();
              });
      Thread thread = new Thread(task, "in " + namespace);
      thread.start();
      try {
        return task.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Exception cause) {
          throw cause;
        }
        throw e;
      }
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
