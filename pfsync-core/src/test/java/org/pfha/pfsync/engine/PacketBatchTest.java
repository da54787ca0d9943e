package org.pfha.pfsync.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pfha.pf.PfState;
import org.pfha.pf.RandomStates;
import org.pfha.pf.StateId;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.States;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.PfsyncReader;
import org.pfha.pfsync.wire.PfsyncWriter;
import org.pfha.pfsync.wire.StateFormat;

/** Packets that come together do what they would do one after the other. */
class PacketBatchTest {

  private static final int PACKETS = 3_000;
  private static final int LIMIT = 60;
  private static final int CREATOR = 0xc0ffee00;
  private static final long SECOND = 1_000_000_000L;

  /** A node with everything that can be seen of it. */
  static final class Node implements PfsyncSink {

    final List<String> seen = new ArrayList<>();
    final StateTable table = StateTable.withLimit(LIMIT);
    final PfsyncEngine engine;
    private final boolean wantsStateEvents;
    int faultAt;

    Node(PfsyncProfile profile, boolean wantsStateEvents) {
      this.wantsStateEvents = wantsStateEvents;
      PfsyncSettings settings =
          PfsyncSettings.builder(1)
              .profile(profile)
              .format(profile.newest())
              .removedNames(wantsStateEvents ? 0 : 20)
              .interfaces(name -> name.startsWith("lagg") ? null : name)
              .build();
      engine = new PfsyncEngine(table, settings, this, 0);
    }

    @Override
    public boolean wantsStateEvents() {
      return wantsStateEvents;
    }

    @Override
    public boolean send(byte[] buffer, int length) {
      seen.add("send " + Arrays.toString(Arrays.copyOf(buffer, length)));
      return true;
    }

    @Override
    public void event(PfsyncEvent event) {
      if (faultAt != 0 && event.creatorId() == faultAt) {
        throw new IllegalStateException("a listener's fault");
      }
      seen.add(event.toString());
    }

    @Override
    public void demote(boolean demoted) {
      seen.add("demote " + demoted);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "FREEBSD_13, true, 11",
    "FREEBSD_13, false, 12",
    "FREEBSD_14, true, 13",
    "FREEBSD_15, true, 14",
    "FREEBSD_15, false, 15"
  })
  void togetherIsAsOneByOne(PfsyncProfile profile, boolean wantsStateEvents, long seed) {
    Random random = new Random(seed);
    RandomStates states = new RandomStates(random, 60);
    Node oneByOne = new Node(profile, wantsStateEvents);
    Node together = new Node(profile, wantsStateEvents);
    PacketBatch batch = new PacketBatch();
    int largest = 0;
    for (int done = 0; done < PACKETS; ) {
      long now = done * SECOND / 10;
      for (Node node : List.of(oneByOne, together)) {
        node.engine.tick(now);
        if (done % 700 == 0) {
          node.engine.requestBulk(now);
        }
      }
      int count = 0;
      for (int most = 1 + random.nextInt(20); count < most && !batch.isFull(); count++) {
        byte[] bytes = packet(random, states, profile.newest());
        int ttl = random.nextInt(30) == 0 ? 64 : 255;
        oneByOne.engine.received(bytes, 0, bytes.length, ttl, now);
        batch.add(bytes, 0, bytes.length, ttl, -1);
      }
      together.engine.received(batch, now);
      assertThat(batch.isEmpty()).isTrue();
      done += count;
      largest = Math.max(largest, count);
      String where = "seed " + seed + " after packet " + done;
      assertThat(together.seen).as(where).isEqualTo(oneByOne.seen);
      assertThat(together.engine.statistics())
          .as(where)
          .usingRecursiveComparison()
          .isEqualTo(oneByOne.engine.statistics());
      assertThat(together.table.digests()).as(where).isEqualTo(oneByOne.table.digests());
      assertThat(together.table.digest()).as(where).isEqualTo(together.table.digestFromScratch());
      oneByOne.seen.clear();
      together.seen.clear();
    }
    assertThat(together.table.states()).isEqualTo(oneByOne.table.states());
    assertThat(largest).as("seed %d fills a batch", seed).isEqualTo(16);
    PfsyncStatistics statistics = together.engine.statistics();
    assertThat(List.of(statistics.badval(), statistics.badlen(), statistics.stale()))
        .as("seed %d reaches what goes wrong", seed)
        .doesNotContain(0L);
  }

