package org.pfha.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.pfha.pf.StateDigest;
import org.pfha.pf.StateTable;

/** What a table comes to: as it is kept, and computed anew. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TableDigest {

  @Param({"10000", "1000000"})
  int states;

  private StateTable table;

  @Setup
  public void fill() {
    table = StateTable.withLimit(states);
    for (int number = 0; number < states; number++) {
      table.insert(PfsyncPackets.state(number), 0);
    }
    if (table.size() != states) {
      throw new IllegalStateException(table.size() + " states");
    }
  }

  @Benchmark
  public StateDigest kept() {
    return table.digest();
  }

  @Benchmark
  public long identityFromScratch() {
    return table.identityDigestFromScratch();
  }
}
