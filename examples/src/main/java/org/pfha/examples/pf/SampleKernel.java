package org.pfha.examples.pf;

import com.google.common.net.InetAddresses;
import java.time.Duration;
import java.util.List;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StatePeer;
import org.pfha.pf.device.Danger;
import org.pfha.pf.device.InMemoryPf;
import org.pfha.pf.device.PfDevice;
import org.pfha.pf.device.PfException;

/** A simulated kernel of a small firewall: running, with a few connections. */
final class SampleKernel {

  private static final int HOST_ID = 0x1122_3301;
  private static final int UDP = 17;

  private SampleKernel() {}

  static InMemoryPf of(InMemoryPf.Release release) throws PfException {
    InMemoryPf kernel = InMemoryPf.of(release);
    kernel.addInterface("em0");
    kernel.addInterface("em1");
    try (PfDevice device =
        PfDevice.open(kernel, PfDevice.DEFAULT_STATE_BUFFER, Danger.CHANGE_HOST_ID)) {
      device.settings().setHostId(HOST_ID);
      device.settings().setStatusInterface("em0");
      boolean started = device.start();
      assert started : "it was stopped";
    }
    states().forEach(kernel::insert);
    kernel.advance(Duration.ofSeconds(7));
    return kernel;
  }

  private static List<PfState> states() {
    StateKey inside = key("198.51.100.7", 443, "10.0.0.20", 50_123);
    StateKey outside = key("198.51.100.7", 443, "192.0.2.1", 61_001);
    return List.of(
        PfState.builder(1, HOST_ID, key("10.0.0.20", 50_123, "198.51.100.7", 443), PfState.TCP)
            .ifname("em1")
            .src(StatePeer.of(StatePeer.ESTABLISHED))
            .dst(StatePeer.of(StatePeer.ESTABLISHED))
            .packets(12, 15)
            .bytes(1_800, 9_400)
            .expire(86_400)
            .build(),
        PfState.builder(2, HOST_ID, outside, PfState.TCP)
            .stack(inside)
            .ifname("em0")
            .direction(PfState.OUT)
            .src(StatePeer.of(StatePeer.ESTABLISHED))
            .dst(StatePeer.of(StatePeer.ESTABLISHED))
            .packets(12, 15)
            .bytes(1_800, 9_400)
            .expire(86_400)
            .build(),
        PfState.builder(3, HOST_ID, key("2001:db8::5", 40_000, "2001:db8:1::53", 53), UDP)
            .src(StatePeer.of(1))
            .dst(StatePeer.of(0))
            .packets(1, 0)
            .bytes(80, 0)
            .expire(60)
            .build());
  }

  private static StateKey key(String address0, int port0, String address1, int port1) {
    return StateKey.of(
        InetAddresses.forString(address0), port0, InetAddresses.forString(address1), port1);
  }
}
