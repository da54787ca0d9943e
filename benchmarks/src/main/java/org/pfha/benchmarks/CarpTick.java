package org.pfha.benchmarks;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.pfha.carp.engine.CarpActions;
import org.pfha.carp.engine.CarpEngine;
import org.pfha.carp.engine.CarpParameters;
import org.pfha.carp.engine.Deadlines;
import org.pfha.carp.engine.Role;
import org.pfha.carp.engine.RoleReason;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.VrrpAdvert;

/** A wake-up that finds 255 virtual routers with nothing to do: at most 1 µs. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CarpTick implements CarpActions {

  private static final int VHIDS = 255;

  private final Deadlines deadlines = new Deadlines();
  private final CarpEngine[] engines = new CarpEngine[VHIDS];
  private long now;

  @Setup
  public void start() throws UnknownHostException {
    for (int i = 0; i < VHIDS; i++) {
      InetAddress address = InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) i});
      engines[i] = new CarpEngine(CarpParameters.of(i + 1, List.of(address)), () -> 1);
      engines[i].linkUp(0, this);
      deadlines.update(i, engines[i]);
    }
  }

  /** By the deadline structure, as a node does it. */
  @Benchmark
  public long tickIdle() {
    while (deadlines.isDue(now)) {
      int slot = deadlines.nextSlot();
      engines[slot].tick(now, this);
      deadlines.update(slot, engines[slot]);
    }
    return deadlines.nextNanos();
  }

  /** By asking every engine. */
  @Benchmark
  public Role tickEachIdle() {
    Role role = Role.INIT;
    for (CarpEngine engine : engines) {
      engine.tick(now, this);
      role = engine.role();
    }
    return role;
  }

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
}
