package org.pfha.examples.lab;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs short commands to their end. */
final class Commands {

  private static final System.Logger LOG = System.getLogger(Commands.class.getName());

  private Commands() {}

  /**
   * Runs a command.
   *
   * @return what it wrote
   * @throws IOException with what it wrote, if it fails
   */
  static String run(String... command) throws IOException {
    return runWith("", command);
  }

  private static String runWith(String input, String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      int code = process.waitFor();
      if (code != 0) {
        throw new IOException(
            "%s ended with %d: %s%s".formatted(String.join(" ", command), code, input, output));
      }
      return output;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
      throw new IOException("interrupted at " + String.join(" ", command), e);
    }
  }

  /** Runs some {@code ip} commands in a namespace. */
  static void batch(String namespace, String... commands) throws IOException {
    runWith(String.join("\n", commands) + "\n", "ip", "-n", namespace, "-batch", "-");
  }

  /** Runs a command that may fail, as at the end, when all is to be removed that can be. */
  static void tryRun(String... command) {
    try {
      run(command);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "left behind", e);
    }
  }

  /** Sends a signal to processes, by their ids. */
  static void signal(String signal, List<Long> pids) {
    if (!pids.isEmpty()) {
      String[] command = new String[pids.size() + 2];
      command[0] = "kill";
      command[1] = "-" + signal;
      for (int i = 0; i < pids.size(); i++) {
        command[i + 2] = Long.toString(pids.get(i));
      }
      tryRun(command);
    }
  }
}
