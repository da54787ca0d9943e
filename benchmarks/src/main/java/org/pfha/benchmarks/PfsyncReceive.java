package org.pfha.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.PfsyncEngine;
import org.pfha.pfsync.engine.PfsyncProfile;
import org.pfha.pfsync.engine.PfsyncSettings;
import org.pfha.pfsync.wire.Action;

/**
 * A received message's whole way: packet, section, checks, table, indexes, digests. Per message;
 * updates in random order. Nothing may be allocated.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms2g", "-Xmx2g", "-XX:+UseTransparentHugePages", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 2)
public class PfsyncReceive {

  private static final int STATES = 500_000;
  private static final int TTL = 255;

  /** A receiver and what it is sent. */
  @State(Scope.Thread)
  public static class Receiver {

    private final StateTable table = StateTable.withLimit(2 * STATES);
    private final PfsyncEngine engine =
        new PfsyncEngine(
            table,
            PfsyncSettings.builder(1).profile(PfsyncProfile.FREEBSD_13).build(),
            new PfsyncPackets.Deaf(),
            0);
    private byte[][] inserts;
    private byte[][] compressed;
    private byte[][] full;
    private byte[][] deletes;
    private long now;

    @Setup
    public void write() {
      inserts =
          PfsyncPackets.packets(STATES, Action.INS, false, (to, s) -> to.state(Action.INS, s));
      compressed =
          PfsyncPackets.packets(
              STATES,
              Action.UPD_C,
              true,
              (to, s) -> to.update(s.id(), s.creatorId(), s.src(), s.dst(), s.timeout()));
      full = PfsyncPackets.packets(STATES, Action.UPD, true, (to, s) -> to.state(Action.UPD, s));
      deletes =
          PfsyncPackets.packets(
              STATES, Action.DEL_C, false, (to, s) -> to.name(Action.DEL_C, s.id(), s.creatorId()));
    }

    int receive(byte[][] packets) {
      now++;
      for (byte[] packet : packets) {
        engine.received(packet, 0, packet.length, TTL, now);
      }
      return table.size();
    }
  }

  /** Has no state before each phase. */
  @State(Scope.Thread)
  public static class Empty extends Receiver {

    @Setup(Level.Invocation)
    public void empty() {
      if (super.table.size() > 0) {
        receive(super.deletes);
      }
    }
  }

  /** Has all states before each phase. */
  @State(Scope.Thread)
  public static class Filled extends Receiver {

    @Setup(Level.Invocation)
    public void fill() {
      if (super.table.size() == 0) {
        receive(super.inserts);
      }
    }
  }

  @Benchmark
  @OperationsPerInvocation(STATES)
  public int insert(Empty receiver) {
    return receiver.receive(((Receiver) receiver).inserts);
  }

  @Benchmark
  @OperationsPerInvocation(STATES)
  public int updateCompressed(Filled receiver) {
    return receiver.receive(((Receiver) receiver).compressed);
  }

  @Benchmark
  @OperationsPerInvocation(STATES)
  public int updateFull(Filled receiver) {
    return receiver.receive(((Receiver) receiver).full);
  }

  @Benchmark
  @OperationsPerInvocation(STATES)
  public int delete(Filled receiver) {
    return receiver.receive(((Receiver) receiver).deletes);
  }
}
