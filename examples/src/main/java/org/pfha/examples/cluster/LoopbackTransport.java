package org.pfha.examples.cluster;

import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.pfha.net.EventLoop;
import org.pfha.net.IpDatagram;
import org.pfha.net.IpPacket;
import org.pfha.net.IpTransport;
import org.pfha.net.Link;
import org.pfha.net.LinkListener;
import org.pfha.net.MacAddress;
import org.pfha.net.OutboundPacket;
import org.pfha.net.PacketReceiver;
import org.pfha.net.Subscription;
import org.pfha.net.ThreadEventLoop;

/**
 * Two hosts that share all their links, over UDP on the loopback interface: real sockets, threads
 * and queues where raw sockets are not allowed. A datagram is the number of the link and a whole IP
 * packet. Thread-safe.
 */
final class LoopbackTransport implements IpTransport, Closeable {

  private static final int MOST_WAITING = 20_000;
  private static final int BUFFER = 8 << 20;

  private final ThreadEventLoop loop;
  private final DatagramSocket socket;
  private final List<Link> links;
  private final List<Receiver> receivers = new CopyOnWriteArrayList<>();
  private final Queue<Arrival> waiting = new ArrayDeque<>(); // guarded by itself
  private final AtomicLong dropped = new AtomicLong();
  private final IpPacket view = new IpPacket(); // of the loop
  private volatile InetSocketAddress peer = new InetSocketAddress(0);
  private volatile double loss;

  private record Receiver(int protocol, PacketReceiver receiver) {}

  @SuppressWarnings("ArrayRecordComponent") // queued, never compared
  private record Arrival(String link, byte[] packet, long atNanos) {}

  LoopbackTransport(String name, List<Link> links) throws SocketException {
    this.links = List.copyOf(links);
    loop = ThreadEventLoop.start(name);
    socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    socket.setReceiveBufferSize(BUFFER);
    Thread reader = new Thread(this::read, name + "-reader");
    reader.setDaemon(true);
    reader.start();
  }

  void peer(LoopbackTransport other) {
    peer = (InetSocketAddress) other.socket.getLocalSocketAddress();
  }

  /** From now on so much of what arrives is lost. */
  void loss(double probability) {
    loss = probability;
  }

  long dropped() {
    return dropped.get();
  }

  private void read() {
    byte[] buffer = new byte[65_536];
    DatagramPacket datagram = new DatagramPacket(buffer, buffer.length);
    while (!socket.isClosed()) {
      try {
        datagram.setLength(buffer.length);
        socket.receive(datagram);
      } catch (IOException closed) {
        return;
      }
      if (loss > 0 && ThreadLocalRandom.current().nextDouble() < loss) {
        dropped.incrementAndGet();
        continue;
      }
      String link = links.get(buffer[0]).name();
      byte[] packet = Arrays.copyOfRange(buffer, 1, datagram.getLength());
      arrived(new Arrival(link, packet, loop.clock().nanoTime()));
    }
  }

  private void arrived(Arrival arrival) {
    boolean first;
    synchronized (waiting) {
      if (waiting.size() >= MOST_WAITING) {
        dropped.incrementAndGet();
        return;
      }
      first = waiting.isEmpty();
      waiting.add(arrival);
    }
    if (first) {
      try {
        loop.execute(this::drain);
      } catch (RejectedExecutionException closed) {
        socket.close();
      }
    }
  }

  @Override
  public int drain() {
    int delivered = 0;
    while (true) {
      Arrival arrival;
      synchronized (waiting) {
        arrival = waiting.poll();
      }
      if (arrival == null) {
        return delivered;
      }
      deliver(arrival);
      delivered++;
    }
  }

  private void deliver(Arrival arrival) {
    for (Receiver receiver : receivers) {
      view.wrap(arrival.packet, 0, arrival.packet.length, arrival.link, arrival.atNanos);
      if (view.check() == IpPacket.Check.OK && view.protocol() == receiver.protocol) {
        receiver.receiver.received(view);
      }
    }
  }

  @Override
  public EventLoop loop() {
    return loop;
  }

  @Override
  public List<Link> links() {
    return links;
  }

  @Override
  public Subscription onLinkChange(LinkListener listener) {
    return () -> {};
  }

  @Override
  public Subscription receive(int protocol, PacketReceiver receiver) {
    Receiver entry = new Receiver(protocol, receiver);
    receivers.add(entry);
    return () -> receivers.remove(entry);
  }

  @Override
  public Subscription join(String link, InetAddress group) {
    return () -> {};
  }

  @Override
  public void send(OutboundPacket packet) throws IOException {
    for (int i = 0; i < links.size(); i++) {
      Link link = links.get(i);
      if (link.name().equals(packet.link())) {
        InetAddress source = packet.source();
        byte[] ip =
            IpDatagram.build(
                packet, source == null ? link.addresses().get(0).address() : source, 0);
        byte[] datagram = new byte[1 + ip.length];
        datagram[0] = (byte) i;
        System.arraycopy(ip, 0, datagram, 1, ip.length);
        socket.send(new DatagramPacket(datagram, datagram.length, peer));
        return;
      }
    }
    throw new IOException("no link " + packet.link());
  }

  @Override
  public void announce(String link, InetAddress address, MacAddress mac) {
    // Nobody else is on these links.
  }

  @Override
  public void close() {
    socket.close();
    loop.close();
  }
}
