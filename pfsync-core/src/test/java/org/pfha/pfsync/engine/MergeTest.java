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
      Merge once = Merge.of(local, src, dst, 2);
      PfState merged = local.withProgress(once.src(), once.dst(), local.timeout());
      Merge twice = Merge.of(merged, once.src(), once.dst(), 2);
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
      Merge merge = Merge.of(local, src, dst, 2);
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
  void strictlyMergingTheResultAgainChangesNothing() {
    long seed = 95;
    Random random = new Random(seed);
    for (int run = 0; run < RUNS; run++) {
      PfState local = random(random);
      Merge once = Merge.strict(local, randomPeer(random), randomPeer(random), 2);
      PfState merged = local.withProgress(once.src(), once.dst(), once.timeout());
      Merge twice = Merge.strict(merged, once.src(), once.dst(), once.timeout());
      assertThat(twice)
          .as("seed %d run %d", seed, run)
          .isEqualTo(new Merge(once.src(), once.dst(), once.timeout(), false, false));
    }
  }

  @Test
  void strictlyNoEndEverGoesBackAsTheKernelsResponderDoes() {
    long seed = 96;
    Random random = new Random(seed);
    int kernelWentBack = 0;
    for (int run = 0; run < RUNS; run++) {
      PfState local = random(random);
      StatePeer src = randomPeer(random);
      StatePeer dst = randomPeer(random);
      Merge strict = Merge.strict(local, src, dst, 2);
      assertThat(isBehind(local, strict.src(), local.src()))
          .as("seed %d run %d", seed, run)
          .isFalse();
      assertThat(isBehind(local, strict.dst(), local.dst()))
          .as("seed %d run %d", seed, run)
          .isFalse();
      if (isBehind(local, Merge.of(local, src, dst, 2).dst(), local.dst())) {
        kernelWentBack++;
      }
    }
    assertThat(kernelWentBack).as("seed %d: the defect is there to be avoided", seed).isPositive();
  }

  /** By state, then by sequence; the lowering at the end of a SYN-proxy handshake is progress. */
  private static boolean isBehind(PfState of, StatePeer one, StatePeer other) {
    boolean proxyDone =
        of.proto() == PfState.TCP
            && other.state() >= StatePeer.PROXY_SRC
            && one.state() < StatePeer.PROXY_SRC;
    if (one.state() != other.state()) {
      return one.state() < other.state() && !proxyDone;
    }
    return of.proto() == PfState.TCP && one.seqlo() - other.seqlo() < 0;
  }

  @Test
  void strictlyTwoNodesThatExchangeTheirVersionsAgree() {
    long seed = 97;
    Random random = new Random(seed);
    for (int run = 0; run < RUNS; run++) {
      int proto = random.nextBoolean() ? PfState.TCP : 17;
      PfState a = States.state(1, 0xa, proto, ordinaryPeer(random), ordinaryPeer(random));
      PfState b = States.state(1, 0xa, proto, ordinaryPeer(random), ordinaryPeer(random));
      Merge inA = Merge.strict(a, b.src(), b.dst(), b.timeout());
      Merge inB = Merge.strict(b, a.src(), a.dst(), a.timeout());
      String progress = progress(proto, inA.src()) + progress(proto, inA.dst());
      assertThat(progress)
          .as("seed %d run %d", seed, run)
          .isEqualTo(progress(proto, inB.src()) + progress(proto, inB.dst()));
      if (proto == PfState.TCP && (inA.srcStale() || inA.dstStale())) {
        assertThat(inA.timeout()).as("seed %d run %d", seed, run).isEqualTo(inB.timeout());
      }
    }
  }

  private static String progress(int proto, StatePeer peer) {
    return peer.state() + (proto == PfState.TCP ? ":" + peer.seqlo() + " " : " ");
  }

  private static StatePeer ordinaryPeer(Random random) {
    return peer(random.nextInt(StatePeer.PROXY_SRC), random.nextInt(3));
  }

  @Test
  void strictlyAStaleEndIsKeptWhereTheKernelTakesIt() {
    PfState local = tcp(peer(4, 1000), peer(4, 5000));
    Merge kernel = Merge.of(local, peer(4, 2000), peer(4, 4000), 2);
    assertThat(kernel.dstStale()).isTrue();
    assertThat(kernel.dst().seqlo()).isEqualTo(4000);
    Merge strict = Merge.strict(local, peer(4, 2000), peer(4, 4000), 2);
    assertThat(strict.dstStale()).isTrue();
    assertThat(strict.src().seqlo()).isEqualTo(2000);
    assertThat(strict.dst()).isEqualTo(local.dst());
  }

  @Test
  void aBlockWithoutDataLeavesTheDataThatAreThere() {
    Scrub old = new Scrub(1, 64, 77);
    PfState scrubbed = tcp(peer(4, 0).withScrub(old), peer(4, 0).withScrub(old));
    StatePeer empty = peer(4, 1).withScrub(Scrub.EMPTY);
    Merge merge = Merge.of(scrubbed, empty, empty, 2);
    assertThat(merge.src().scrub()).isEqualTo(old);
    assertThat(merge.dst().scrub()).isEqualTo(old);
    StatePeer zeros = peer(4, 1).withScrub(new Scrub(0, 0, 0));
    assertThat(Merge.of(scrubbed, zeros, zeros, 2).src().scrub())
        .as("zeros that were sent as data are data")
        .isEqualTo(new Scrub(0, 0, 0));
    assertThat(Merge.of(tcp(peer(4, 0), peer(4, 0)), empty, empty, 2).dst().scrub())
        .isEqualTo(Scrub.EMPTY);
  }

  @Test
  void aSequenceNumberThatWrappedIsAhead() {
    PfState beforeWrap = tcp(peer(4, 0xffff_fff0), peer(4, 0xffff_fff0));
    assertThat(Merge.of(beforeWrap, peer(4, 0x10), peer(4, 0x10), 2).staleCount()).isZero();
    PfState afterWrap = tcp(peer(4, 0x10), peer(4, 0x10));
    assertThat(Merge.of(afterWrap, peer(4, 0xffff_fff0), peer(4, 0xffff_fff0), 2).staleCount())
        .isEqualTo(2);
  }

  @Test
  void theInitiatorsSequenceCountsOnlyBetweenEqualStatesTheRespondersAlways() {
    PfState local = tcp(peer(4, 1000), peer(4, 1000));
    Merge merge = Merge.of(local, peer(5, 999), peer(5, 999), 2);
    assertThat(merge.srcStale()).isFalse();
    assertThat(merge.dstStale()).isTrue();
    assertThat(Merge.of(tcp(peer(4, 0), peer(1, 1000)), peer(4, 0), peer(1, 999), 2).dstStale())
        .as("a responder that has sent nothing has no sequence")
        .isFalse();
  }

  @Test
  void aFinishedSynProxyHandshakeLowersTheInitiatorsState() {
    PfState local = tcp(peer(StatePeer.PROXY_DST, 1000), peer(1, 0));
    assertThat(Merge.of(local, peer(4, 0), peer(4, 0), 2).srcStale()).isFalse();
    assertThat(Merge.of(local, peer(StatePeer.PROXY_SRC, 0), peer(4, 0), 2).srcStale()).isTrue();
  }

  @Test
  void otherProtocolsHaveNoSequence() {
    PfState local = States.state(1, 0xa, 17, peer(1, 1000), peer(1, 1000));
    assertThat(Merge.of(local, peer(1, 0), peer(1, 0), 2).staleCount()).isZero();
    assertThat(Merge.of(local, peer(0, 2000), peer(0, 2000), 2).staleCount()).isEqualTo(2);
  }

  @Test
  void scrubDataNeedABlockWhichOnlyTheResponderIsGiven() {
    Scrub news = new Scrub(1, 64, 77);
    PfState bare = tcp(peer(4, 0), peer(4, 0));
    Merge merge = Merge.of(bare, peer(4, 1).withScrub(news), peer(4, 1).withScrub(news), 2);
    assertThat(merge.src().scrub()).isNull();
    assertThat(merge.dst().scrub()).isEqualTo(news);
    Scrub old = new Scrub(0, 1, 2);
    PfState scrubbed = tcp(peer(4, 0).withScrub(old), peer(4, 0).withScrub(old));
    Merge kept = Merge.of(scrubbed, peer(4, 1), peer(4, 1), 2);
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
