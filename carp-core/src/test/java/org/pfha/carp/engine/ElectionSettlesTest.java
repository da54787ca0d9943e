package org.pfha.carp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.VrrpAdvert;
import org.pfha.net.IpPacket;

/**
 * Two to five nodes under loss, partitions, pauses, demotions and requests; when that ends, one is
 * master and stays it, whatever the values are: the own profiles do not flap.
 */
class ElectionSettlesTest {

  /** More by {@code -Dseeds=…}; 1,500 were lived through once. */
  private static final int SEEDS = Integer.getInteger("seeds", 40);

  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1000 * MILLI;
  private static final long TROUBLE = 60 * SECOND;
  private static final long SETTLING = 30 * SECOND;
  private static final long QUIET = 60 * SECOND;

  private record Delivery(long at, long number, Node to, IpPacket packet) {}

  private final PriorityQueue<Delivery> air =
      new PriorityQueue<>(
          Comparator.comparingLong(Delivery::at).thenComparingLong(Delivery::number));
  private final List<Node> nodes = new ArrayList<>();
  private final List<String> log = new ArrayList<>();
  private Random dice = new Random(0);
  private long now;
  private long number;
  private boolean trouble;

  @ParameterizedTest
  @EnumSource(names = {"PFHA", "PFHA_SUBSECOND"})
  void whateverHappensOneIsMasterAfterwards(CarpProfile profile) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      life(profile, seed);
    }
  }

  private void life(CarpProfile profile, long seed) {
    dice = new Random(seed);
    air.clear();
    nodes.clear();
    log.clear();
    now = 0;
    int count = 2 + dice.nextInt(4);
    int[] skews = {10, 10 + dice.nextInt(2) * 90};
    boolean preempt = dice.nextBoolean();
    boolean dual = dice.nextInt(3) == 0;
    int base = profile == CarpProfile.PFHA_SUBSECOND ? dice.nextInt(2) : 1;
    for (int i = 0; i < count; i++) {
      List<InetAddress> addresses = new ArrayList<>(List.of(Packets.address("192.0.2.1")));
      if (dual) {
        addresses.add(Packets.address("2001:db8::1"));
      }
      CarpParameters parameters =
          CarpParameters.of(1, addresses)
              .withProfile(profile)
              .withInterval(base, skews[dice.nextInt(2)])
              .withPreempt(preempt, 0);
      nodes.add(new Node(i, parameters));
    }
    nodes.forEach(node -> node.engine.linkUp(now, node));
    trouble = true;
    run(TROUBLE, true);
    trouble = false;
    nodes.forEach(Node::recover);
    run(SETTLING, false);
    log.clear();
    run(QUIET, false);

    String life = profile + ", seed " + seed + ", " + count + " nodes, base " + base;
    assertThat(log).as("role changes long after the trouble, %s", life).isEmpty();
    assertThat(nodes.stream().filter(node -> node.engine.role() == Role.MASTER).count())
        .as("masters, %s", life)
        .isEqualTo(1);
  }

  private void run(long time, boolean withFaults) {
    long end = now + time;
    while (now < end) {
      long next = Math.min(end, now + 50 * MILLI);
      Delivery first = air.peek();
      if (first != null) {
        next = Math.min(next, first.at);
      }
      for (Node node : nodes) {
        if (!node.paused && node.engine.isWaiting()) {
          next = Math.min(next, node.engine.deadlineNanos());
        }
      }
      now = Math.max(now, next);
      while (air.peek() != null && air.peek().at <= now) {
        Delivery delivery = air.remove();
        delivery.to.hear(delivery);
      }
      for (Node node : nodes) {
        if (!node.paused) {
          node.engine.tick(now, node);
        }
      }
      if (withFaults && dice.nextInt(400) == 0) {
        nodes.get(dice.nextInt(nodes.size())).suffer();
      }
    }
  }

  private final class Node implements CarpActions {
    private final int index;
    private final CarpEngine engine;
    private final CarpAuthenticator key;
    private final List<Delivery> inbox = new ArrayList<>();
    private boolean paused;
    private boolean isolated;

    Node(int index, CarpParameters parameters) {
      this.index = index;
      engine = new CarpEngine(parameters, () -> dice.nextLong());
      key = CarpAuthenticator.of(new byte[0], 1, parameters.addresses());
      engine.source(Packets.address(source(false)));
      engine.source(Packets.address(source(true)));
    }

    private String source(boolean ipv6) {
      return (ipv6 ? "fe80::" : "192.0.2.") + (ipv6 ? 20 - index : 10 + index);
    }

    void suffer() {
      switch (dice.nextInt(7)) {
        case 0 -> isolated = !isolated;
        case 1 -> paused = true;
        case 2 -> recover();
        case 3 -> engine.demotion(dice.nextInt(2) * 240, now, this);
        case 4 -> engine.request(dice.nextBoolean() ? Role.MASTER : Role.BACKUP, now, this);
        case 5 -> engine.linkDown(now, this);
        default -> engine.linkUp(now, this);
      }
    }

    void recover() {
      isolated = false;
      paused = false;
      inbox.forEach(delivery -> receive(delivery.packet));
      inbox.clear();
      engine.linkUp(now, this);
      engine.demotion(0, now, this);
    }

    void hear(Delivery delivery) {
      if (isolated) {
        return;
      }
      if (paused) {
        inbox.add(delivery);
      } else {
        receive(delivery.packet);
      }
    }

    private void receive(IpPacket packet) {
      packet.check();
      engine.received(Packets.view(packet), packet, this);
    }

    @Override
    public void sendAdvert(VrrpAdvert advert, boolean ipv6) {
      throw new AssertionError("there is no VRRP here: " + advert);
    }

    @Override
    public void sendAdvert(CarpAdvert advert, boolean ipv6) {
      for (Node to : nodes) {
        boolean lost = isolated || (trouble && dice.nextInt(10) == 0);
        if (to != this && !lost) {
          long at = now + MILLI + dice.nextLong(2 * MILLI);
          IpPacket packet = Packets.carp(advert, key, source(ipv6), at);
          air.add(new Delivery(at, ++number, to, packet));
        }
      }
    }

    @Override
    public void announce(InetAddress address) {}

    @Override
    public void roleChanged(Role from, Role to, RoleReason reason, long atNanos) {
      log.add(index + ": " + from + " -> " + to + " (" + reason + ") at " + now / MILLI + " ms");
    }

    @Override
    public void sendErrorDemotion(int amount) {}
  }
}
