package org.pfha.net.raw;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pfha.net.sys.NativeAccessException;
import org.pfha.net.sys.SystemCalls;

/** Describes a {@link RawTransport}. Confined to one thread. */
public final class RawTransportBuilder {

  private static final int LONGEST_NAME = 15;

  private final List<Wanted> links = new ArrayList<>();
  private @Nullable SystemCalls calls;
  private int receiveBuffer = 4 << 20;
  boolean virtualMac;
  int realtime;
  String name = "pfha-raw";

  /** An interface to speak on, and what to receive there. */
  record Wanted(String link, Set<Integer> protocols) {}

  RawTransportBuilder() {}

  /**
   * Adds an interface.
   *
   * @param name such as {@code em1}
   * @param protocols IP protocol numbers to be received there, 112 for CARP and 240 for pfsync
   * @return this
   */
  public RawTransportBuilder link(String name, int... protocols) {
    links.add(
        new Wanted(
            name, Arrays.stream(protocols).boxed().collect(Collectors.toCollection(TreeSet::new))));
    return this;
  }

  /**
   * Whether adverts to groups come from the virtual MAC, and virtual addresses are announced at it.
   * Then something must take the frames that are sent there: on Linux a macvlan. Without it
   * everything comes from the interface's own MAC, as hypervisors and switches with port security
   * want it, and virtual addresses are announced there.
   *
   * @param value default false
   * @return this
   */
  public RawTransportBuilder virtualMac(boolean value) {
    virtualMac = value;
    return this;
  }

  /**
   * How much each socket may hold while nobody reads it.
   *
   * @param bytes default 4 MiB, as the kernel counts them; without CAP_NET_ADMIN cut to the
   *     system's limit
   * @return this
   */
  public RawTransportBuilder receiveBuffer(int bytes) {
    receiveBuffer = bytes;
    return this;
  }

  /**
   * Has the loop's thread run before all ordinary ones of the host, so that adverts leave in time
   * and a master's are heard in time whatever else keeps the processors busy. What nodes do on the
   * loop must be short then. Linux only.
   *
   * @param priority 1–99 as of SCHED_RR; default 0, an ordinary thread. Needs CAP_SYS_NICE
   * @return this
   */
  public RawTransportBuilder realtime(int priority) {
    realtime = priority;
    return this;
  }

  /**
   * The name of the loop's thread.
   *
   * @param value default {@code pfha-raw}
   * @return this
   */
  public RawTransportBuilder threadName(String value) {
    name = value;
    return this;
  }

  /**
   * Opens the sockets and starts the loop.
   *
   * @return to be closed behind the nodes that use it
   * @throws IllegalArgumentException listing everything that is wrong with the description
   * @throws RawException.NoPrivilege if the process may not do this
   * @throws RawException.NoInterface naming an interface that is not there
   * @throws RawException.ProtocolTaken if the kernel does not give a protocol away
   * @throws NativeAccessException naming what to set, if JNA cannot put its library anywhere
   * @throws IOException for another reason
   */
  public RawTransport open() throws IOException {
    List<String> problems = problems();
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "the transport cannot be opened: " + String.join("; ", problems));
    }
    return new RawTransport(this);
  }

  private List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (links.isEmpty()) {
      problems.add("there is no link; add one with link(...)");
    }
    Set<String> seen = new TreeSet<>();
    for (Wanted wanted : links) {
      String link = wanted.link;
      if (link.isEmpty()
          || link.length() > LONGEST_NAME
          || !link.chars().allMatch(c -> c > 32 && c < 127)) {
        problems.add(
            "'%s' is no name of an interface; it has 1 to %d ASCII characters"
                .formatted(link, LONGEST_NAME));
      }
      if (!seen.add(link)) {
        problems.add(link + " is there twice; name all its protocols at once");
      }
      for (int protocol : wanted.protocols) {
        if (protocol < 1 || protocol > 254) {
          problems.add("protocol %d on %s is not between 1 and 254".formatted(protocol, link));
        }
      }
    }
    if (realtime < 0 || realtime > 99) {
      problems.add("a real-time priority of " + realtime + " is not between 0 and 99");
    }
    if (receiveBuffer < 1) {
      problems.add("a receive buffer of " + receiveBuffer + " bytes is none");
    }
    return problems;
  }

  List<Wanted> links() {
    return List.copyOf(links);
  }

  /** For tests: other calls than this machine's. */
  RawTransportBuilder calls(SystemCalls others) {
    calls = others;
    return this;
  }

  SystemCalls calls() {
    return calls == null ? SystemCalls.ofThisMachine() : calls;
  }

  RawHost host(SystemCalls made, Poller poller, Arrivals arrivals, ArrivalClock clock) {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    return switch (system) {
      case "linux" -> new LinuxHost(made, poller, arrivals, clock, receiveBuffer);
      case "freebsd" -> new FreebsdHost(made, poller, arrivals, clock, receiveBuffer);
      default ->
          throw new UnsupportedOperationException(
              "raw transports are on Linux and FreeBSD, not on " + system);
    };
  }
}
