package org.pfha.net.sim;

import static com.google.common.base.Preconditions.checkArgument;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.pfha.net.MacAddress;
import org.pfha.net.Subscription;

/**
 * A broadcast domain: a switch with the hosts that are plugged into it. Thread-safe.
 *
 * <p>A unicast packet reaches the hosts that hold its destination on this segment, a multicast
 * packet those that have joined the group there, a broadcast everyone; never the sender.
 */
public final class SimSegment {

  private final SimNetwork network;
  private final String name;
  private final List<SimPort> ports = new ArrayList<>();
  private final List<Consumer<SimFrame>> taps = new CopyOnWriteArrayList<>();
  private final Map<InetAddress, MacAddress> answers = new HashMap<>();
  private final Map<Way, Double> lossOneWay = new HashMap<>();
  private final Map<Way, Long> lastArrival = new HashMap<>();
  private final Map<SimHost, Integer> groupOf = new HashMap<>();
  private SimFaults faults = SimFaults.NONE;
  private boolean echoing;
  private int largest = Integer.MAX_VALUE;

  SimSegment(SimNetwork network, String name) {
    this.network = network;
    this.name = name;
  }

  /**
   * Its name.
   *
   * @return as given to {@link SimNetwork#segment}
   */
  public String name() {
    return name;
  }

  /**
   * Sets the faults of packets sent from now on.
   *
   * @param faults what may happen to them
   */
  public void faults(SimFaults faults) {
    synchronized (network.lock) {
      this.faults = Objects.requireNonNull(faults, "faults");
    }
  }

  /**
   * Sets a loss in one direction between two hosts, which comes on top of the segment's faults.
   *
   * @param from sender
   * @param to receiver
   * @param probability 0–1; 0 ends it
   */
  public void lossOneWay(SimHost from, SimHost to, double probability) {
    checkArgument(
        probability >= 0 && probability <= 1, "loss %s is not between 0 and 1", probability);
    synchronized (network.lock) {
      lossOneWay.put(new Way(from, to), probability);
    }
  }

  /**
   * Cuts the segment into groups that no longer hear each other, in place of an earlier partition.
   * Hosts that are not named stay together as one more group. What is under way still arrives.
   *
   * @param groups of hosts, none in two of them
   */
  @SafeVarargs
  public final void partition(Set<SimHost>... groups) {
    synchronized (network.lock) {
      Map<SimHost, Integer> next = new HashMap<>();
      for (int group = 0; group < groups.length; group++) {
        for (SimHost host : groups[group]) {
          checkArgument(
              next.put(host, group + 1) == null, "%s is in two groups of the partition", host);
        }
      }
      groupOf.clear();
      groupOf.putAll(next);
    }
  }

  /**
   * Makes the switch send multicast and broadcast back to where it came from, as a loop behind it
   * does.
   *
   * @param on false ends it
   */
  public void echo(boolean on) {
    synchronized (network.lock) {
      echoing = on;
    }
  }

  /**
   * Makes the segment an MTU black hole: larger packets vanish, and nobody is told.
   *
   * @param bytes of the largest IP packet that gets through; {@link Integer#MAX_VALUE} ends it
   */
  public void blackHole(int bytes) {
    synchronized (network.lock) {
      largest = bytes;
    }
  }

  /** Ends partitions and one-way losses; {@link #faults} stay. */
  public void heal() {
    synchronized (network.lock) {
      groupOf.clear();
      lossOneWay.clear();
    }
  }

  /**
   * Watches every frame at the instant it is sent, lost ones included.
   *
   * @param sink called by whoever sends; may not send itself
   * @return ends the watching
   */
  public Subscription tap(Consumer<SimFrame> sink) {
    taps.add(sink);
    return () -> taps.remove(sink);
  }

  /**
   * What switch and neighbours have last been told of an address by {@link SimHost#announce}. As in
   * an ARP cache it stays when the announcer dies.
   *
   * @param address such as a virtual one
   * @return the MAC it answers at, or empty if nobody has announced it
   */
  public Optional<MacAddress> whoAnswers(InetAddress address) {
    synchronized (network.lock) {
      return Optional.ofNullable(answers.get(address));
    }
  }

  void plug(SimPort port) {
    ports.add(port);
  }

  /** The MAC a packet to this address is framed for. */
  MacAddress framedFor(InetAddress destination) {
    byte[] ip = destination.getAddress();
    if (destination.isMulticastAddress()) {
      return ip.length == 4
          ? new MacAddress(
              0x0100_5e00_0000L | ((ip[1] & 0x7f) << 16) | ((ip[2] & 0xff) << 8) | (ip[3] & 0xff))
          : new MacAddress(0x3333_0000_0000L | (MacAddress.at(ip, 10).bits() & 0xffff_ffffL));
    }
    for (SimPort port : ports) {
      if (port.holds(destination)) {
        return port.link().mac();
      }
    }
    return answers.getOrDefault(destination, SimHost.BROADCAST_MAC);
  }

  void learn(InetAddress address, MacAddress mac) {
    answers.put(address, mac);
  }

  void showTaps(SimFrame frame) {
    taps.forEach(tap -> tap.accept(frame));
  }

  /** Arranges the arrival at everyone who should hear it, faults permitting. */
  void carry(SimPort sender, InetAddress destination, byte[] packet) {
    if (packet.length > largest) {
      return;
    }
    spread(
        sender,
        receiver -> receiver.host.wants(receiver, destination),
        receiver -> receiver.host.arrive(receiver, destination, packet));
  }

  /** The same for an announcement, which goes to all who observe their neighbours. */
  void carryAnnouncement(SimPort sender, byte[] frame) {
    spread(
        sender,
        receiver -> receiver.host.observesNeighbours(),
        receiver -> receiver.host.arriveAnnouncement(receiver, frame));
  }

  private void spread(SimPort sender, Predicate<SimPort> wants, Consumer<SimPort> arrive) {
    for (SimPort receiver : ports) {
      if ((receiver.host != sender.host || (echoing && receiver == sender))
          && receiver.isUp()
          && wants.test(receiver)
          && connected(sender.host, receiver.host)) {
        Way way = new Way(sender.host, receiver.host);
        if (chance(faults.loss()) || chance(lossOneWay.getOrDefault(way, 0.0))) {
          continue;
        }
        arrange(way, () -> arrive.accept(receiver));
        if (chance(faults.duplication())) {
          arrange(way, () -> arrive.accept(receiver));
        }
      }
    }
  }

  private void arrange(Way way, Runnable arrive) {
    long arrival = network.now() + faults.delay().toNanos() + random(faults.jitter());
    if (chance(faults.reordering())) {
      arrival += random(SimFaults.REORDER_WINDOW);
    } else {
      Long last = lastArrival.get(way);
      if (last != null && last - arrival > 0) {
        arrival = last;
      }
      lastArrival.put(way, arrival);
    }
    network.at(arrival, arrive);
  }

  private boolean connected(SimHost one, SimHost other) {
    return groupOf.getOrDefault(one, 0).equals(groupOf.getOrDefault(other, 0));
  }

  private boolean chance(double probability) {
    return probability > 0 && network.random.nextDouble() < probability;
  }

  private long random(Duration most) {
    return most.isZero() ? 0 : network.random.nextLong(most.toNanos() + 1);
  }

  @Override
  public String toString() {
    return name;
  }

  private record Way(SimHost from, SimHost to) {}
}