  /** Mostly well-formed sections about few states; sometimes a byte or the length is wrong. */
  private static byte[] packet(Random random, RandomStates states, StateFormat format) {
    byte[] buffer = new byte[1480];
    PfsyncWriter writer = new PfsyncWriter(format);
    writer.begin(buffer, 0, buffer.length, new byte[PfsyncReader.CHECKSUM_SIZE]);
    for (int sections = random.nextInt(4); sections >= 0; sections--) {
      section(random, states, writer, format);
    }
    byte[] packet = Arrays.copyOf(buffer, writer.end());
    if (random.nextInt(4) == 0 && packet.length > PfsyncReader.HEADER) {
      int from = random.nextBoolean() ? 0 : PfsyncReader.HEADER;
      packet[from + random.nextInt(packet.length - from)] = (byte) random.nextInt(256);
    }
    if (random.nextInt(20) == 0) {
      packet = Arrays.copyOf(packet, random.nextInt(packet.length + 8));
    }
    return packet;
  }

  private static void section(
      Random random, RandomStates states, PfsyncWriter writer, StateFormat format) {
    int[] actions = {
      format.insertAction(),
      format.insertAction(),
      format.updateAction(),
      Action.UPD_C,
      Action.UPD_C,
      Action.DEL_C,
      Action.UPD_REQ,
      Action.INS_ACK,
      Action.BUS,
      Action.CLR
    };
    int action = actions[random.nextInt(random.nextInt(10) == 0 ? 10 : 8)];
    writer.split();
    for (int most = random.nextInt(9); most >= 0 && writer.fits(action); most--) {
      StateId id = states.id();
      if (action == format.insertAction() || action == format.updateAction()) {
        writer.state(action, sane(random, states.state()));
      } else if (action == Action.UPD_C) {
        int timeout = random.nextInt(10);
        writer.update(id.id(), id.creatorId(), peer(random), peer(random), timeout);
      } else if (action == Action.BUS) {
        writer.bus(CREATOR, 1, Action.BUS_START + random.nextInt(2));
      } else if (action == Action.CLR) {
        writer.clear(random.nextBoolean() ? "" : "em0", id.creatorId());
      } else {
        writer.name(action, id.id(), id.creatorId());
      }
    }
  }

  /** Progress that may be older or newer than what is known; sometimes with a flag to answer. */
  private static PfState sane(Random random, PfState state) {
    return state.toBuilder()
        .src(peer(random))
        .dst(peer(random))
        .direction(1 + random.nextInt(2))
        .timeout(random.nextInt(10))
        .stateFlags(random.nextInt(5) == 0 ? PfState.FLAG_ACK : 0)
        .build();
  }

  private static StatePeer peer(Random random) {
    return States.peer(random.nextInt(11), random.nextInt(1000));
  }

  @Test
  void aLaterPacketFindsWhatAnEarlierOneOfTheBatchPutIn() {
    Node node = new Node(PfsyncProfile.FREEBSD_13, false);
    PacketBatch batch = new PacketBatch();
    PfState state = States.tcp(7, CREATOR);
    StatePeer moved = States.peer(5, 2000);
    add(batch, writer -> writer.state(Action.INS, state));
    add(batch, writer -> writer.update(7, CREATOR, moved, state.dst(), 2));
    add(batch, writer -> writer.name(Action.DEL_C, 7, CREATOR));
    add(batch, writer -> writer.state(Action.INS, States.tcp(8, CREATOR)));
    add(batch, writer -> writer.update(8, CREATOR, moved, state.dst(), 2));
    node.engine.received(batch, 0);
    assertThat(node.table.get(7, CREATOR)).isNull();
    assertThat(node.table.get(8, CREATOR)).extracting(PfState::src).isEqualTo(moved);
    assertThat(node.engine.statistics().badstate()).isZero();
  }

