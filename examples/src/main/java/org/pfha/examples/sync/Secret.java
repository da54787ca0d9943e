package org.pfha.examples.sync;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the password comes from; never from the command line, which everybody can read. */
final class Secret {

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      required = true,
      description = "The password is the first line of this file.")
  private @Nullable Path file;

  @Option(
      names = "--password-env",
      paramLabel = "NAME",
      required = true,
      description = "The password is in this environment variable.")
  private @Nullable String variable;

  @Option(
      names = "--password-stdin",
      required = true,
      description = "The password is the first line of the standard input.")
  private boolean stdin;

  char[] read() throws IOException {
    String line = line();
    if (line == null || line.isEmpty()) {
      throw new IOException("there is no password where it should be");
    }
    return line.toCharArray();
  }

  private @Nullable String line() throws IOException {
    if (file != null) {
      try (BufferedReader reader = Files.newBufferedReader(file)) {
        return reader.readLine();
      }
    }
    if (variable != null) {
      return System.getenv(variable);
    }
    if (!stdin) {
      return null;
    }
    // Not closed: the standard input is not ours.
    return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
  }
}
