package org.pfha.pfsync.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pfha.pfsync.States.peer;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.States;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.PfsyncReader;
import org.pfha.pfsync.wire.PfsyncWriter;
import org.pfha.pfsync.wire.StateFormat;

/** The engine alone: hostile bytes, and what is queued when (spec pfsync 11.3, 11.4). */
class PfsyncEngineTest {

  private static final int OWN = 0xa;
  private static final int PEER = 0xb;
  private static final long SECOND = 1_000_000_000L;

  private final StateTable table = StateTable.withLimit(1_000);
  private final Wire wire = new Wire();
  private final PfsyncEngine engine = engine(table, wire, 3);

  private static PfsyncEngine engine(StateTable table, PfsyncSink sink, int maxUpdates) {
    PfsyncSettings settings = PfsyncSettings.builder(OWN).maxUpdates(maxUpdates).build();
    return new PfsyncEngine(table, settings, sink, 0);
  }

  /** The actions of each packet sent, one line a packet. */
  private static final class Wire implements PfsyncSink {

    final List<String> packets = new ArrayList<>();
    final List<PfsyncEvent> events = new ArrayList<>();

    @Override
    public boolean send(byte[] buffer, int length) {
      PfsyncReader reader = new PfsyncReader(StateFormat.V1301).wrap(buffer, 0, length);
      assertThat(reader.check()).isEqualTo(PfsyncReader.Check.OK);
      List<String> sections = new ArrayList<>();
      PfsyncReader.Step step;
      while ((step = reader.next(true)) == PfsyncReader.Step.SECTION) {
        sections.add(Action.name(reader.action()) + "*" + reader.count());
      }
      assertThat(step).isEqualTo(PfsyncReader.Step.EOF);
      packets.add(String.join(" ", sections));
      return true;
    }

    @Override
    public void event(PfsyncEvent event) {
      events.add(event);
    }

    @Override
    public void deferred(long id, int creatorId, DeferOutcome outcome) {
      packets.add(outcome.name());
    }

    @Override
    public void demote(boolean demoted) {
      // Told in the node's tests.
    }
  }

  private List<String> sentUntil(long now) {
    engine.tick(now);
    List<String> sent = List.copyOf(wire.packets);
    wire.packets.clear();
    return sent;
  }

  private PfState own(int number) {
    PfState state = States.tcp(number, OWN);
    engine.insert(state, 0);
    return state;
  }

  private PfState sent(int number) {
    PfState state = own(number);
    assertThat(sentUntil(SECOND)).containsExactly("INS*1");
    return state;
  }

  private void update(PfState state, int seq, long now) {
    engine.update(state.stateId(), peer(4, seq), peer(4, seq), now);
  }

  private void receive(int action, PfState state, long now) {
    byte[] buffer = new byte[1480];
    PfsyncWriter writer = new PfsyncWriter(StateFormat.V1301);
    writer.begin(buffer, 0, buffer.length, new byte[16]);
    if (action == Action.INS) {
      writer.state(action, state);
    } else {
      writer.name(action, state.id(), state.creatorId());
    }
    engine.received(buffer, 0, writer.end(), 255, now);
  }

