package org.pfha.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.PfsyncEngine;
import org.pfha.pfsync.engine.PfsyncProfile;
import org.pfha.pfsync.engine.PfsyncSettings;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.PfsyncWriter;
import org.pfha.pfsync.wire.StateFormat;
import picocli.CommandLine;

/** The benchmark counts what it should, and what it measures allocates nothing. */
class PfsyncBenchTest {

  private static final int STATES = 300;
  private static final int CREATOR = 0x5eed1234;

  @Test
  void printsALineAPhaseWithTheStatesThereAre(@TempDir Path directory) throws IOException {
    Path corpus = directory.resolve("corpus.bin");
    Files.write(corpus, corpus());
    StringWriter out = new StringWriter();
    CommandLine command = new CommandLine(new PfsyncBench()).setOut(new PrintWriter(out));
    assertThat(command.execute(corpus.toString(), "2")).isZero();
    String rate = " +[0-9.]+ Mmsg/s  ";
    assertThat(out.toString().lines().toList())
        .hasSize(6)
        .satisfies(
            lines -> {
              for (int round = 0; round < 2; round++) {
                assertThat(lines.get(3 * round))
                    .matches("round " + round + " INS +300 msgs" + rate + "states=300 stale=0 .*");
                assertThat(lines.get(3 * round + 1))
                    .matches("round . UPD_C +300 msgs" + rate + "states=300 stale=0 unknown=0 .*");
                assertThat(lines.get(3 * round + 2))
                    .matches("round . DEL_C +300 msgs" + rate + "states=0 stale=0 unknown=0 .*");
              }
            });
  }

  @Test
  void aStateThatComesMovesAndGoesAllocatesNothing() throws JMException {
    List<byte[]> packets = packets();
    StateTable table = StateTable.withLimit(1000);
    PfsyncSettings settings = PfsyncSettings.builder(1).profile(PfsyncProfile.FREEBSD_13).build();
    PfsyncEngine engine = new PfsyncEngine(table, settings, new PfsyncBench.Deaf(), 0);
    for (int round = 0; round < 300; round++) { // until compiled code does what the interpreter did
      receive(engine, packets, round);
    }
    long idle = allocatedBytes();
    idle = allocatedBytes() - idle;
    long before = allocatedBytes();
    for (int round = 0; round < 100; round++) {
      receive(engine, packets, round);
    }
    long allocated = allocatedBytes() - before - idle;
    assertThat(engine.statistics().badstate()).isZero();
    assertThat(allocated).as("bytes for 90 000 messages").isLessThan(90_000 / 2);
  }

  private static void receive(PfsyncEngine engine, List<byte[]> packets, long now) {
    for (int i = 0; i < packets.size(); i++) {
      byte[] packet = packets.get(i);
      engine.received(packet, 0, packet.length, 255, now);
    }
  }

  /** By the management server: the method is that of a module of one vendor. */
  private static long allocatedBytes() throws JMException {
    Object[] thread = {Thread.currentThread().getId()};
    String[] types = {"long"};
    return (Long)
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName(ManagementFactory.THREAD_MXBEAN_NAME),
                "getThreadAllocatedBytes",
                thread,
                types);
  }

  private static byte[] corpus() {
    ByteBuffer corpus = ByteBuffer.allocate(1 << 20);
    int phase = 0;
    for (byte[] packet : packets()) {
      if (packet[20] != phase) {
        if (phase != 0) {
          corpus.putInt(0);
        }
        phase = packet[20];
      }
      corpus.putInt(packet.length).put(packet);
    }
    byte[] bytes = new byte[corpus.putInt(0).position()];
    corpus.get(0, bytes);
    return bytes;
  }

  /** INS of all states, then UPD_C, then DEL_C. */
  private static List<byte[]> packets() {
    List<byte[]> packets = new ArrayList<>();
    byte[] buffer = new byte[1480];
    for (int action : new int[] {Action.INS, Action.UPD_C, Action.DEL_C}) {
      PfsyncWriter writer = new PfsyncWriter(StateFormat.V1301);
      writer.begin(buffer, 0, buffer.length, new byte[16]);
      for (int i = 0; i < STATES; i++) {
        if (!writer.fits(action)) {
          packets.add(java.util.Arrays.copyOf(buffer, writer.end()));
          writer.begin(buffer, 0, buffer.length, new byte[16]);
        }
        write(writer, action, state(i));
      }
      packets.add(java.util.Arrays.copyOf(buffer, writer.end()));
    }
    return packets;
  }

  private static void write(PfsyncWriter writer, int action, PfState state) {
    switch (action) {
      case Action.INS -> writer.state(action, state);
      case Action.UPD_C ->
          writer.update(state.id(), state.creatorId(), state.src(), state.dst(), state.timeout());
      default -> writer.name(action, state.id(), state.creatorId());
    }
  }

  private static PfState state(int number) {
    StateKey wire = new StateKey(StateKey.INET, 10L << 56, 0, 20L << 56, 0, number, 443);
    StateKey stack = new StateKey(StateKey.INET, 11L << 56, 0, 20L << 56, 0, number, 443);
    StatePeer peer = new StatePeer(4, number, number, 0, 65535, 1460, 7, null);
    return PfState.builder(number, CREATOR, wire, PfState.TCP)
        .stack(number % 3 == 0 ? stack : wire)
        .ifname("em0")
        .src(peer)
        .dst(peer)
        .build();
  }
}
