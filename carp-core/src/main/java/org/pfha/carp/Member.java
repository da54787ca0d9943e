package org.pfha.carp;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.engine.CarpActions;
import org.pfha.carp.engine.CarpEngine;
import org.pfha.carp.engine.CarpInput;
import org.pfha.carp.engine.CarpParameters;
import org.pfha.carp.engine.Role;
import org.pfha.carp.engine.RoleReason;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpKeyring;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.IpPacket;
import org.pfha.net.IpTransport;
import org.pfha.net.Link;
import org.pfha.net.LinkAddress;
import org.pfha.net.MacAddress;
import org.pfha.net.OutboundPacket;
import org.pfha.net.Subscription;

/** One virtual router of a node: its engine, and the doing of the engine's actions. */
final class Member implements CarpActions {

  private static final InetAddress GROUP_V4 = LinkAddress.parse("224.0.0.18").address();
  private static final InetAddress GROUP_V6 = LinkAddress.parse("ff02::12").address();
  private static final int TTL = 255;
  private static final int NETWORK_CONTROL = 0xe0; // DSCP CS7, as FreeBSD sends

  /** net.inet.carp.ifdown_demotion_factor. */
  private static final int INTERFACE_DOWN_DEMOTION = 240;

  private final Host host;
  private final String link;
  private final CarpParameters parameters;
  private final CarpAuthenticator authenticator;
  private final CarpEngine engine;
  private final CarpInput input;
  private final byte[][] lastSent = new byte[2][CarpView.LENGTH];
  private List<LinkAddress> linkAddresses = List.of();
  private final DemotionLedger.Penalty interfaceDown;
  private final Deadlines deadlines;
  private final Deadlines.Slot deadline;
  private volatile Role role = Role.INIT;

  /** What a member needs of its node. */
  interface Host {
    IpTransport transport();

    DemotionLedger ledger();

    Deadlines deadlines();

    void roleChanged(RoleChange change);

    void sent(boolean ipv6);

    void failed(IOException cause);
  }

  Member(Host host, VirtualRouter router, boolean preempt, CarpInput input, LongSupplier counters) {
    this.host = host;
    this.link = router.link();
    this.parameters = router.parameters(preempt);
    this.authenticator = router.authenticator();
    this.engine = new CarpEngine(parameters, counters);
    this.input = input;
    this.interfaceDown = host.ledger().penalty("carp " + this, null, INTERFACE_DOWN_DEMOTION);
    this.deadlines = host.deadlines();
    this.deadline = deadlines.slot((now, late) -> tick(now));
    input.add(parameters, CarpKeyring.of(router.authenticator()), false);
  }

  String link() {
    return link;
  }

  int vhid() {
    return parameters.vhid();
  }

  Role role() {
    return role;
  }

  private void reschedule() {
    OptionalLong next = engine.nextDeadlineNanos();
    if (next.isPresent()) {
      deadlines.set(deadline, next.getAsLong());
    } else {
      deadlines.clear(deadline);
    }
  }

  void join(Consumer<Subscription> joined) throws IOException {
    if (parameters.has(false)) {
      joined.accept(host.transport().join(link, GROUP_V4));
    }
    if (parameters.has(true)) {
      joined.accept(host.transport().join(link, GROUP_V6));
    }
  }

  void linkChanged(Link changed, long now) {
    linkAddresses = changed.addresses();
    if (changed.up()) {
      engine.linkUp(now, this);
    } else {
      engine.linkDown(now, this);
    }
    interfaceDown.set(!changed.up(), "interface down");
    reschedule();
  }

  void demotion(int total, long now) {
    engine.demotion(total, now, this);
    reschedule();
  }

  void received(CarpView advert, IpPacket packet) {
    engine.received(advert, packet, this);
    reschedule();
  }

  private void tick(long now) {
    engine.tick(now, this);
    reschedule();
  }

  void stop(long now) {
    engine.stop(now, this);
    reschedule();
    interfaceDown.end();
  }

  @Override
  public void sendAdvert(CarpAdvert advert, boolean ipv6) {
    byte[] payload = lastSent[ipv6 ? 1 : 0];
    advert.encode(payload, 0, authenticator);
    input.sent(vhid(), ipv6, payload);
    try {
      host.transport()
          .send(
              new OutboundPacket(
                  link,
                  CarpView.PROTOCOL,
                  source(ipv6),
                  ipv6 ? GROUP_V6 : GROUP_V4,
                  TTL,
                  NETWORK_CONTROL,
                  true,
                  MacAddress.virtual(vhid()),
                  payload));
      host.sent(ipv6);
    } catch (IOException e) {
      host.failed(e);
    }
  }

  /**
   * The link's first address that is no virtual one (spec carp 2.3), else the transport's choice.
   */
  private @Nullable InetAddress source(boolean ipv6) {
    for (LinkAddress candidate : linkAddresses) {
      InetAddress address = candidate.address();
      if (address instanceof Inet6Address == ipv6 && !parameters.addresses().contains(address)) {
        return address;
      }
    }
    return null;
  }

  @Override
  public void sendErrorDemotion(int amount) {}

  @Override
  public void announce(InetAddress address) {
    try {
      host.transport().announce(link, address, MacAddress.virtual(vhid()));
    } catch (IOException e) {
      host.failed(e);
    }
  }

  @Override
  public void roleChanged(Role from, Role to, RoleReason reason, long atNanos) {
    role = to;
    host.roleChanged(new RoleChange(link, vhid(), from, to, reason, atNanos));
  }

  /** As the kernel writes it: {@code 1@em1}. */
  @Override
  public String toString() {
    return vhid() + "@" + link;
  }
}