  @Test
  void hostileBytesNeverThrow() throws Exception {
    long seed = 1301;
    Random random = new Random(seed);
    List<byte[]> golden = List.of(load("17-multi-section"), load("06-ins-batch3"));
    for (int run = 0; run < 20_000; run++) {
      byte[] packet;
      if (run % 4 == 0) {
        packet = new byte[random.nextInt(1_480)];
        random.nextBytes(packet);
        if (packet.length > 4) {
          packet[0] = 5;
          packet[2] = (byte) (packet.length >> 8);
          packet[3] = (byte) packet.length;
        }
      } else {
        packet = golden.get(random.nextInt(golden.size())).clone();
        for (int flips = random.nextInt(12); flips >= 0; flips--) {
          packet[random.nextInt(packet.length)] = (byte) random.nextInt();
        }
      }
      long now = run * (SECOND / 100);
      if (run % 100 == 0) {
        engine.requestBulk(now);
      }
      int offset = random.nextInt(3);
      byte[] frame = new byte[offset + packet.length];
      System.arraycopy(packet, 0, frame, offset, packet.length);
      int length = random.nextInt(4) == 0 ? random.nextInt(packet.length + 1) : packet.length;
      try {
        engine.received(frame, offset, length, 255, now);
        engine.tick(now);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + " run " + run, e);
      }
    }
    assertThat(table.size()).as("seed %d", seed).isLessThanOrEqualTo(table.limit());
    assertThat(wire.events.stream().filter(event -> event.kind() == PfsyncEvent.Kind.INSERT))
        .as("seed %d: the bytes reach the table", seed)
        .hasSizeGreaterThan(100);
    assertThat(engine.statistics().ipackets()).isEqualTo(20_000);
    assertThat(engine.statistics().badlen()).isPositive();
    assertThat(engine.statistics().badval()).isPositive();
  }

  @Test
  void nothingIsSentBeforeASecondHasPassed() {
    own(1);
    own(2);
    assertThat(engine.nextDeadlineNanos()).isEqualTo(SECOND);
    assertThat(sentUntil(SECOND - 1)).isEmpty();
    assertThat(sentUntil(SECOND)).containsExactly("INS*2");
    assertThat(sentUntil(2 * SECOND)).isEmpty();
  }

  @Test
  void aNewStateStaysAnInsertWhateverHappensToIt() {
    PfState state = own(1);
    update(state, 2000, 1);
    receive(Action.UPD_REQ, state, 2);
    assertThat(sentUntil(SECOND)).containsExactly("INS*1");
  }

  @Test
  void aStateThatNobodyHasHeardOfIsRemovedInSilence() {
    PfState state = own(1);
    engine.remove(state.stateId(), 1);
    assertThat(sentUntil(2 * SECOND)).isEmpty();
  }

  @Test
  void anUpdateIsCompressedAndARequestMakesItFull() {
    PfState state = sent(1);
    update(state, 2000, SECOND);
    assertThat(sentUntil(2 * SECOND)).containsExactly("UPD_C*1");
    update(state, 3000, 2 * SECOND);
    receive(Action.UPD_REQ, state, 2 * SECOND + 1);
    assertThat(sentUntil(2 * SECOND + 1)).as("at once, and once").containsExactly("UPD*1");
  }

  @Test
  void aRemovalReplacesAnUpdate() {
    PfState state = sent(1);
    update(state, 2000, SECOND);
    engine.remove(state.stateId(), SECOND + 1);
    assertThat(sentUntil(3 * SECOND)).containsExactly("DEL_C*1");
  }

  @Test
  void aPeersRemovalIsNotAnnounced() {
    PfState state = sent(1);
    update(state, 2000, SECOND);
    receive(Action.DEL_C, state, SECOND + 1);
    assertThat(table.size()).isZero();
    assertThat(sentUntil(3 * SECOND)).isEmpty();
  }

  @Test
  void anInsertThatWantsAnAckGetsItAtOnce() {
    PfState wanting = States.tcp(1, PEER).toBuilder().stateFlags(PfState.FLAG_ACK).build();
    receive(Action.INS, wanting, 5);
    assertThat(sentUntil(5)).containsExactly("INS_ACK*1");
  }

  @Test
  void maxUpdatesOfAQueuedTcpStateFlush() {
    PfState state = sent(1);
    update(state, 2000, SECOND);
    update(state, 2001, SECOND);
    update(state, 2002, SECOND);
    assertThat(wire.packets).isEmpty();
    update(state, 2003, SECOND);
    assertThat(wire.packets).containsExactly("UPD_C*1");
  }

  @Test
  void anotherProtocolIsNotFlushedByItsUpdates() {
    PfState state = States.udp(1, OWN);
    engine.insert(state, 0);
    for (int i = 0; i < 300; i++) {
      update(state, i, 1);
    }
    assertThat(sentUntil(1)).isEmpty();
  }

  @Test
  void aFullPacketDoesNotWaitAndNoneIsLargerThanTheMtu() {
    for (int i = 1; i <= 20; i++) {
      own(i);
    }
    assertThat(wire.packets).isNotEmpty();
    engine.tick(SECOND);
    int inserts =
        wire.packets.stream().mapToInt(p -> Integer.parseInt(p.substring("INS*".length()))).sum();
    assertThat(inserts).isEqualTo(20);
    assertThat(wire.packets).contains("INS*6");
  }

  @Test
  void aStateMarkedNoSyncIsNeverSent() {
    PfState secret = States.tcp(1, OWN).toBuilder().stateFlags(PfState.FLAG_NO_SYNC).build();
    engine.insert(secret, 0);
    update(secret, 2000, 1);
    receive(Action.UPD_REQ, secret, 2);
    engine.remove(secret.stateId(), 3);
    assertThat(sentUntil(2 * SECOND)).isEmpty();
  }

  @Test
  void anExpiredStateIsDeletedEverywhere() {
    receive(Action.INS, States.udp(1, PEER), 0);
    StateId id = new StateId(1, PEER);
    assertThat(table.get(id.id(), id.creatorId())).isNotNull();
    assertThat(sentUntil(59 * SECOND)).isEmpty();
    engine.tick(70 * SECOND);
    assertThat(table.size()).isZero();
    assertThat(sentUntil(72 * SECOND)).containsExactly("DEL_C*1");
    assertThat(wire.events).extracting(PfsyncEvent::kind).contains(PfsyncEvent.Kind.EXPIRED);
  }

  private static byte[] load(String name) throws Exception {
    try (InputStream in =
        PfsyncEngineTest.class.getResourceAsStream("/vectors/1301/" + name + ".bin")) {
      return in.readAllBytes();
    }
  }
}
