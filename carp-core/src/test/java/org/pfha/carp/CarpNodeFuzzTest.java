package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.time.Duration;
import org.pfha.carp.engine.Role;
import org.pfha.carp.engine.VrrpProfile;
import org.pfha.net.IpPacket;

/** Whatever arrives, a node counts it, keeps its role and goes on. */
class CarpNodeFuzzTest {

  private static final class Fixture {
    private final SimPair pair = new SimPair();
    private final WatchedHost host = new WatchedHost(pair.a);
    private final IpPacket packet = new IpPacket();
    private final CarpNode node;

    Fixture() throws IOException {
      node =
          CarpNode.builder(host)
              .virtualRouter(SimPair.router(0).address("2001:db8::1/64"))
              .virtualRouter(
                  VirtualRouter.onInterface("em1")
                      .vhid(2)
                      .vrrp(VrrpProfile.RFC_9568)
                      .address("192.0.2.102/24"))
              .start();
      pair.settle();
    }
  }

  private static Fixture fixture;

  @FuzzTest
  void countsWhatItDoesNotBelieve(byte[] bytes) throws IOException {
    if (fixture == null) {
      fixture = new Fixture();
    }
    CarpNode node = fixture.node;
    long packets = packets(node);

    fixture.host.deliver(
        fixture.packet.wrap(bytes, 0, bytes.length, "em1", fixture.pair.net.now()));

    assertThat(packets(node)).isEqualTo(packets + 1);
    assertThat(node.role("em1", 1)).as("nobody can guess the password").isEqualTo(Role.MASTER);
    assertThat(node.explain("em1", 1).describe()).isNotEmpty();
    assertThat(node.statistics().toJson()).endsWith("}");
    fixture.pair.advance(Duration.ofMillis(1));
  }

  private static long packets(CarpNode node) {
    CarpCounters counters = node.statistics().total();
    return counters.get("ipackets") + counters.get("ipackets6");
  }
}
