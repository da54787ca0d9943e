package org.pfha.pfsync.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.pf.PfState;
import org.pfha.pf.RandomStates;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateTable;
import org.pfha.pf.Timeouts;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.PeerView;
import org.pfha.pfsync.wire.PfsyncReader;
import org.pfha.pfsync.wire.PfsyncWriter;
import org.pfha.pfsync.wire.StateFormat;

/** What a received update does to the bytes of the table is what {@link Merge} says. */
class MergeInPlaceTest {

  private static final int RUNS = 20_000;
  private static final int TTL = 255;
  private static final long SECOND = 1_000_000_000L;

  /** Where peers are in the message of an action. */
  private record Places(int action, int src, int dst) {}

  private static final Places[] UPDATES = {
    new Places(Action.UPD_C, 8, 40), new Places(Action.UPD, 96, 128)
  };

  private final byte[] packet = new byte[1480];
  private final int message = PfsyncReader.HEADER + PfsyncReader.SECTION_HEADER;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRowBecomesWhatTheRuleSays(boolean strict) {
    long seed = strict ? 931 : 930;
    Random random = new Random(seed);
    RandomStates states = new RandomStates(random, 50);
    StateTable table = StateTable.withLimit(2);
    PfsyncSettings settings =
        PfsyncSettings.builder(1).profile(PfsyncProfile.FREEBSD_13).strictMerge(strict).build();
    PfsyncEngine engine = new PfsyncEngine(table, settings, new Deaf(), 0);
    int[] seen = new int[3];
    for (int run = 0; run < RUNS; run++) {
      String name = "seed " + seed + " run " + run;
      long inserted = 10L * run * SECOND;
      long now = inserted + random.nextInt(5) * SECOND;
      PfState state = states.state();
      assertThat(table.insert(state, inserted).isPresent()).as(name).isTrue();
      PfState local = table.get(state.id(), state.creatorId(), now);
      assertThat(local).as(name).isNotNull();
      Places places = UPDATES[random.nextInt(2)];
      int timeout = random.nextInt(20);
      int length = write(random, places, local, states, timeout);
      StatePeer src = PeerView.read(packet, message + places.src);
      StatePeer dst = PeerView.read(packet, message + places.dst);
      Merge merge =
          strict ? Merge.strict(local, src, dst, timeout) : Merge.of(local, src, dst, timeout);
      long staleBefore = engine.statistics().stale();
      engine.received(packet, 0, length, TTL, now);
      PfState expected =
          local.withProgress(merge.src(), merge.dst(), merge.timeout()).toBuilder()
              .expire(merge.staleCount() == 2 ? local.expire() : seconds(merge.timeout()))
              .build();
      assertThat(table.get(state.id(), state.creatorId(), now)).as(name).isEqualTo(expected);
      assertThat(engine.statistics().stale() - staleBefore)
          .as(name)
          .isEqualTo(Math.min(1, merge.staleCount()));
      assertThat(table.digest()).as(name).isEqualTo(table.digestFromScratch());
      seen[merge.staleCount()]++;
      table.remove(state.id(), state.creatorId());
    }
    assertThat(seen).as("seed %d reaches all three cases", seed).doesNotContain(0);
  }

  /** Ends near the local ones, so that each may be older or newer; all values of scrub.valid. */
  private int write(Random random, Places places, PfState local, RandomStates states, int timeout) {
    StatePeer src = random.nextBoolean() ? near(random, local.src()) : states.peer();
    StatePeer dst = random.nextBoolean() ? near(random, local.dst()) : states.peer();
    PfsyncWriter writer = new PfsyncWriter(StateFormat.V1301);
    writer.begin(packet, 0, packet.length, new byte[16]);
    if (places.action == Action.UPD_C) {
      writer.update(local.id(), local.creatorId(), src, dst, timeout);
    } else {
      writer.state(places.action, local.withProgress(src, dst, timeout));
    }
    int length = writer.end();
    if (random.nextInt(4) == 0) {
      packet[message + places.src + 3] = (byte) random.nextInt(4);
    }
    if (random.nextInt(4) == 0) {
      packet[message + places.dst + 3] = (byte) random.nextInt(4);
    }
    return length;
  }

  private static StatePeer near(Random random, StatePeer peer) {
    return new StatePeer(
        Math.max(0, Math.min(12, peer.state() + random.nextInt(3) - 1)),
        peer.seqlo() + random.nextInt(3) - 1,
        random.nextInt(),
        random.nextInt(),
        random.nextInt(1 << 16),
        random.nextInt(1 << 16),
        random.nextInt(256),
        peer.scrub());
  }

  private static long seconds(int timeout) {
    return Timeouts.DEFAULT.seconds(timeout);
  }

  private static final class Deaf implements PfsyncSink {

    @Override
    public boolean send(byte[] buffer, int length) {
      return true;
    }

    @Override
    public boolean wantsStateEvents() {
      return false;
    }

    @Override
    public void event(PfsyncEvent event) {}

    @Override
    public void demote(boolean demoted) {}
  }
}
