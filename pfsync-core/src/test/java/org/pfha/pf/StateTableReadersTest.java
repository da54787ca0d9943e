package org.pfha.pf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Readers see whole states while the writer changes the table as fast as it can. */
class StateTableReadersTest {

  private static final int STATES = 500;
  private static final int CREATOR = 0xc0ffee;
  private static final long RUN_NANOS = 1_500_000_000L;

  /** All fields of such a state follow from its id and one number, so that a torn one shows. */
  private static PfState state(int id, int number) {
    StateKey key = new StateKey(StateKey.INET6, number, number, number, number, id & 0xffff, 443);
    return PfState.builder(id, CREATOR, key, PfState.TCP)
        .ifname("em" + id % 3)
        .src(peer(number))
        .dst(peer(number))
        .timeout(2)
        .packets(number, number)
        .bytes(number, number)
        .tag(number % 2 == 0 ? "" : "t" + number)
        .build();
  }

  private static StatePeer peer(int number) {
    return new StatePeer(4, number, number, number, number & 0xffff, number & 0xffff, 7, null);
  }

  private static void wirePeer(byte[] message, int at, int number) {
    ByteBuffer.wrap(message, at, 32)
        .putLong(0)
        .putInt(number)
        .putInt(number)
        .putInt(number)
        .putShort((short) number)
        .putShort((short) number)
        .put((byte) 4)
        .put((byte) 7);
  }

  private static void check(StateRow row) {
    int id = (int) row.id();
    PfState seen = row.state(0);
    int born = (int) seen.packets0();
    int now = seen.src().seqlo();
    assertThat(seen.withTimes(0, 0))
        .isEqualTo(state(id, born).withProgress(peer(now), peer(now), 2));
  }

  @Test
  void neverTornNeverMissing() throws Exception {
    long seed = System.nanoTime();
    StateTable table = StateTable.withLimit(10 * STATES);
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong reads = new AtomicLong();
    // These are only updated: whoever looks must find them.
    for (int id = 0; id < STATES; id++) {
      table.insert(state(id, id), 0);
    }
    ExecutorService readers = Executors.newFixedThreadPool(2);
    Future<?> lookUps =
        readers.submit(
            () -> {
              Random random = new Random(seed);
              StateRow row = table.cursor();
              while (!done.get()) {
                int id = random.nextInt(2 * STATES);
                if (table.read(id, CREATOR, row)) {
                  assertThat(row.id()).isEqualTo(id);
                  check(row);
                } else {
                  assertThat(id).as("seed %s", seed).isGreaterThanOrEqualTo(STATES);
                }
                reads.incrementAndGet();
              }
            });
    Future<?> walks =
        readers.submit(
            () -> {
              while (!done.get()) {
                boolean[] seen = new boolean[STATES];
                table.forEach(
                    row -> {
                      check(row);
                      if (row.id() < STATES) {
                        assertThat(seen[(int) row.id()]).as("seen twice").isFalse();
                        seen[(int) row.id()] = true;
                      }
                    });
                for (boolean one : seen) {
                  assertThat(one).as("seed %s: was there all the while", seed).isTrue();
                }
                assertThat(table.digest(CREATOR).states()).isBetween(STATES, 2 * STATES);
              }
            });
    Random random = new Random(seed);
    byte[] message = new byte[64];
    long writes = 0;
    for (long begin = System.nanoTime(); System.nanoTime() - begin < RUN_NANOS; writes++) {
      int number = random.nextInt(1 << 30);
      int row = table.find(random.nextInt(STATES), CREATOR);
      wirePeer(message, 0, number);
      wirePeer(message, 32, number);
      table.merge(row, message, 0, 32, 2, MergeRule.KERNEL, writes);
      int other = STATES + random.nextInt(STATES);
      if (table.insert(state(other, number), writes) == StateTable.Insertion.DUPLICATE_ID) {
        table.remove(other, CREATOR);
      }
    }
    done.set(true);
    lookUps.get(30, TimeUnit.SECONDS);
    walks.get(30, TimeUnit.SECONDS);
    readers.shutdown();
    assertThat(reads.get()).isPositive();
    assertThat(writes).isPositive();
    assertThat(table.digestFromScratch()).isEqualTo(table.digest());
  }
}