  @Test
  void packetsBehindOneThatThrowsAreReadTheNextTime() {
    Node node = new Node(PfsyncProfile.FREEBSD_13, true);
    node.faultAt = CREATOR + 1;
    PacketBatch batch = new PacketBatch();
    for (int creator = CREATOR; creator < CREATOR + 3; creator++) {
      PfState state = States.tcp(creator - CREATOR, creator);
      add(batch, writer -> writer.state(Action.INS, state));
    }
    assertThatThrownBy(() -> node.engine.received(batch, 0)).hasMessage("a listener's fault");
    assertThat(node.table.size()).isEqualTo(2);
    assertThat(batch.isEmpty()).isFalse();
    node.engine.received(batch, 0);
    assertThat(node.table.size()).isEqualTo(3);
    assertThat(batch.isEmpty()).isTrue();
  }

  @Test
  void packetsMayBeReadWhereTheyAreInWhateverOrder() {
    long seed = 16;
    Random random = new Random(seed);
    RandomStates states = new RandomStates(random, 60);
    Node oneByOne = new Node(PfsyncProfile.FREEBSD_14, true);
    Node together = new Node(PfsyncProfile.FREEBSD_14, true);
    byte[] ring = new byte[16 * 2048];
    PacketBatch batch = PacketBatch.over(ring);
    for (int round = 0; round < 200; round++) {
      List<Integer> slots = new ArrayList<>(IntStream.range(0, 16).boxed().toList());
      Collections.shuffle(slots, random);
      for (int slot : slots) {
        byte[] bytes = packet(random, states, StateFormat.V1400);
        System.arraycopy(bytes, 0, ring, slot * 2048, bytes.length);
        oneByOne.engine.received(bytes, 0, bytes.length, 255, round);
        batch.add(ring, slot * 2048, bytes.length, 255, -1);
      }
      assertThat(batch.isFull()).isTrue();
      together.engine.received(batch, round);
      assertThat(together.seen).as("seed %d round %d", seed, round).isEqualTo(oneByOne.seen);
      oneByOne.seen.clear();
      together.seen.clear();
    }
    assertThat(together.table.states()).isEqualTo(oneByOne.table.states()).isNotEmpty();
  }

  @Test
  void aBatchOverAnArrayTakesNoPacketFromElsewhere() {
    PacketBatch batch = PacketBatch.over(new byte[100]);
    assertThatThrownBy(() -> batch.add(new byte[100], 0, 100, 255, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("new PacketBatch()");
    assertThat(batch.isEmpty()).isTrue();
  }

  @Test
  void aFullBatchTakesNoMore() {
    PacketBatch batch = new PacketBatch();
    while (!batch.isFull()) {
      batch.add(new byte[1480], 0, 1480, 255, -1);
    }
    assertThatThrownBy(() -> batch.add(new byte[1], 0, 1, 255, -1))
        .isInstanceOf(IllegalStateException.class);
    PacketBatch large = new PacketBatch();
    large.add(new byte[65_535], 0, 65_535, 255, -1);
    assertThat(large.isFull()).isTrue();
  }

  private static void add(PacketBatch batch, Consumer<PfsyncWriter> content) {
    byte[] buffer = new byte[1480];
    PfsyncWriter writer = new PfsyncWriter(StateFormat.V1301);
    writer.begin(buffer, 0, buffer.length, new byte[PfsyncReader.CHECKSUM_SIZE]);
    content.accept(writer);
    batch.add(buffer, 0, writer.end(), 255, -1);
  }
}
