package org.pfha.benchmarks;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.pfha.carp.engine.CarpActions;
import org.pfha.carp.engine.CarpEngine;
import org.pfha.carp.engine.CarpInput;
import org.pfha.carp.engine.CarpParameters;
import org.pfha.carp.engine.CarpProfile;
import org.pfha.carp.engine.Deadlines;
import org.pfha.carp.engine.Role;
import org.pfha.carp.engine.RoleReason;
import org.pfha.carp.engine.VrrpEngine;
import org.pfha.carp.engine.VrrpParameters;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpReject;
import org.pfha.carp.wire.CarpView;
import org.pfha.carp.wire.VrrpAdvert;
import org.pfha.net.IpDatagram;
import org.pfha.net.IpPacket;
import org.pfha.net.OutboundPacket;

/**
 * A received advert's whole way: IP header, tests, HMAC, state machine, deadline. A BACKUP hears
 * its master; nothing may be allocated (less than 0.1 B per advert, by the gc profiler).
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CarpReceive {

  private static final int VHID = 1;
  private static final int VRID = 2;

  @Param({"1", "64"})
  int addresses;

  private final IpPacket packet = new IpPacket();
  private final Deadlines deadlines = new Deadlines();
  private final CarpActions actions = new Silence();
  private byte[] carpBytes;
  private byte[] vrrpBytes;
  private CarpInput input;
  private CarpEngine carp;
  private VrrpEngine vrrp;
  private long now;

  @Setup
  public void configure() throws UnknownHostException {
    List<InetAddress> list = new ArrayList<>();
    for (int i = 0; i < addresses; i++) {
      list.add(InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, (byte) (i + 1)}));
    }
    byte[] key = "mekmitasdigoat".getBytes(StandardCharsets.UTF_8);
    CarpParameters parameters = CarpParameters.of(VHID, list).withInterval(1, 100);
    VrrpParameters vrrpParameters = VrrpParameters.of(VRID, list);
    input = new CarpInput();
    input.add(parameters, CarpProfile.PFHA.keyring(key, VHID, list), false);
    input.add(vrrpParameters);
    input.ownAddresses(List.of(address(252)));
    carp = new CarpEngine(parameters, () -> 1);
    vrrp = new VrrpEngine(vrrpParameters);
    carp.linkUp(0, actions);
    vrrp.linkUp(0, actions);
    byte[] advert = new byte[CarpView.LENGTH];
    new CarpAdvert(VHID, 1, 0, 0, 1)
        .encode(advert, 0, CarpProfile.PFHA.keyring(key, VHID, list).sending());
    carpBytes = whole(advert);
    InetAddress group = InetAddress.getByAddress(new byte[] {(byte) 224, 0, 0, 18});
    vrrpBytes = whole(new VrrpAdvert(VRID, 200, 100, list).encode(address(251), group));
  }

  private static InetAddress address(int last) throws UnknownHostException {
    return InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, (byte) last});
  }

  private static byte[] whole(byte[] payload) throws UnknownHostException {
    InetAddress group = InetAddress.getByAddress(new byte[] {(byte) 224, 0, 0, 18});
    InetAddress source = address(251);
    return IpDatagram.build(
        new OutboundPacket("em0", CarpView.PROTOCOL, source, group, 255, 0xe0, true, null, payload),
        source,
        0);
  }

  /** The tests alone, HMAC included. */
  @Benchmark
  public CarpReject check() {
    return believed(input.check(packet.wrap(carpBytes, 0, carpBytes.length, "em0", 0)));
  }

  /** The whole way of an advert of CARP. */
  @Benchmark
  public long receive() {
    now += 1_000_000;
    packet.wrap(carpBytes, 0, carpBytes.length, "em0", now);
    believed(input.check(packet));
    carp.received(input.advert(), packet, actions);
    deadlines.update(VHID, carp);
    return deadlines.nextNanos();
  }

  /** The whole way of an advert of VRRPv3. */
  @Benchmark
  public long receiveVrrp() {
    now += 1_000_000;
    packet.wrap(vrrpBytes, 0, vrrpBytes.length, "em0", now);
    believed(input.check(packet));
    vrrp.received(input.vrrp(), packet, actions);
    deadlines.update(VRID, vrrp);
    return deadlines.nextNanos();
  }

  private static CarpReject believed(CarpReject verdict) {
    if (verdict != CarpReject.NONE) {
      throw new IllegalStateException("the advert was not believed: " + verdict);
    }
    return verdict;
  }

  private static final class Silence implements CarpActions {
    @Override
    public void sendAdvert(VrrpAdvert advert, boolean ipv6) {
      throw new AssertionError("there is no VRRP here: " + advert);
    }

    @Override
    public void sendAdvert(CarpAdvert advert, boolean ipv6) {}

    @Override
    public void announce(InetAddress address) {}

    @Override
    public void roleChanged(Role from, Role to, RoleReason reason, long atNanos) {}

    @Override
    public void sendErrorDemotion(int amount) {}

    @Override
    public boolean wantsDecisions() {
      return true;
    }
  }
}
