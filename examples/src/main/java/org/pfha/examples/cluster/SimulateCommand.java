package org.pfha.examples.cluster;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.pfha.cluster.Campaign;
import org.pfha.cluster.Cluster;
import org.pfha.cluster.Fault;
import org.pfha.cluster.Firmware;
import org.pfha.cluster.Outcome;
import org.pfha.cluster.Scenario;
import org.pfha.cluster.Simulation;
import org.pfha.cluster.Vip;
import org.pfha.net.pcap.PcapWriter;
import org.pfha.net.sim.SimSegment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pfha simulate}: clusters under every fault, one for each seed. */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    description = {
      "Runs simulated clusters under every fault and checks every rule after every step.",
      "Exits with 1 if one was broken. The result is one line of JSON, the last one."
    })
public final class SimulateCommand implements Callable<Integer> {

  private static final Logger NODES = Logger.getLogger("org.pfha");
  private static final long PROGRESS_NANOS = 10_000_000_000L;
  private static final int IDLE_VHIDS = 10;

  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--seeds", paramLabel = "N", description = "how many seeds; 2000 by default")
  private long seeds = 2_000;

  @Option(names = "--from", paramLabel = "S", description = "the first seed; 1 by default")
  private long from = 1;

  @Option(names = "--threads", paramLabel = "T", description = "by default one per CPU")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--timeline", description = "prints everything that happens with the first seed")
  private boolean timeline;

  @Option(
      names = "--faults",
      paramLabel = "I,I…",
      split = ",",
      description = "with the first seed alone: only these of its faults, counted from 0; or none")
  private List<String> faults = new ArrayList<>();

  @Option(
      names = "--pcap",
      paramLabel = "DIR",
      description = "with the first seed alone: writes a capture of each segment into DIR")
  private @Nullable Path pcap;

  @Option(
      names = "--idle",
      paramLabel = "HOURS",
      description =
          "measures an idle pair with 10 virtual routers over so much virtual time instead")
  private int idleHours;

  SimulateCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (spec == null) {
      throw new IllegalStateException("picocli gives the spec");
    }
    PrintWriter out = spec.commandLine().getOut();
    Level before = NODES.getLevel();
    NODES.setLevel(Level.OFF);
    try {
      if (idleHours > 0) {
        return idle(out);
      }
      return timeline || pcap != null || !faults.isEmpty() ? one(out) : many(out);
    } finally {
      NODES.setLevel(before);
      out.flush();
    }
  }

  private int many(PrintWriter out) throws InterruptedException {
    Simulation simulation = new Simulation();
    long began = System.nanoTime();
    AtomicLong told = new AtomicLong(began);
    Campaign campaign =
        Campaign.run(
            simulation,
            from,
            seeds,
            threads,
            done -> {
              long now = System.nanoTime();
              long last = told.get();
              if (now - last > PROGRESS_NANOS && told.compareAndSet(last, now)) {
                out.printf("%d of %d seeds, %d s%n", done, seeds, (now - began) / 1_000_000_000L);
                out.flush();
              }
            });
    for (Outcome failure : campaign.failures()) {
      out.println(simulation.explain(failure));
    }
    out.println(campaign);
    out.printf(
        Locale.ROOT,
        "{\"from\":%d,\"seeds\":%d,\"threads\":%d,\"hours\":%.1f,\"seconds\":%.1f,"
            + "\"connections\":%d,\"role_changes\":%d,\"failed\":%d}%n",
        campaign.from(),
        campaign.seeds(),
        threads,
        campaign.hours(),
        campaign.wallNanos() / 1e9,
        campaign.connections(),
        campaign.roleChanges(),
        campaign.failures().size());
    return campaign.failures().isEmpty() ? 0 : 1;
  }

  private int one(PrintWriter out) throws IOException {
    Scenario scenario = chosen(Scenario.of(from));
    List<PcapWriter> captures = new ArrayList<>();
    Simulation simulation = new Simulation();
    if (timeline) {
      out.println(scenario);
      simulation = simulation.timeline(out::println);
    }
    Path directory = pcap;
    if (directory != null) {
      Files.createDirectories(directory);
      simulation = simulation.watchedBy(cluster -> capture(cluster, directory, captures));
    }
    Outcome outcome;
    try {
      outcome = simulation.run(scenario);
    } finally {
      for (PcapWriter capture : captures) {
        capture.close();
      }
    }
    outcome.violations().forEach(out::println);
    out.printf(
        Locale.ROOT,
        "{\"from\":%d,\"seeds\":1,\"hours\":%.3f,\"connections\":%d,\"role_changes\":%d,"
            + "\"failed\":%d}%n",
        from,
        outcome.simulated().toNanos() / 3.6e12,
        outcome.connections(),
        outcome.roleChanges(),
        outcome.isFine() ? 0 : 1);
    return outcome.isFine() ? 0 : 1;
  }

  private Scenario chosen(Scenario scenario) {
    if (faults.isEmpty()) {
      return scenario;
    }
    List<Fault> kept = new ArrayList<>();
    for (String index : faults) {
      if (!index.equals("none")) {
        kept.add(fault(scenario, index));
      }
    }
    return scenario.withFaults(kept);
  }

  private Fault fault(Scenario scenario, String index) {
    try {
      return scenario.faults().get(Integer.parseInt(index));
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(),
          "seed %d has the faults 0 to %d, not '%s'"
              .formatted(from, scenario.faults().size() - 1, index),
          e);
    }
  }

  private static void capture(Cluster cluster, Path directory, List<PcapWriter> captures) {
    try {
      for (SimSegment segment : cluster.segments()) {
        PcapWriter writer =
            new PcapWriter(
                Files.newOutputStream(directory.resolve(segment.name() + ".pcap")),
                PcapWriter.LinkType.ETHERNET,
                PcapWriter.Resolution.NANOSECONDS);
        writer.follow(segment);
        captures.add(writer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write captures to " + directory, e);
    }
  }

  /** How fast virtual time passes when nothing happens but adverts. */
  private int idle(PrintWriter out) {
    List<Vip> vips = new ArrayList<>();
    for (int vhid = 1; vhid <= IDLE_VHIDS; vhid++) {
      vips.add(new Vip("lan", "em0", vhid, "10.0.0." + vhid + "/24"));
    }
    Cluster cluster =
        new Cluster(Scenario.pair(from).withVips(vips), Firmware.PLAIN, List.of(), null);
    cluster.start();
    cluster.run(Duration.ofHours(1));
    long began = System.nanoTime();
    cluster.run(Duration.ofHours(idleHours));
    double seconds = (System.nanoTime() - began) / 1e9;
    out.printf(
        Locale.ROOT,
        "{\"nodes\":2,\"vhids\":%d,\"hours\":%d,\"seconds\":%.3f,\"hours_per_second\":%.2f,"
            + "\"failed\":%d}%n",
        IDLE_VHIDS,
        idleHours,
        seconds,
        idleHours / seconds,
        cluster.violations().size());
    return cluster.violations().isEmpty() ? 0 : 1;
  }
}
