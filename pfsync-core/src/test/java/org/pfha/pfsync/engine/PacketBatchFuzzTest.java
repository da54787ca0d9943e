package org.pfha.pfsync.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.pfha.pfsync.States;

/** Whatever packets come together: the same happens as one after the other. */
class PacketBatchFuzzTest {

  private static final long SECOND = 1_000_000_000L;
  private static final int TTL = 255;

  /**
   * Before each packet a byte says how long it is, in units of four, and how long it takes: not at
   * all for one of four, which arrives together with the packet before it.
   */
  @FuzzTest(maxDuration = "1m")
  void togetherIsAsOneByOne(byte[] input) {
    for (PfsyncProfile profile : PfsyncProfile.values()) {
      receive(input, profile);
    }
  }

  private static void receive(byte[] input, PfsyncProfile profile) {
    PacketBatchTest.Node oneByOne = node(profile);
    PacketBatchTest.Node together = node(profile);
    PacketBatch batch = new PacketBatch();
    long now = 0;
    int at = 0;
    while (at < input.length) {
      int length = Math.min((input[at] & 0xff) * 4, input.length - at - 1);
      if ((input[at] & 3) != 0 || batch.isFull()) {
        handOver(batch, together, now);
        now += (input[at] & 0x0f) * SECOND / 4;
        oneByOne.engine.tick(now);
        together.engine.tick(now);
      }
      oneByOne.engine.received(input, at + 1, length, TTL, now);
      batch.add(input, at + 1, length, TTL, -1);
      at += 1 + length;
    }
    handOver(batch, together, now);
    assertThat(together.seen).isEqualTo(oneByOne.seen);
    assertThat(together.engine.statistics())
        .usingRecursiveComparison()
        .isEqualTo(oneByOne.engine.statistics());
    assertThat(together.table.states()).isEqualTo(oneByOne.table.states());
    assertThat(together.table.digests()).isEqualTo(oneByOne.table.digests());
    assertThat(together.table.digest()).isEqualTo(together.table.digestFromScratch());
  }

  private static PacketBatchTest.Node node(PfsyncProfile profile) {
    PacketBatchTest.Node node = new PacketBatchTest.Node(profile, true);
    for (int i = 1; i <= 5; i++) {
      node.engine.insert(States.tcp(i, 0xa), 0);
    }
    return node;
  }

  private static void handOver(PacketBatch batch, PacketBatchTest.Node node, long now) {
    node.engine.received(batch, now);
    assertThat(batch.isEmpty()).isTrue();
  }
}
