package org.pfha.examples.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A program that runs on a host of a {@link Lab}, and what it has written so far. Thread-safe. */
public final class LabProcess {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final String title;
  private final Process process;
  private final List<String> lines = new ArrayList<>(); // guarded by itself
  private boolean ended; // guarded by lines: no more come

  private LabProcess(String title, Process process) {
    this.title = title;
    this.process = process;
  }

  static LabProcess start(String title, List<String> command, Path directory) throws IOException {
    Process process = new ProcessBuilder(command).directory(directory.toFile()).start();
    LabProcess started = new LabProcess(title, process);
    Thread reader = new Thread(() -> started.read(process.getErrorStream()), title);
    reader.setDaemon(true);
    reader.start();
    return started;
  }

  /** Has the standard output read as lines, too. */
  LabProcess withOutput() {
    Thread reader = new Thread(() -> read(process.getInputStream()), title);
    reader.setDaemon(true);
    reader.start();
    return this;
  }

  private void read(InputStream in) {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        synchronized (lines) {
          lines.add(line);
          lines.notifyAll();
        }
      }
    } catch (IOException e) {
      // it was ended
    }
    synchronized (lines) {
      ended = true;
      lines.notifyAll();
    }
  }

  /** What it writes, byte by byte, if nobody reads it as lines. */
  InputStream output() {
    return process.getInputStream();
  }

  /**
   * What it has written.
   *
   * @return a snapshot of all lines
   */
  public List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  /**
   * Waits for a line.
   *
   * @param wanted tells it from others
   * @param most at most so long
   * @return the first such line
   * @throws IOException with all lines, if it has not come by then
   */
  public String await(Predicate<String> wanted, Duration most) throws IOException {
    long end = System.nanoTime() + most.toNanos();
    synchronized (lines) {
      int looked = 0;
      while (true) {
        for (; looked < lines.size(); looked++) {
          if (wanted.test(lines.get(looked))) {
            return lines.get(looked);
          }
        }
        long left = end - System.nanoTime();
        if (left <= 0 || ended) {
          throw new IOException(
              title + " did not write what was waited for:\n" + String.join("\n", lines));
        }
        try {
          TimeUnit.NANOSECONDS.timedWait(lines, left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("interrupted", e);
        }
      }
    }
  }

  /**
   * Writes a line to its standard input.
   *
   * @param line without its end
   * @throws IOException if it reads no more
   */
  public void say(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  /**
   * Its process id.
   *
   * @return of the program itself
   */
  public long pid() {
    return process.pid();
  }

  /**
   * Whether it runs.
   *
   * @return false once it has ended
   */
  public boolean isAlive() {
    return process.isAlive();
  }

  /**
   * It, and what it has started.
   *
   * @return process ids
   */
  public List<Long> pids() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants())
        .filter(ProcessHandle::isAlive)
        .map(ProcessHandle::pid)
        .toList();
  }

  /**
   * Sends a signal to the program itself.
   *
   * @param signal such as {@code USR2}
   */
  public void signal(String signal) {
    Commands.signal(signal, List.of(pid()));
  }

  /**
   * Asks it to end, and waits until it has.
   *
   * @return its exit code
   * @throws IOException if it does not end
   */
  public int terminate() throws IOException {
    signal("TERM");
    try {
      if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        kill();
        throw new IOException(title + " does not end:\n" + String.join("\n", lines()));
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /**
   * A crash: it and all it has started are frozen and then killed, so that no part of it can react
   * to the end of another.
   */
  public void kill() {
    List<Long> pids = pids();
    if (pids.size() > 1) {
      Commands.signal("STOP", pids);
    }
    Commands.signal("KILL", pids);
    try {
      process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return title;
  }
}
