package org.pfha.examples.conformance;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pfha conformance KIND DIR}. */
@Command(
    name = "conformance",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a directory of golden vectors through the library.",
      "Names each failing vector with expected and actual, ends with 'N passed, N failed' and exits"
          + " with 1 if any failed, 2 if the directory cannot be used."
    })
public final class ConformanceCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", paramLabel = "KIND", description = "One of: ${COMPLETION-CANDIDATES}.")
  private Kind kind = Kind.carp;

  @Parameters(index = "1", paramLabel = "DIR", description = "The vectors; may be read-only.")
  private Path directory = Path.of(".");

  /** Made by the command line parser. */
  public ConformanceCommand() {}

  @Override
  public Integer call() {
    var commandLine = Objects.requireNonNull(spec).commandLine();
    if (!Files.isDirectory(directory)) {
      throw new ParameterException(
          commandLine, "'" + directory + "' is not a directory; name one that holds vectors");
    }
    try {
      return run(kind, directory, commandLine.getOut()).failed() == 0 ? 0 : 1;
    } catch (IOException | IllegalArgumentException e) {
      throw new ParameterException(
          commandLine,
          "'%s' does not hold %s vectors: %s".formatted(directory, kind, e.getMessage()),
          e);
    }
  }

  static Report run(Kind kind, Path directory, PrintWriter out) throws IOException {
    Report report = new Report(out);
    kind.vectors.run(directory, report);
    report.close();
    return report;
  }
}
