package org.pfha.pfsync.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pfha.pfsync.States.peer;

import org.junit.jupiter.api.Test;
import org.pfha.pf.StateId;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.States;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.PfsyncWriter;
import org.pfha.pfsync.wire.StateFormat;

/** Once it runs, sending makes no garbage. */
class SendAllocationTest {

  private static final int OWN = 0xa;
  private static final int STATES = 2_000;
  private static final int ROUNDS = 50;
  private static final int BULKS = 10;
  private static final long MILLI = 1_000_000L;

  private static final class Sink implements PfsyncSink {

    long bytes;

    @Override
    public boolean send(byte[] buffer, int length) {
      bytes += length;
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

  private final StateTable table = StateTable.withLimit(10_000);
  private final Sink sink = new Sink();
  private final PfsyncEngine engine =
      new PfsyncEngine(table, PfsyncSettings.builder(OWN).build(), sink, 0);
  private final StateId[] ids = new StateId[STATES];
  private final StatePeer[] ends = new StatePeer[4];
  private final byte[] request = new byte[100];
  private int requestLength;
  private long next;
  private long now;

  @Test
  void updatesAndBulkTransfersAllocateNothing() throws Exception {
    for (int i = 0; i < STATES; i++) {
      engine.insert(States.tcp(i + 1, OWN), now);
      ids[i] = new StateId(i + 1, OWN);
    }
    for (int i = 0; i < ends.length; i++) {
      ends[i] = peer(4, 1_000 + i);
    }
    PfsyncWriter writer = new PfsyncWriter(StateFormat.V1301);
    writer.begin(request, 0, request.length, new byte[16]).name(Action.UPD_REQ, 0, 0);
    requestLength = writer.end();
    rounds(300); // until it is compiled
    sink.bytes = 0;
    long before = allocated();
    rounds(ROUNDS);
    long garbage = allocated() - before;

    long updates = (long) STATES * ROUNDS;
    long states = (long) STATES * BULKS;
    assertThat(sink.bytes).as("all was sent").isGreaterThan(updates * 84 + states * 242);
    assertThat(next - now).as("a deadline was computed").isLessThan(20_000 * MILLI);
    assertThat(garbage / (updates + states)).as("%d bytes of garbage", garbage).isZero();
  }

  private void rounds(int rounds) {
    for (int round = 0; round < rounds; round++) {
      StatePeer end = ends[round % ends.length];
      for (StateId id : ids) {
        engine.update(id, end, end, now);
        next = engine.nextDeadlineNanos();
      }
      now += MILLI;
      engine.tick(now);
    }
    now += 1_000 * MILLI;
    engine.tick(now);
    for (int bulk = 0; bulk < BULKS; bulk++) {
      engine.received(request, 0, requestLength, 255, now);
      for (int tick = 0; tick < 50; tick++) {
        now += MILLI;
        engine.tick(now);
      }
    }
  }

  /** By reflection, as the module that is tested does not read that of the meters. */
  private static long allocated() throws ReflectiveOperationException {
    Object threads =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getThreadMXBean")
            .invoke(null);
    return (long)
        Class.forName("com.sun.management.ThreadMXBean")
            .getMethod("getThreadAllocatedBytes", long.class)
            .invoke(threads, Thread.currentThread().getId());
  }
}
