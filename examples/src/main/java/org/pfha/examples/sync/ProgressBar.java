package org.pfha.examples.sync;

import java.io.PrintWriter;
import java.util.Locale;
import org.pfha.configsync.SyncListener;
import org.pfha.configsync.SyncStep;

/** Shows how long transfers go, a line for every tenth, and what an operator must know. */
final class ProgressBar implements SyncListener {
  private static final long LONG = 1 << 20;
  private static final int WIDTH = 40;

  private final PrintWriter err;
  private final boolean quiet;
  private long shown = -1;

  ProgressBar(PrintWriter err, boolean quiet) {
    this.err = err;
    this.quiet = quiet;
  }

  @Override
  public synchronized void step(String peer, SyncStep step) {
    shown = -1;
  }

  @Override
  public synchronized void progress(String peer, long sent, long toSend, long received) {
    if (quiet || (toSend < LONG && received < LONG)) {
      return;
    }
    boolean receiving = sent >= toSend && received > 0;
    long tenths = receiving ? 100 + received / (4 * LONG) : sent * 10 / Math.max(1, toSend);
    if (tenths == shown) {
      return;
    }
    shown = tenths;
    String text =
        receiving
            ? String.format(Locale.ROOT, "received %.1f MB", received / 1e6)
            : bar(sent, toSend);
    err.println(text);
    err.flush();
  }

  private static String bar(long sent, long toSend) {
    int filled = (int) (sent * WIDTH / toSend);
    return String.format(
        Locale.ROOT,
        "[%s%s] sent %.1f of %.1f MB",
        "#".repeat(filled),
        ".".repeat(WIDTH - filled),
        sent / 1e6,
        toSend / 1e6);
  }

  @Override
  public void warned(String peer, String warning) {
    err.println("warning: " + warning);
  }
}
