package org.pfha.examples.sync;

import java.io.PrintWriter;
import java.util.OptionalLong;
import org.pfha.configsync.SyncException;
import org.pfha.configsync.SyncListener;
import org.pfha.configsync.SyncReceipt;
import org.pfha.configsync.SyncStep;
import org.pfha.examples.console.ProgressBar;

/** Shows how long transfers go, and what an operator must know. */
final class PushProgress implements SyncListener {

  private final PrintWriter err;
  private final ProgressBar bar;
  private final boolean quiet;

  PushProgress(PrintWriter err, ProgressBar bar, boolean quiet) {
    this.err = err;
    this.bar = bar;
    this.quiet = quiet;
  }

  @Override
  public void step(String peer, SyncStep step) {
    bar.end();
  }

  @Override
  public void progress(String peer, long sent, long toSend, long received) {
    if (quiet) {
      return;
    }
    if (received > 0) {
      bar.show("received", received, OptionalLong.empty());
    } else {
      bar.show("sent", sent, OptionalLong.of(toSend));
    }
  }

  @Override
  public void warned(String peer, String warning) {
    bar.end();
    err.println("warning: " + warning);
  }

  @Override
  public void succeeded(SyncReceipt receipt) {
    bar.end();
  }

  @Override
  public void failed(String peer, SyncException cause) {
    bar.end();
  }
}
