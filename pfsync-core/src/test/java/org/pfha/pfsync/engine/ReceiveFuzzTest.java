package org.pfha.pfsync.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.States;
import org.pfha.pfsync.wire.PfsyncPacket;
import org.pfha.pfsync.wire.PfsyncReader;

/**
 * The whole way of a packet, whatever its bytes: the engine of each release takes a series of
 * packets, time passes between them, and the table stays one.
 */
class ReceiveFuzzTest {

  private static final long SECOND = 1_000_000_000L;
  private static final int LIMIT = 40;
  private static final int TTL = 255;

  /** Before each packet a byte says how long it is, in units of four, and how long it takes. */
  @FuzzTest(maxDuration = "1m")
  void theTableStaysWhole(byte[] input) {
    for (PfsyncProfile profile : PfsyncProfile.values()) {
      receive(input, profile);
    }
  }

  private static void receive(byte[] input, PfsyncProfile profile) {
    StateTable table = StateTable.withLimit(LIMIT);
    PfsyncSettings settings =
        PfsyncSettings.builder(0xa)
            .profile(profile)
            .interfaces(name -> name.startsWith("wg") ? null : name)
            .build();
    PfsyncEngine engine = new PfsyncEngine(table, settings, new Silent(profile), 0);
    long now = 0;
    for (int i = 1; i <= 5; i++) {
      engine.insert(States.tcp(i, 0xa), now);
    }
    engine.requestBulk(now);
    int at = 0;
    while (at < input.length) {
      int length = Math.min((input[at] & 0xff) * 4, input.length - at - 1);
      now += (input[at] & 0x0f) * SECOND / 4;
      engine.tick(now);
      engine.received(input, at + 1, length, TTL, now);
      at += 1 + length;
      assertThat(table.size()).isLessThanOrEqualTo(LIMIT);
    }
    checkTable(table);
    engine.tick(now + 100_000 * SECOND);
    checkTable(table);
    engine.stop(now + 100_001 * SECOND);
    checkStatistics(engine.statistics());
  }

  private static void checkTable(StateTable table) {
    List<PfState> states = table.states();
    assertThat(table.size()).isEqualTo(states.size()).isLessThanOrEqualTo(LIMIT);
    Set<StateId> ids = new HashSet<>();
    StateTable copy = StateTable.withLimit(LIMIT);
    for (PfState state : states) {
      assertThat(ids.add(state.stateId())).as("one state of a name").isTrue();
      assertThat(state.creatorId()).isNotZero();
      assertThat(table.get(state.id(), state.creatorId())).isEqualTo(state);
      PfState onWire = table.find(state.wire(), state.proto(), state.direction(), state.ifname());
      assertThat(onWire).as("found by its key").isNotNull();
      assertThat(onWire.stateId()).isEqualTo(state.stateId());
      copy.insert(state, 0);
    }
    assertThat(copy.size()).as("no two states collide").isEqualTo(states.size());
    assertThat(table.identityDigest()).isEqualTo(copy.identityDigest());
    assertThat(table.progressDigest()).isEqualTo(copy.progressDigest());
  }

  private static void checkStatistics(PfsyncStatistics statistics) {
    assertThat(statistics.badlen() + statistics.hdrops() + statistics.badver())
        .isLessThanOrEqualTo(2 * statistics.ipackets());
    assertThat(statistics.iacts()).allMatch(count -> count >= 0);
  }

  /** What the engine sends must be whole. */
  private record Silent(PfsyncProfile profile) implements PfsyncSink {

    @Override
    public boolean send(byte[] buffer, int length) {
      byte[] packet = Arrays.copyOf(buffer, length);
      PfsyncPacket.Decoded decoded = PfsyncPacket.decode(packet, 0, length, profile.newest());
      assertThat(decoded.check()).isEqualTo(PfsyncReader.Check.OK);
      assertThat(decoded.end()).isEqualTo(PfsyncReader.Step.EOF);
      return true;
    }

    @Override
    public void event(PfsyncEvent event) {
      assertThat(event.kind()).isNotNull();
    }

    @Override
    public void demote(boolean demoted) {}
  }
}
