package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.pfha.carp.engine.Role;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.LinkAddress;
import org.pfha.net.OutboundPacket;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimNetwork;
import org.pfha.net.sim.SimSegment;

/** Two hosts on a simulated LAN: a primary with advskew 0, a secondary with advskew 100. */
final class SimPair {

  static final InetAddress SHARED = LinkAddress.parse("192.0.2.1").address();
  static final InetAddress GROUP = LinkAddress.parse("224.0.0.18").address();
  static final Duration SETTLED = Duration.ofMillis(10_500);
  static final Duration SOON = Duration.ofMillis(10);
  static final String PASSWORD = "mekmitasdigoat";

  final SimNetwork net;
  final SimSegment lan;
  final SimHost a;
  final SimHost b;
  final List<CarpEvent> eventsOfA = new ArrayList<>();
  final List<RoleChange> changesOfB = new ArrayList<>();

  SimPair() {
    this(0);
  }

  /** With a clock that begins anywhere. */
  SimPair(long originNanos) {
    net = new SimNetwork(1, originNanos);
    lan = net.segment("lan");
    a = net.host("fw-a");
    b = net.host("fw-b");
    a.attach(lan, "em1", "192.0.2.2/24", "2001:db8::2/64");
    b.attach(lan, "em1", "192.0.2.3/24", "2001:db8::3/64");
  }

  static VirtualRouter router(int advskew) {
    return router("em1", 1, advskew);
  }

  static VirtualRouter router(String link, int vhid, int advskew) {
    return VirtualRouter.onInterface(link)
        .vhid(vhid)
        .password(PASSWORD)
        .address("192.0.2.%d/24".formatted(vhid == 1 ? 1 : 100 + vhid))
        .advskew(advskew);
  }

  static CarpNodeBuilder node(SimHost host, VirtualRouter... routers) {
    CarpNodeBuilder builder =
        CarpNode.builder(host)
            .preempt(true)
            .randomCounters(new Random(host.name().hashCode())::nextLong);
    for (VirtualRouter router : routers) {
      builder.virtualRouter(router);
    }
    return builder;
  }

  CarpNodeBuilder primaryBuilder() {
    return node(a, router(0)).onEvent(eventsOfA::add);
  }

  CarpNode primary() throws IOException {
    return primaryBuilder().start();
  }

  CarpNode secondary() throws IOException {
    return node(b, router(100)).onRoleChange(changesOfB::add).start();
  }

  void settle() {
    net.advance(SETTLED);
  }

  void advance(Duration time) {
    net.advance(time);
  }

  void soon() {
    net.advance(SOON);
  }

  <T extends CarpEvent> List<T> eventsOfA(Class<T> type) {
    return eventsOfA.stream().filter(type::isInstance).map(type::cast).toList();
  }

  static void assertRoles(CarpNode first, Role role, CarpNode second, Role other) {
    assertThat(List.of(first.role("em1", 1), second.role("em1", 1))).containsExactly(role, other);
  }

  static void sendFrom(SimHost host, CarpAdvert advert, String password, int ttl)
      throws IOException {
    byte[] bytes = new byte[CarpView.LENGTH];
    byte[] key = password.getBytes(StandardCharsets.UTF_8);
    advert.encode(bytes, 0, CarpAuthenticator.of(key, advert.vhid(), List.of(SHARED)));
    send(host, bytes, ttl);
  }

  static void send(SimHost host, byte[] payload, int ttl) throws IOException {
    host.send(packet(payload, ttl, null));
  }

  static OutboundPacket packet(byte[] payload, int ttl, InetAddress source) {
    return new OutboundPacket("em1", 112, source, GROUP, ttl, 0xe0, true, null, payload);
  }
}
