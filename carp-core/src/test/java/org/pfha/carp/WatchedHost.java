package org.pfha.carp;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.pfha.net.EventLoop;
import org.pfha.net.IpPacket;
import org.pfha.net.IpTransport;
import org.pfha.net.Link;
import org.pfha.net.LinkListener;
import org.pfha.net.MacAddress;
import org.pfha.net.NanoClock;
import org.pfha.net.OutboundPacket;
import org.pfha.net.PacketReceiver;
import org.pfha.net.Subscription;
import org.pfha.net.sim.SimHost;

/** A simulated host on which tasks can take time, and whose timers are counted. */
final class WatchedHost implements IpTransport {

  private final SimHost host;
  private long taken;
  private int pendingTimers;
  private PacketReceiver received = packet -> {};
  private int timersSet;

  WatchedHost(SimHost host) {
    this.host = host;
  }

  /** The task that runs now takes so long. */
  void pass(Duration time) {
    taken += time.toNanos();
  }

  /** Hands over a packet that no network would carry. */
  void deliver(IpPacket packet) {
    received.received(packet);
  }

  int pendingTimers() {
    return pendingTimers;
  }

  int timersSet() {
    return timersSet;
  }

  private Subscription counted(EventLoop loop, long atNanos, Runnable task) {
    boolean[] over = new boolean[1];
    pendingTimers++;
    timersSet++;
    Runnable end =
        () -> {
          pendingTimers -= over[0] ? 0 : 1;
          over[0] = true;
        };
    Subscription timer =
        loop.schedule(
            atNanos,
            () -> {
              end.run();
              task.run();
            });
    return () -> {
      end.run();
      timer.close();
    };
  }

  @Override
  public EventLoop loop() {
    EventLoop loop = host.loop();
    return new EventLoop() {
      @Override
      public NanoClock clock() {
        return () -> loop.clock().nanoTime() + taken;
      }

      @Override
      public void execute(Runnable task) {
        loop.execute(task);
      }

      @Override
      public Subscription schedule(long atNanos, Runnable task) {
        return counted(loop, atNanos - taken, task);
      }

      @Override
      public boolean inLoop() {
        return loop.inLoop();
      }
    };
  }

  @Override
  public List<Link> links() {
    return host.links();
  }

  @Override
  public Subscription onLinkChange(LinkListener listener) {
    return host.onLinkChange(listener);
  }

  @Override
  public Subscription receive(int protocol, PacketReceiver receiver) {
    received = receiver;
    return host.receive(protocol, receiver);
  }

  @Override
  public Subscription join(String link, InetAddress group) throws IOException {
    return host.join(link, group);
  }

  @Override
  public void send(OutboundPacket packet) throws IOException {
    host.send(packet);
  }

  @Override
  public void announce(String link, InetAddress address, MacAddress mac) throws IOException {
    host.announce(link, address, mac);
  }

  @Override
  public int drain() {
    return host.drain();
  }
}
