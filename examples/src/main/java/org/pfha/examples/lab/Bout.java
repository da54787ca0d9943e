package org.pfha.examples.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.pfha.net.LinkAddress;

/** A master on host a and a backup on host b of one contender, and what they send. */
final class Bout implements AutoCloseable {

  /** A JVM on a busy machine takes its time to start. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration SETTLE = Duration.ofMillis(2500);

  final Contender contender;
  final Capture wire;
  final LabHost a;
  final LabHost b;
  private final Lab lab;
  private final int routers;
  private final Contender.Jvm jvm;

  /** The hosts, and nothing on them yet. */
  Bout(Contender contender, int routers, Contender.Jvm jvm) throws IOException {
    this.contender = contender;
    this.routers = routers;
    this.jvm = jvm;
    lab = Lab.open();
    boolean done = false;
    try {
      a = lab.host("a", "10.66.0.1/16", "fe80::a/64");
      b = lab.host("b", "10.66.0.2/16", "fe80::b/64");
      wire = lab.capture(a, b);
      done = true;
    } finally {
      if (!done) {
        lab.close();
      }
    }
  }

  static Predicate<Seen> advertOf(LabHost host) {
    return frame -> frame.host().equals(host.name()) && frame.isAdvert();
  }

  static Predicate<Seen> about(LabHost host, Seen.Kind kind) {
    InetAddress address = LinkAddress.parse(Contender.address(1)).address();
    return frame -> frame.host().equals(host.name()) && frame.is(kind, address);
  }

  /** Starts a master, and waits until it advertises all its virtual routers. */
  List<LabProcess> startMaster() throws IOException {
    List<LabProcess> master = contender.start(a, true, routers, jvm);
    Set<Integer> heard = new HashSet<>();
    wire.await(
        frame -> advertOf(a).test(frame) && heard.add(frame.payload()[1] & 0xff),
        routers,
        PATIENCE);
    return master;
  }

  /** Starts a backup somewhere within the master's interval, and waits until it has settled. */
  List<LabProcess> startBackup(RandomGenerator random) throws IOException {
    wire.watch(Duration.ofNanos(random.nextLong(contender.intervalNanos())));
    List<LabProcess> backup = contender.start(b, false, routers, jvm);
    if (contender.isOwn()) {
      for (LabProcess process : backup) {
        process.await(line -> line.contains(" running: "), PATIENCE);
      }
    }
    wire.watch(SETTLE.plusNanos(2 * contender.intervalNanos()));
    return backup;
  }

  /** A third host that pings the first address all the time. */
  void ping() throws IOException {
    LabHost third = lab.host("c", "10.66.0.3/16");
    third.start(List.of("ping", "-n", "-i", "0.01", Contender.address(1))).withOutput();
    wire.await(about(a, Seen.Kind.PONG), PATIENCE);
  }

  String logs() {
    return lab.logs();
  }

  @Override
  public void close() {
    lab.close();
  }
}
