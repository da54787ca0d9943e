package org.pfha.examples.console;

import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/**
 * How far something is that takes long: on a terminal a bar with rate and remaining time that is
 * drawn over and over, elsewhere a line now and then. What is done within half a second shows
 * nothing, or its end alone if it was much. Thread-safe.
 *
 * <pre>
 *   sent       [##############..........................]  35 %  10.5 of 30.0 MB, 4.2 MB/s, 5 s left
 * </pre>
 */
public final class ProgressBar {

  private static final int WIDTH = 40;
  private static final long FIRST = Duration.ofMillis(500).toNanos();
  private static final long REDRAW = Duration.ofMillis(200).toNanos();
  private static final long LINE = Duration.ofSeconds(5).toNanos();
  private static final double SECOND = 1e9;
  private static final String CLEAR = "\r\u001b[K";

  private final PrintWriter out;
  private final boolean terminal;
  private final LongSupplier nanos;
  private final LongFunction<String> amount;
  private final String unit;
  private final long much;
  private String what = "";
  private long begun;
  private long shown;
  private boolean running;
  private boolean drawn;

  /**
   * Of amounts of a unit.
   *
   * @param out takes the bar or the lines
   * @param terminal whether a line can be drawn again
   * @param nanos now
   * @param amount writes an amount without its unit
   * @param unit such as {@code MB}
   * @param much the end of so much is told, however soon it comes
   */
  public ProgressBar(
      PrintWriter out,
      boolean terminal,
      LongSupplier nanos,
      LongFunction<String> amount,
      String unit,
      long much) {
    this.out = out;
    this.terminal = terminal;
    this.nanos = nanos;
    this.amount = amount;
    this.unit = unit;
    this.much = much;
  }

  /**
   * Of bytes, told in megabytes, on whatever this process writes to.
   *
   * @param out takes it
   * @return nothing shown yet
   */
  public static ProgressBar ofBytes(PrintWriter out) {
    return new ProgressBar(
        out,
        isTerminal(),
        System::nanoTime,
        bytes -> String.format(Locale.ROOT, "%.1f", bytes / 1e6),
        "MB",
        1 << 20);
  }

  /**
   * Of states, on whatever this process writes to.
   *
   * @param out takes it
   * @return nothing shown yet
   */
  public static ProgressBar ofStates(PrintWriter out) {
    return new ProgressBar(
        out,
        isTerminal(),
        System::nanoTime,
        states -> String.format(Locale.ROOT, "%,d", states),
        "states",
        100_000);
  }

  /** Since Java 22 there is a console always, and it says whether it is a terminal. */
  @SuppressWarnings("SystemConsoleNull") // before, it is null where there is no terminal
  private static boolean isTerminal() {
    Console console = System.console();
    if (console == null || "dumb".equals(System.getenv("TERM"))) {
      return false;
    }
    try {
      return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
    } catch (ReflectiveOperationException older) {
      return true;
    }
  }

  /**
   * It is that far.
   *
   * @param activity such as {@code sent}; another one begins anew
   * @param done until now
   * @param total of all, if that is known
   */
  public synchronized void show(String activity, long done, OptionalLong total) {
    long now = nanos.getAsLong();
    if (!running || !activity.equals(what)) {
      end();
      what = activity;
      begun = now;
      shown = now + FIRST - (terminal ? REDRAW : LINE);
      running = true;
    }
    boolean complete = total.isPresent() && done >= total.getAsLong();
    boolean due = now - shown >= (terminal ? REDRAW : LINE);
    if (due || (complete && (drawn || done >= much))) {
      shown = now;
      drawn = true;
      draw(text(done, total, now - begun));
    }
    if (complete) {
      end();
    }
  }

  /** No more is to come; a bar that was drawn stays, and the next line begins below it. */
  public synchronized void end() {
    if (terminal && drawn) {
      out.println();
      out.flush();
    }
    running = false;
    drawn = false;
  }

  private void draw(String text) {
    if (terminal) {
      out.print(CLEAR + text);
    } else {
      out.println(text);
    }
    out.flush();
  }

  private String text(long done, OptionalLong total, long elapsed) {
    double rate = elapsed > 0 ? done * SECOND / elapsed : 0;
    String speed = "%s %s/s".formatted(amount.apply((long) rate), unit);
    if (total.isEmpty() || total.getAsLong() <= 0) {
      return String.format(Locale.ROOT, "%-9s %s %s, %s", what, amount.apply(done), unit, speed);
    }
    long all = total.getAsLong();
    double part = Math.max(0, Math.min(1, (double) done / all));
    int filled = (int) (part * WIDTH);
    String left = done >= all || rate <= 0 ? "" : ", " + left((all - done) / rate) + " left";
    return String.format(
        Locale.ROOT,
        "%-9s [%s%s] %3.0f %%  %s of %s %s, %s%s",
        what,
        "#".repeat(filled),
        ".".repeat(WIDTH - filled),
        Math.floor(part * 100),
        amount.apply(done),
        amount.apply(all),
        unit,
        speed,
        left);
  }

  private static String left(double seconds) {
    long whole = (long) Math.ceil(seconds);
    return whole < 60 ? whole + " s" : "%d min %02d s".formatted(whole / 60, whole % 60);
  }
}
