package org.pfha.examples.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.examples.inspect.RouterTrack.Cause;

/** Who is master, by who is heard when. */
class RouterTrackTest {

  private final RouterTrack track = new RouterTrack();

  private void heard(double seconds, String source, int advskew) {
    track.heard(
        Math.round(seconds * 1e9), source, Standing.of(new CarpAdvert(1, 1, advskew, 0, 0)));
  }

  @Test
  void aSilentMasterStaysOneUntilAnotherSpeaks() {
    heard(0, "a", 0);
    heard(60, "a", 0);
    assertThat(track.spans()).hasSize(1);
    assertThat(track.spans().get(0).late()).isEqualTo(1);
    assertThat(track.spans().get(0).missed()).isEqualTo(59);
    assertThat(track.failovers()).isEmpty();
  }

  @Test
  void aWorseOneTakesOverAfterThreeIntervals() {
    heard(0, "a", 0);
    heard(3.39, "b", 100);
    assertThat(track.failovers()).hasSize(1);
    assertThat(track.failovers().get(0).cause()).isEqualTo(Cause.TIMED_OUT);
    assertThat(track.failovers().get(0).silenceNanos()).isEqualTo(3_390_000_000L);
  }

  @Test
  void theLoserMayBeHeardForAMoment() {
    heard(0, "b", 100);
    heard(0.5, "a", 0);
    heard(1.39, "b", 100);
    heard(1.5, "a", 0);
    assertThat(track.contests()).isEmpty();
    assertThat(track.failovers()).hasSize(1);
    assertThat(track.failovers().get(0).cause()).isEqualTo(Cause.PREEMPTED);
    assertThat(track.failovers().get(0).overlapNanos()).isEqualTo(890_000_000L);
  }

  @Test
  void twoMastersGoOnUntilOneIsSilent() {
    for (int i = 0; i < 5; i++) {
      heard(i, "a", 0);
      heard(i + 0.4, "b", 100);
    }
    assertThat(track.contests()).hasSize(1);
    assertThat(track.contests().get(0).isOver()).isFalse();
    for (int i = 5; i < 10; i++) {
      heard(i, "a", 0);
    }
    assertThat(track.contests().get(0).isOver()).isTrue();
    assertThat(track.contests().get(0).untilNanos()).isEqualTo(4_400_000_000L);
    assertThat(track.failovers()).as("a stays what it was").isEmpty();
  }

  @Test
  void theOneThatIsLeftHasTakenOver() {
    heard(0, "a", 0);
    heard(0.4, "b", 100);
    heard(1, "a", 0);
    for (int i = 2; i < 8; i++) {
      heard(i, "b", 100);
    }
    assertThat(track.failovers()).hasSize(1);
    assertThat(track.failovers().get(0).cause()).isEqualTo(Cause.OUT_OF_TURN);
    assertThat(track.failovers().get(0).to()).isEqualTo("b");
    assertThat(track.failovers().get(0).overlapNanos()).isEqualTo(600_000_000L);
  }

  @Test
  void aGoodbyeHandsOverAtOnce() {
    heard(0, "a", 0);
    track.heard(500_000_000, "a", Standing.of(CarpAdvert.bowOut(1, 0)));
    heard(0.501, "b", 100);
    assertThat(track.failovers().get(0).cause()).isEqualTo(Cause.RESIGNED);
    assertThat(track.spans().get(0).text()).isEqualTo("1/0");
  }

  @Test
  void countersOfAHalfCapturedPairAreNoLoss() {
    CounterTrack half = new CounterTrack();
    for (int i = 0; i < 10; i++) {
      half.heard(2 * i - 6);
    }
    assertThat(half.isHalf()).isTrue();
    assertThat(half.lost()).isZero();
    half.heard(13);
    assertThat(half.isHalf()).isFalse();
    CounterTrack lossy = new CounterTrack();
    for (long counter : new long[] {-2, -1, 0, 3, 3, Long.MAX_VALUE}) {
      lossy.heard(counter);
    }
    assertThat(lossy.lost()).isEqualTo(2);
    assertThat(lossy.consecutive()).isEqualTo(2);
    assertThat(lossy.repeated()).isEqualTo(1);
    assertThat(lossy.unrelated()).isEqualTo(1);
  }
}
