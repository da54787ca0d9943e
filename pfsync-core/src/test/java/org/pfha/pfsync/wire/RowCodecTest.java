package org.pfha.pfsync.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StateOptions;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StatePeer.Scrub;
import org.pfha.pf.StateRoute;
import org.pfha.pf.StateRow;
import org.pfha.pf.StateTable;

/** A state is the same bytes whether it is sent from a row of the table or from a snapshot. */
class RowCodecTest {

  private static final long INSERTED = 5_000_000_000L;
  private static final long SENT = 12_300_000_000L;

  @ParameterizedTest
  @EnumSource
  void aRowIsSentAsItsSnapshot(StateFormat format) {
    long seed = 240;
    Random random = new Random(seed);
    StateTable table = StateTable.withLimit(1_000);
    StateRow row = table.cursor();
    for (int number = 1; number <= 500; number++) {
      PfState state = random(random, number);
      assertThat(table.insert(state, INSERTED)).isEqualTo(StateTable.Insertion.INSERTED);
      int at = table.find(state.id(), state.creatorId());
      for (int action : actions(format)) {
        assertThat(fromRow(format, action, table.seek(at, row)))
            .as("seed %d state %d action %d", seed, number, action)
            .isEqualTo(fromSnapshot(format, action, table.seek(at, row).state(SENT)));
      }
    }
  }

  private static List<Integer> actions(StateFormat format) {
    return List.of(format.insertAction(), format.updateAction(), Action.UPD_C);
  }

  private static byte[] fromRow(StateFormat format, int action, StateRow row) {
    byte[] buffer = new byte[1_480];
    PfsyncWriter writer = new PfsyncWriter(format).begin(buffer, 0, buffer.length, new byte[16]);
    if (action == Action.UPD_C) {
      writer.update(row);
    } else {
      writer.state(action, row, PfState.FLAG_ACK, SENT);
    }
    writer.end();
    return buffer;
  }

  private static byte[] fromSnapshot(StateFormat format, int action, PfState state) {
    byte[] buffer = new byte[1_480];
    PfsyncWriter writer = new PfsyncWriter(format).begin(buffer, 0, buffer.length, new byte[16]);
    if (action == Action.UPD_C) {
      writer.update(state.id(), state.creatorId(), state.src(), state.dst(), state.timeout());
    } else {
      int flags = state.stateFlags() | PfState.FLAG_ACK;
      writer.state(action, state.toBuilder().stateFlags(flags).build());
    }
    writer.end();
    return buffer;
  }

  private static PfState random(Random random, int number) {
    boolean ipv6 = random.nextBoolean();
    StateKey wire = key(random, ipv6, number);
    var builder =
        PfState.builder(random.nextLong(), 1 + random.nextInt(5), wire, random.nextInt(256))
            .ifname(List.of("all", "em0", "lagg0.4094").get(random.nextInt(3)))
            .direction(random.nextInt(3))
            .src(peer(random))
            .dst(peer(random))
            .rule(random.nextInt(100) - 1)
            .creation(random.nextInt(1_000))
            .expire(1_000 + random.nextInt(100_000))
            .log(random.nextInt(4))
            .stateFlags(random.nextInt(0x10000))
            .timeout(random.nextInt(20));
    List<Runnable> unusual = new ArrayList<>();
    unusual.add(() -> builder.stack(key(random, ipv6, number + 10_000)));
    unusual.add(() -> builder.originalIfname("em7"));
    unusual.add(() -> builder.tag("guests"));
    unusual.add(() -> builder.packets(1, 2).bytes(3, 4));
    unusual.add(
        () -> builder.options(new StateOptions(1, 2, 3, 4, 5, -1, 6, 7, 8, random.nextInt(8), 9)));
    unusual.add(
        () ->
            builder.route(
                new StateRoute(
                    StateRoute.ROUTE_TO, "em3", InetAddresses.forString("192.0.2.254"))));
    for (Runnable trait : unusual) {
      if (random.nextInt(4) == 0) {
        trait.run();
      }
    }
    return builder.build();
  }

  private static StateKey key(Random random, boolean ipv6, int number) {
    return ipv6
        ? StateKey.of(
            InetAddresses.forString("2001:db8::" + Integer.toHexString(random.nextInt(0xffff))),
            number,
            InetAddresses.forString("2001:db8:1::1"),
            443)
        : StateKey.of(
            InetAddresses.fromInteger(random.nextInt()),
            number,
            InetAddresses.forString("198.51.100.1"),
            443);
  }

  private static StatePeer peer(Random random) {
    StatePeer peer =
        new StatePeer(
            random.nextInt(13),
            random.nextInt(),
            random.nextInt(),
            random.nextInt(),
            random.nextInt(0x10000),
            random.nextInt(0x10000),
            random.nextInt(256),
            null);
    return random.nextBoolean()
        ? peer
        : peer.withScrub(new Scrub(random.nextInt(2), random.nextInt(256), random.nextInt()));
  }
}
