package org.pfha.examples.node;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.CarpNode;
import org.pfha.examples.console.ProgressBar;
import org.pfha.net.VipController;
import org.pfha.net.raw.HostAddresses;
import org.pfha.net.raw.RawTransport;
import org.pfha.net.raw.RawTransportBuilder;
import org.pfha.pfsync.PfsyncNode;
import org.pfha.pfsync.engine.BulkProgress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pfha node}. */
@Command(
    name = "node",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a node on the interfaces of this host until it is asked to end (SIGTERM, SIGINT).",
      "Then it gives the addresses back and bows out, so that a peer takes over at once.",
      "Exits with 2 if the configuration is wrong, with 1 if the host refuses something."
    })
public final class NodeCommand implements Callable<Integer> {

  private static final int CARP = 112;

  /** A bulk transfer of 100,000 states, should this JVM stand still meanwhile. */
  private static final int SYNC_BUFFER = 32 << 20;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "CONFIG", description = "a JSON file")
  private @Nullable Path config;

  @Option(names = "--check", description = "Only checks the configuration.")
  private boolean check;

  /** Made by the command line parser. */
  public NodeCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    var commandLine = Objects.requireNonNull(spec).commandLine();
    PrintWriter out = commandLine.getOut();
    PrintWriter err = commandLine.getErr();
    Path file = Objects.requireNonNull(config);
    try {
      List<String> links =
          NetworkInterface.networkInterfaces().map(NetworkInterface::getName).sorted().toList();
      NodeConfig read = NodeConfig.read(file, links);
      if (check) {
        out.println("%s: %s".formatted(file, summary(read)));
        return 0;
      }
      run(read, out);
      return 0;
    } catch (NodeConfig.Rejected e) {
      e.problems().forEach(problem -> err.println(file + ": " + problem));
      return 2;
    } catch (IllegalArgumentException e) {
      err.println(file + ": " + e.getMessage());
      return 2;
    } catch (IOException | UnsupportedOperationException e) {
      err.println("pfha node: " + e.getMessage());
      return 1;
    }
  }

  private static String summary(NodeConfig config) {
    return "%s, %d virtual routers, %s"
        .formatted(
            config.name(),
            config.routers().size(),
            config
                .pfsync()
                .map(sync -> "pfsync format " + sync.format() + " on " + sync.links())
                .orElse("no pfsync"));
  }

  private static void run(NodeConfig config, PrintWriter out)
      throws IOException, InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    try (RawTransport transport = transport(config);
        VipController addresses = addresses(config);
        HaNode node =
            HaNode.start(config, transport, addresses, line -> say(out, line), bulk(out))) {
      StatusPort status = null;
      Optional<NodeConfig.Status> wanted = config.status();
      if (wanted.isPresent()) {
        status = new StatusPort(node, wanted.get());
        say(
            out,
            "status at " + status.url() + (wanted.get().token().isPresent() ? "" : ", read only"));
      }
      say(out, "running: " + summary(config));
      rehearse();
      CountDownLatch asked = new CountDownLatch(1);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    asked.countDown();
                    awaitQuietly(ended);
                  },
                  "pfha-shutdown"));
      asked.await();
      say(out, "asked to end");
      if (status != null) {
        status.close();
      }
    } finally {
      ended.countDown();
    }
  }

  /** Beside the node, which may be MASTER already and be asked to end at any moment. */
  private static void rehearse() {
    Thread thread = new Thread(CarpNode::rehearse, "pfha-rehearsal");
    thread.setDaemon(true);
    thread.start();
  }

  /** How the states of the peers come; what takes no time shows nothing. */
  private static Consumer<BulkProgress> bulk(PrintWriter out) {
    ProgressBar bar = ProgressBar.ofStates(out);
    return bulk -> {
      synchronized (out) {
        if (bulk.phase() == BulkProgress.Phase.RUNNING) {
          bar.show("received", bulk.states(), bulk.expected());
        } else {
          bar.end();
        }
      }
    };
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static RawTransport transport(NodeConfig config) throws IOException {
    Map<String, TreeSet<Integer>> protocols = new TreeMap<>();
    for (NodeConfig.Router router : config.routers()) {
      protocols.computeIfAbsent(router.link(), link -> new TreeSet<>()).add(CARP);
    }
    for (Sync.SyncLink link : config.pfsync().map(Sync::links).orElse(List.of())) {
      protocols.computeIfAbsent(link.name(), name -> new TreeSet<>()).add(PfsyncNode.PROTOCOL);
    }
    RawTransportBuilder builder =
        RawTransport.builder().virtualMac(config.virtualMac()).realtime(config.realtime());
    if (config.pfsync().isPresent()) {
      builder.receiveBuffer(SYNC_BUFFER);
    }
    protocols.forEach(
        (link, numbers) ->
            builder.link(link, numbers.stream().mapToInt(Integer::intValue).toArray()));
    return builder.open();
  }

  private static VipController addresses(NodeConfig config) throws IOException {
    return switch (config.vips()) {
      case PLAIN -> HostAddresses.onInterface();
      case MACVLAN -> HostAddresses.onMacvlan();
      case NONE -> new Nobody();
    };
  }

  /** Whoever listens to role changes takes care of the addresses. */
  private static final class Nobody implements VipController {
    @Override
    public void prepare(Vip vip) {}

    @Override
    public void hold(Vip vip, Duration lifetime) {}

    @Override
    public void release(Vip vip) {}

    @Override
    public void close() {}
  }

  private static void say(PrintWriter out, String line) {
    synchronized (out) {
      out.println(Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + line);
      out.flush();
    }
  }
}
