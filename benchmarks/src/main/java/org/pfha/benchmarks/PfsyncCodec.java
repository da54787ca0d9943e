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
import org.pfha.pf.StateDraft;
import org.pfha.pf.StateRow;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.wire.FieldCheck;
import org.pfha.pfsync.wire.PfsyncReader;
import org.pfha.pfsync.wire.PfsyncWriter;
import org.pfha.pfsync.wire.StateFormat;
import org.pfha.pfsync.wire.StateView;

/** One full state from bytes to what a table takes, and back. Nothing may be allocated. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PfsyncCodec {

  private static final int BUFFER = 512;
  private static final int MESSAGE = PfsyncReader.HEADER + PfsyncReader.SECTION_HEADER;

  @Param({"V1301", "V1400", "V1500"})
  StateFormat format;

  private final StateTable table = StateTable.withLimit(10);
  private final StateDraft draft = table.draft();
  private final StateRow row = table.cursor();
  private final byte[] checksum = new byte[PfsyncReader.CHECKSUM_SIZE];
  private final byte[] received = new byte[BUFFER];
  private final byte[] sent = new byte[BUFFER];
  private StateView view;
  private PfsyncWriter writer;

  @Setup
  public void write() {
    table.insert(PfsyncPackets.state(3), 0);
    table.seek(table.nextRow(StateTable.NO_ROW), row);
    view = new StateView(format);
    writer = new PfsyncWriter(format);
    writer.begin(received, 0, BUFFER, checksum).state(format.insertAction(), row, 0, 0).end();
  }

  @Benchmark
  public StateDraft decode() {
    if (view.wrap(received, MESSAGE).check() != FieldCheck.OK) {
      throw new IllegalStateException("not a state");
    }
    view.copyTo(draft);
    return draft;
  }

  /** A packet of one state, header and end included. */
  @Benchmark
  public int encode() {
    return writer.begin(sent, 0, BUFFER, checksum).state(format.insertAction(), row, 0, 0).end();
  }
}
