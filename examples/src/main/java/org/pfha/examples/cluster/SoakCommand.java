package org.pfha.examples.cluster;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pfha soak}: two real nodes in real time. */
@Command(
    name = "soak",
    mixinStandardHelpOptions = true,
    description = {
      "Runs two real nodes over loopback sockets under load and faults, in real time.",
      "Exits with 1 if memory or descriptors have grown, or the tables differ in the end."
    })
public final class SoakCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--seconds", paramLabel = "S", description = "how long; 1800 by default")
  private int seconds = 1_800;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "state changes per second; 50000 by default")
  private int rate = 50_000;

  @Option(names = "--seed", paramLabel = "S", description = "decides which faults; 1 by default")
  private long seed = 1;

  SoakCommand() {}

  @Override
  public Integer call() throws IOException {
    if (spec == null) {
      throw new IllegalStateException("picocli gives the spec");
    }
    PrintWriter out = spec.commandLine().getOut();
    try (Soak soak = new Soak(out, rate, seed)) {
      return soak.run(Duration.ofSeconds(seconds)) ? 0 : 1;
    } finally {
      out.flush();
    }
  }
}
