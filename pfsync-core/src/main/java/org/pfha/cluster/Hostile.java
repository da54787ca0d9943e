package org.pfha.cluster;

import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.pfha.net.OutboundPacket;
import org.pfha.net.Subscription;
import org.pfha.net.sim.SimFrame;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimSegment;
import org.pfha.pfsync.PfsyncNode;

/**
 * A host on the sync link that is up to no good: it sends what is malformed, in a peer's name too,
 * floods, and repeats and forges well-formed messages from its own address. Well-formed forgery
 * from a peer's address is left out: plain pfsync cannot withstand it.
 */
final class Hostile {

  private static final long EVERY_NANOS = 100_000_000L;
  private static final String LINK = "evil0";
  private static final int FLOOD = 100;
  private static final int MOST_OVERHEARD = 16;
  private static final int IP_HEADER = 20;
  private static final int VERSION_OFFSET = 0;

  private final Cluster cluster;
  private final SplittableRandom random;
  private final SimHost host;
  private final byte[][] overheard = new byte[MOST_OVERHEARD][];
  private final SimSegment sync;
  private @Nullable Subscription tap;
  private @Nullable Subscription timer;
  private double amount;

  Hostile(Cluster cluster, SimSegment sync, SplittableRandom random) {
    this.cluster = cluster;
    this.sync = sync;
    this.random = random;
    host = cluster.network().host("mallory");
    host.attach(sync, LINK, "172.16.1.66/24");
  }

  /** Begins or ends, as the active faults want it. */
  void act(Collection<Fault> active) {
    boolean wanted = false;
    for (Fault fault : active) {
      if (fault.kind() == Fault.Kind.HOSTILE_HOST) {
        wanted = true;
        amount = fault.amount();
      }
    }
    Subscription running = timer;
    Subscription listening = tap;
    if (wanted && running == null) {
      tap = sync.tap(this::overhear);
      timer = host.loop().schedule(host.loop().clock().nanoTime(), this::attack);
    } else if (!wanted && running != null && listening != null) {
      running.close();
      listening.close();
      timer = null;
      tap = null;
    }
  }

  private void overhear(SimFrame frame) {
    if (frame.sender() != host) {
      overheard[random.nextInt(MOST_OVERHEARD)] = frame.payload();
    }
  }

  private void attack() {
    timer = host.loop().schedule(host.loop().clock().nanoTime() + EVERY_NANOS, this::attack);
    List<ClusterNode> nodes = cluster.nodes();
    ClusterNode victim = nodes.get(random.nextInt(nodes.size()));
    if (amount < 0.4) {
      malformed(victim);
    } else if (amount < 0.7) {
      for (int i = 0; i < FLOOD; i++) {
        repeated(victim);
      }
    } else {
      repeated(victim);
      forged(victim);
    }
  }

  /** Wrong in a way that every receiver must notice, whoever it seems to come from. */
  private void malformed(ClusterNode victim) {
    byte[] payload = someOverheard();
    if (random.nextBoolean()) {
      payload[VERSION_OFFSET] = (byte) (6 + random.nextInt(200));
    } else {
      payload = Arrays.copyOf(payload, random.nextInt(20));
    }
    ClusterNode other = cluster.nodes().get(random.nextInt(cluster.nodes().size()));
    send(victim, random.nextBoolean() ? address(other) : null, payload, 255);
  }

  /** What a peer has said, from an address that is no peer's. */
  private void repeated(ClusterNode victim) {
    send(victim, null, someOverheard(), 255);
  }

  /** Clears all states of each creator, and asks for everything, from an address of its own. */
  private void forged(ClusterNode victim) {
    for (ClusterNode node : cluster.nodes()) {
      byte[] clear = ByteBuffer.allocate(20 + 4 + 20 + 4).array();
      ByteBuffer.wrap(clear)
          .put((byte) 5)
          .put((byte) 0)
          .putShort((short) clear.length)
          .position(20)
          .putInt(1) // one CLR
          .position(40)
          .putInt(node.creatorId())
          .putInt(12 << 24 | 1); // EOF
      send(victim, null, clear, 255);
      byte[] ask = ByteBuffer.allocate(20 + 4 + 12 + 4).array();
      ByteBuffer.wrap(ask)
          .put((byte) 5)
          .put((byte) 0)
          .putShort((short) ask.length)
          .position(20)
          .putInt(5 << 24 | 1) // one UPD_REQ of everything
          .position(36)
          .putInt(12 << 24 | 1);
      send(victim, null, ask, 255);
      send(victim, address(node), clear, 254); // in a peer's name, but through a router
    }
  }

  private byte[] someOverheard() {
    byte[] packet = overheard[random.nextInt(MOST_OVERHEARD)];
    if (packet == null || packet.length < IP_HEADER + 20) {
      byte[] noise = new byte[64];
      for (int i = 0; i < noise.length; i++) {
        noise[i] = (byte) random.nextInt();
      }
      noise[VERSION_OFFSET] = 0;
      return noise;
    }
    return Arrays.copyOfRange(packet, IP_HEADER, packet.length);
  }

  private void send(ClusterNode victim, @Nullable InetAddress source, byte[] payload, int ttl) {
    try {
      host.send(
          new OutboundPacket(
              LINK, PfsyncNode.PROTOCOL, source, address(victim), ttl, 0, true, null, payload));
    } catch (IOException refused) {
      throw new IllegalStateException("the hostile host cannot send", refused);
    }
  }

  private static InetAddress address(ClusterNode node) {
    return InetAddresses.forString(node.syncAddress());
  }
}
