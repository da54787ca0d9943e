package org.pfha.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.pfha.net.EventLoop;
import org.pfha.net.IpTransport;
import org.pfha.net.Link;
import org.pfha.net.LinkListener;
import org.pfha.net.MacAddress;
import org.pfha.net.NeighbourReceiver;
import org.pfha.net.OutboundPacket;
import org.pfha.net.PacketReceiver;
import org.pfha.net.Subscription;

/** A transport as it is, for tests that change one thing about it. */
public class WrappedTransport implements IpTransport {

  private final IpTransport inner;

  public WrappedTransport(IpTransport inner) {
    this.inner = inner;
  }

  @Override
  public EventLoop loop() {
    return inner.loop();
  }

  @Override
  public List<Link> links() {
    return inner.links();
  }

  @Override
  public Subscription onLinkChange(LinkListener listener) {
    return inner.onLinkChange(listener);
  }

  @Override
  public Subscription receive(int protocol, PacketReceiver receiver) {
    return inner.receive(protocol, receiver);
  }

  @Override
  public Subscription join(String link, InetAddress group) throws IOException {
    return inner.join(link, group);
  }

  @Override
  public void send(OutboundPacket packet) throws IOException {
    inner.send(packet);
  }

  @Override
  public void announce(String link, InetAddress address, MacAddress mac) throws IOException {
    inner.announce(link, address, mac);
  }

  @Override
  public Optional<Subscription> observeNeighbours(NeighbourReceiver receiver) {
    return inner.observeNeighbours(receiver);
  }

  @Override
  public int drain() {
    return inner.drain();
  }
}
