package org.pfha.pfsync.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pfha.pfsync.States.peer;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pfha.pf.PfState;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StatePeer.Scrub;
import org.pfha.pfsync.States;

/** The rule by which an update changes a state: spec pfsync 9.3. */
class MergeTest {

  private static final int RUNS = 20_000;

  @Test
  void mergingTheResultAgainChangesNothing() {
    long seed = 93;
    Random random = new Random(seed);
    for (int run = 0; run < RUNS; run++) {
      PfState local = random(random);
      StatePeer src = randomPeer(random);
      StatePeer dst = randomPeer(random);
      Merge once = Merge.of(local, src, dst);
      PfState merged = local.withProgress(once.src(), once.dst(), local.timeout());
      Merge twice = Merge.of(merged, once.src(), once.dst());
      assertThat(twice.staleCount()).as("seed %d run %d", seed, run).isZero();
      assertThat(twice.src()).as("seed %d run %d", seed, run).isEqualTo(once.src());
      assertThat(twice.dst()).as("seed %d run %d", seed, run).isEqualTo(once.dst());
    }
  }

  @Test
  void bothStaleKeepsEverythingAndNeitherStaleTakesEverything() {
    long seed = 94;
    Random random = new Random(seed);
    int[] seen = new int[3];
    for (int run = 0; run < RUNS; run++) {
      PfState local = random(random);
      StatePeer src = randomPeer(random);
      StatePeer dst = randomPeer(random);
      Merge merge = Merge.of(local, src, dst);
      seen[merge.staleCount()]++;
      if (merge.staleCount() == 2) {
        assertThat(merge.src()).as("seed %d run %d", seed, run).isEqualTo(local.src());
        assertThat(merge.dst()).as("seed %d run %d", seed, run).isEqualTo(local.dst());
      } else {
        StatePeer kept = merge.srcStale() ? local.src() : src;
        assertThat(merge.src()).as("seed %d run %d", seed, run).isEqualTo(kept);
        assertThat(merge.dst()).as("seed %d run %d", seed, run).isEqualTo(dst);
      }
    }
    assertThat(seen).as("seed %d reaches all three cases", seed).doesNotContain(0);
  }

  @Test
  void aSequenceNumberThatWrappedIsAhead() {
    PfState beforeWrap = tcp(peer(4, 0xffff_fff0), peer(4, 0xffff_fff0));
    assertThat(Merge.of(beforeWrap, peer(4, 0x10), peer(4, 0x10)).staleCount()).isZero();
    PfState afterWrap = tcp(peer(4, 0x10), peer(4, 0x10));
    assertThat(Merge.of(afterWrap, peer(4, 0xffff_fff0), peer(4, 0xffff_fff0)).staleCount())
        .isEqualTo(2);
  }

  @Test
  void theInitiatorsSequenceCountsOnlyBetweenEqualStatesTheRespondersAlways() {
    PfState local = tcp(peer(4, 1000), peer(4, 1000));
    Merge merge = Merge.of(local, peer(5, 999), peer(5, 999));
    assertThat(merge.srcStale()).isFalse();
    assertThat(merge.dstStale()).isTrue();
    assertThat(Merge.of(tcp(peer(4, 0), peer(1, 1000)), peer(4, 0), peer(1, 999)).dstStale())
        .as("a responder that has sent nothing has no sequence")
        .isFalse();
  }

  @Test
  void aFinishedSynProxyHandshakeLowersTheInitiatorsState() {
    PfState local = tcp(peer(StatePeer.PROXY_DST, 1000), peer(1, 0));
    assertThat(Merge.of(local, peer(4, 0), peer(4, 0)).srcStale()).isFalse();
    assertThat(Merge.of(local, peer(StatePeer.PROXY_SRC, 0), peer(4, 0)).srcStale()).isTrue();
  }

  @Test
  void otherProtocolsHaveNoSequence() {
    PfState local = States.state(1, 0xa, 17, peer(1, 1000), peer(1, 1000));
    assertThat(Merge.of(local, peer(1, 0), peer(1, 0)).staleCount()).isZero();
    assertThat(Merge.of(local, peer(0, 2000), peer(0, 2000)).staleCount()).isEqualTo(2);
  }

  @Test
  void scrubDataNeedABlockWhichOnlyTheResponderIsGiven() {
    Scrub news = new Scrub(1, 64, 77);
    PfState bare = tcp(peer(4, 0), peer(4, 0));
    Merge merge = Merge.of(bare, peer(4, 1).withScrub(news), peer(4, 1).withScrub(news));
    assertThat(merge.src().scrub()).isNull();
    assertThat(merge.dst().scrub()).isEqualTo(news);
    Scrub old = new Scrub(0, 1, 2);
    PfState scrubbed = tcp(peer(4, 0).withScrub(old), peer(4, 0).withScrub(old));
    Merge kept = Merge.of(scrubbed, peer(4, 1), peer(4, 1));
    assertThat(kept.src().scrub()).isEqualTo(old);
    assertThat(kept.dst().scrub()).isEqualTo(old);
  }

  private static PfState tcp(StatePeer src, StatePeer dst) {
    return States.state(1, 0xa, PfState.TCP, src, dst);
  }

  private static PfState random(Random random) {
    int proto = random.nextBoolean() ? PfState.TCP : 17;
    return States.state(1, 0xa, proto, randomPeer(random), randomPeer(random));
  }

  private static StatePeer randomPeer(Random random) {
    return peer(random.nextInt(13), random.nextBoolean() ? random.nextInt() : random.nextInt(3));
  }
}
