package org.pfha.net.sim;

import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.pfha.net.IpPacket;
import org.pfha.net.Link;
import org.pfha.net.LinkListener;
import org.pfha.net.NeighbourReceiver;
import org.pfha.net.NeighbourView;
import org.pfha.net.PacketReceiver;
import org.pfha.net.Subscription;

/**
 * What one boot of a host has open: loop, receivers, joins, receive queue. State is guarded by the
 * network's lock; receivers and listeners are called without it.
 */
final class SimSockets {

  final SimEventLoop loop;

  private final SimNetwork network;
  private final String host;
  private final List<Receiver> receivers = new CopyOnWriteArrayList<>();
  private final List<LinkListener> listeners = new CopyOnWriteArrayList<>();
  private final List<NeighbourReceiver> observers = new CopyOnWriteArrayList<>();
  private final Map<Membership, Integer> joins = new HashMap<>();
  private final ArrayDeque<Arrival> queue = new ArrayDeque<>();
  private final IpPacket view = new IpPacket();
  private final NeighbourView neighbour = new NeighbourView();
  private long drops;
  private boolean ready;
  private boolean delivering;

  SimSockets(SimNetwork network, String host, SimClock clock, long latencyNanos) {
    this.network = network;
    this.host = host;
    this.loop = new SimEventLoop(network, host, clock, latencyNanos);
  }

  Subscription receive(int protocol, PacketReceiver receiver) {
    Receiver entry = new Receiver(protocol, receiver);
    receivers.add(entry);
    return () -> receivers.remove(entry);
  }

  Subscription onLinkChange(LinkListener listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  Subscription observeNeighbours(NeighbourReceiver receiver) {
    observers.add(receiver);
    return () -> observers.remove(receiver);
  }

  boolean observesNeighbours() {
    return !observers.isEmpty();
  }

  Subscription join(String link, InetAddress group) {
    Membership membership = new Membership(link, group);
    joins.merge(membership, 1, Integer::sum);
    boolean[] left = new boolean[1];
    return () -> {
      synchronized (network.lock) {
        if (!left[0]) {
          left[0] = true;
          joins.computeIfPresent(membership, (key, count) -> count == 1 ? null : count - 1);
        }
      }
    };
  }

  boolean hasJoined(String link, InetAddress group) {
    return joins.containsKey(new Membership(link, group));
  }

  void linkChanged(Link link) {
    if (!listeners.isEmpty()) {
      loop.execute(() -> listeners.forEach(listener -> listener.changed(link)));
    }
  }

  void enqueue(String link, byte[] packet) {
    enqueue(new Arrival(packet, false, link, loop.now()));
  }

  void enqueueAnnouncement(String link, byte[] frame) {
    enqueue(new Arrival(frame, true, link, loop.now()));
  }

  private void enqueue(Arrival arrival) {
    if (queue.size() >= SimHost.RECEIVE_QUEUE) {
      drops++;
      return;
    }
    queue.add(arrival);
    wake();
  }

  /**
   * The loop looks into the queue when it comes to it; behind a pause, that is after late timers.
   */
  private void wake() {
    if (!ready && !loop.isPaused() && !queue.isEmpty()) {
      ready = true;
      loop.execute(this::readable);
    }
  }

  private void readable() {
    synchronized (network.lock) {
      ready = false;
    }
    drain();
  }

  void resume() {
    loop.resume();
    wake();
  }

  void die() {
    loop.die();
    receivers.clear();
    listeners.clear();
    observers.clear();
    joins.clear();
    queue.clear();
  }

  long drops() {
    return drops;
  }

  int drain() {
    if (delivering) {
      return 0; // a receiver asks: the rest is delivered behind it, in order
    }
    delivering = true;
    try {
      int delivered = 0;
      for (Arrival arrival = poll(); arrival != null; arrival = poll()) {
        deliver(arrival);
        delivered++;
      }
      return delivered;
    } finally {
      delivering = false;
    }
  }

  private @Nullable Arrival poll() {
    synchronized (network.lock) {
      return loop.isPaused() ? null : queue.poll();
    }
  }

  private void deliver(Arrival arrival) {
    byte[] bytes = arrival.bytes;
    if (arrival.announcement) {
      for (NeighbourReceiver observer : observers) {
        neighbour.wrap(bytes, 0, bytes.length, arrival.link, arrival.atNanos);
        if (neighbour.check() == NeighbourView.Check.OK) {
          network.runOn(loop, host, () -> observer.claimed(neighbour));
        }
      }
      return;
    }
    for (Receiver receiver : receivers) {
      view.wrap(bytes, 0, bytes.length, arrival.link, arrival.atNanos);
      if (view.check() == IpPacket.Check.OK && view.protocol() == receiver.protocol) {
        network.runOn(loop, host, () -> receiver.receiver.received(view));
      }
    }
  }

  private record Receiver(int protocol, PacketReceiver receiver) {}

  private record Membership(String link, InetAddress group) {}

  @SuppressWarnings("ArrayRecordComponent") // queued, never compared
  private record Arrival(byte[] bytes, boolean announcement, String link, long atNanos) {}
}
