package org.pfha.pfsync.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.LongSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfha.pf.PfState;
import org.pfha.pfsync.States;

/** Views and the encoder make no garbage. */
class WireAllocationTest {

  private static final int ROUNDS = 20_000;

  private final byte[] buffer = new byte[1460];
  private final byte[] checksum = new byte[16];

  @ParameterizedTest
  @EnumSource
  void encodingAllocatesNothing(StateFormat format) throws Exception {
    PfState state = States.tcp(1, 1);
    PfsyncWriter writer = new PfsyncWriter(format);
    assertAllocatesNothing(
        () -> {
          writer.begin(buffer, 0, buffer.length, checksum);
          writer.state(format.insertAction(), state);
          writer.name(Action.INS_ACK, 1, 2);
          writer.update(1, 2, state.src(), state.dst(), 2);
          writer.name(Action.DEL_C, 1, 2);
          writer.clear("em0", 2);
          writer.bus(2, 3, Action.BUS_END);
          return writer.end();
        });
  }

  @ParameterizedTest
  @EnumSource
  void readingThroughViewsAllocatesNothing(StateFormat format) throws Exception {
    PfState state = States.tcp(1, 1);
    PfsyncWriter writer = new PfsyncWriter(format).begin(buffer, 0, buffer.length, checksum);
    writer.state(format.insertAction(), state).state(format.insertAction(), state);
    writer.update(1, 2, state.src(), state.dst(), 2).name(Action.DEL_C, 1, 2);
    int length = writer.end();
    PfsyncReader reader = new PfsyncReader(format);
    StateView states = new StateView(format);
    UpdateView updates = new UpdateView(format);
    assertAllocatesNothing(() -> read(reader.wrap(buffer, 0, length), states, updates));
  }

  private long read(PfsyncReader reader, StateView states, UpdateView updates) {
    long sum = 0;
    if (reader.check() != PfsyncReader.Check.OK) {
      return -1;
    }
    while (reader.next(true) == PfsyncReader.Step.SECTION) {
      for (int i = 0; i < reader.count(); i++) {
        int at = reader.messageAt(i);
        if (reader.stateFormat() != null) {
          sum += sum(states.wrap(buffer, at));
        } else if (reader.action() == Action.UPD_C) {
          sum += sum(updates.wrap(buffer, at));
        } else {
          sum += reader.id(i) + reader.creatorId(i);
        }
      }
    }
    return sum;
  }

  private static long sum(StateView view) {
    byte[] bytes = view.array();
    return (view.check() == FieldCheck.OK && view.checkSense() == FieldCheck.OK ? 1 : 0)
        + view.id()
        + view.creatorId()
        + view.family()
        + view.stackFamily()
        + view.proto()
        + view.stackProto()
        + view.direction()
        + view.timeout()
        + view.stateFlags()
        + view.rule()
        + view.anchor()
        + view.route()
        + view.rtableId()
        + view.creation()
        + view.expire()
        + (view.hasRouteAddress() ? 1 : 0)
        + KeyView.addressHigh(bytes, view.wireKeyAt(), 0)
        + KeyView.addressLow(bytes, view.stackKeyAt(), 1)
        + KeyView.port(bytes, view.wireKeyAt(), 1)
        + PeerView.seqlo(bytes, view.srcAt())
        + PeerView.seqhi(bytes, view.dstAt())
        + PeerView.scrubValid(bytes, view.dstAt());
  }

  private static long sum(UpdateView view) {
    return view.id()
        + view.creatorId()
        + view.timeout()
        + view.expire()
        + PeerView.state(view.array(), view.srcAt())
        + PeerView.maxWin(view.array(), view.dstAt())
        + (view.check() == FieldCheck.OK ? 1 : 0);
  }

  private static void assertAllocatesNothing(LongSupplier work) throws Exception {
    long sum = 0;
    for (int i = 0; i < ROUNDS; i++) {
      sum += work.getAsLong();
    }
    long before = allocated();
    for (int i = 0; i < ROUNDS; i++) {
      sum += work.getAsLong();
    }
    long bytes = allocated() - before;
    assertThat(sum).isNotZero();
    // The smallest object has 16 bytes; the meter itself allocates a little.
    assertThat(bytes).as("bytes in %d rounds", ROUNDS).isLessThan(8L * ROUNDS);
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
