package org.pfha.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StatePeer;
import org.pfha.pfsync.engine.PfsyncEvent;
import org.pfha.pfsync.engine.PfsyncSink;
import org.pfha.pfsync.wire.PfsyncWriter;
import org.pfha.pfsync.wire.StateFormat;

/** States like those of a busy firewall, and packets about them, as large as a peer makes them. */
final class PfsyncPackets {

  private static final int PAYLOAD = 1480;
  private static final int CREATOR = 0x5eed1234;

  private PfsyncPackets() {}

  /** Two interfaces, every fifth state IPv6, every third translated. */
  static PfState state(int number) {
    boolean inet6 = number % 5 == 4;
    StateKey wire = key(inet6, number, 0x0a);
    StatePeer peer = new StatePeer(4, number, number + 65_535, 0, 65_535, 1460, 7, null);
    return PfState.builder(0x65a1_b2c3_0000_0000L + number, CREATOR, wire, PfState.TCP)
        .stack(number % 3 == 0 ? key(inet6, number, 0xc0) : wire)
        .ifname(number % 2 == 0 ? "em0" : "em1")
        .direction(1 + number % 2)
        .src(peer)
        .dst(peer)
        .timeout(2)
        .creation(10)
        .expire(86_400)
        .build();
  }

  private static StateKey key(boolean inet6, int number, int net) {
    int port = 1024 + number % 50_000;
    long host = number / 50_000;
    return inet6
        ? new StateKey(
            StateKey.INET6, 0x2001_0db8L << 32 | net, host, 0x2001_0db9L << 32, 1, port, 443)
        : new StateKey(
            StateKey.INET, (long) net << 56 | host << 32, 0, 0xc633_6401L << 32, 0, port, 443);
  }

  /** All of some messages, in the order of their numbers or in a random one. */
  static byte[][] packets(
      int states, int action, boolean shuffled, BiConsumer<PfsyncWriter, PfState> write) {
    List<Integer> numbers = new ArrayList<>();
    for (int number = 0; number < states; number++) {
      numbers.add(number);
    }
    if (shuffled) {
      Collections.shuffle(numbers, new Random(1));
    }
    List<byte[]> packets = new ArrayList<>();
    byte[] buffer = new byte[PAYLOAD];
    PfsyncWriter writer = new PfsyncWriter(StateFormat.V1301);
    writer.begin(buffer, 0, buffer.length, new byte[16]);
    for (int number : numbers) {
      if (!writer.fits(action)) {
        packets.add(Arrays.copyOf(buffer, writer.end()));
        writer.begin(buffer, 0, buffer.length, new byte[16]);
      }
      write.accept(writer, state(number));
    }
    packets.add(Arrays.copyOf(buffer, writer.end()));
    return packets.toArray(new byte[0][]);
  }

  /** Nobody listens, and what is sent gets nowhere. */
  static final class Deaf implements PfsyncSink {

    @Override
    public boolean send(byte[] buffer, int length) {
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
}
