package org.pfha.examples.demo;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pfha demo}. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Two firewalls in one process: configuration sync, replicated connections, failover and back.",
      "Exits with 1 if anything it claims does not hold."
    })
public final class DemoCommand implements Callable<Integer> {

  private static final Logger LIBRARY_LOG = Logger.getLogger("org.pfha");

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--break",
      paramLabel = "WHAT",
      description = "Break something, to see the demo notice: ${COMPLETION-CANDIDATES}.")
  private Sabotage sabotage = Sabotage.none;

  /** Made by the command line parser. */
  public DemoCommand() {}

  @Override
  public Integer call() throws IOException {
    // The timeline says what the log would say again.
    LIBRARY_LOG.setLevel(Level.OFF);
    var out = Objects.requireNonNull(spec).commandLine().getOut();
    return new PairDemo(sabotage, out).run() ? 0 : 1;
  }
}
