package org.pfha.examples.live;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;
import org.pfha.net.raw.RawTransport;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StateKey;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.PfsyncNode;
import org.pfha.pfsync.PfsyncNodeBuilder;
import org.pfha.pfsync.engine.BulkProgress.Phase;

/**
 * The firewall beside a pfsync node on a lab's host: {@code StateFeeder PEER [GROUP]}. Does what it
 * reads, {@code insert COUNT PER_SECOND}, {@code update COUNT PER_SECOND} or {@code report}, and
 * answers each with one line.
 */
final class StateFeeder {

  private static final int CREATOR = 0xfeed;
  private static final int ESTABLISHED = 4;

  private final PfsyncNode node;

  private StateFeeder(PfsyncNode node) {
    this.node = node;
  }

  public static void main(String[] arguments) throws IOException {
    try (RawTransport transport =
        RawTransport.builder().link("eth0", PfsyncNode.PROTOCOL).receiveBuffer(32 << 20).open()) {
      PfsyncNodeBuilder builder =
          PfsyncNode.builder(transport)
              .table(StateTable.withLimit(1_000_000))
              .creatorId(CREATOR)
              .onInterface("eth0")
              .peer(arguments[0]);
      if (arguments.length > 1) {
        builder.multicast(arguments[1]);
      }
      try (PfsyncNode node = builder.start()) {
        new StateFeeder(node).serve();
      }
    }
  }

  private void serve() throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.out.println("ready");
    int answers = 0;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "insert" -> paced(words, i -> node.insert(state(i)));
        case "update" -> paced(words, i -> node.update(new StateId(i, CREATOR), peer(2), peer(2)));
        default -> {
          // the report says it all
        }
      }
      // Asked first: what is counted afterwards was there at the transfer's end.
      Phase bulk = node.receiving().phase();
      System.out.printf(
          "#%d: %d states %016x, bulk %s, %d errors%n",
          ++answers,
          node.table().size(),
          node.table().identityDigest(),
          bulk,
          node.statistics().oerrors());
    }
  }

  private interface Step {
    void on(int i);
  }

  private static void paced(String[] words, Step step) {
    int count = Integer.parseInt(words[1]);
    double perSecond = Double.parseDouble(words[2]);
    long begin = System.nanoTime();
    for (int i = 1; i <= count; i++) {
      while (System.nanoTime() - begin < i / perSecond * 1e9) {
        LockSupport.parkNanos(1_000_000);
      }
      step.on(i);
    }
  }

  private static PfState state(int i) {
    StateKey key =
        new StateKey(
            StateKey.INET,
            (0x0a00_0000L + i) << 32,
            0,
            0xc633_6401L << 32,
            0,
            1024 + i % 60_000,
            443,
            0);
    return PfState.builder(i, CREATOR, key, PfState.TCP)
        .ifname("all")
        .direction(1)
        .src(peer(1))
        .dst(peer(1))
        .timeout(2)
        .expire(86_400)
        .build();
  }

  private static StatePeer peer(int progress) {
    return new StatePeer(ESTABLISHED, 1000 * progress, 1000 * progress + 500, 0, 8192, 0, 0, null);
  }
}
