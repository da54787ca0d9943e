package org.pfha.examples.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import org.pfha.examples.console.ProgressBar;
import org.pfha.examples.status.StatusServer;
import org.pfha.examples.status.Timeline;
import org.pfha.pfsync.engine.BulkProgress;

/** The live pair with its page; a new token each time. Thread-safe. */
final class DemoServer implements AutoCloseable {

  private static final int TOKEN_BYTES = 24;

  private final PrintWriter out;
  private final String token = token();
  private final LiveConfig config;
  private final LiveDemo demo;
  private final StatusServer server;
  private boolean announced; // guarded by out

  DemoServer(InetSocketAddress address, double speed, PrintWriter out) throws IOException {
    this.out = out;
    ProgressBar bar = ProgressBar.ofStates(out);
    config = new LiveConfig();
    demo = new LiveDemo(speed, new Timeline(this::say), bulk -> show(bar, bulk));
    boolean done = false;
    try {
      DemoSite site = new DemoSite(demo, config);
      server = StatusServer.start(site, address, Optional.of(token), Set.of());
      done = true;
    } finally {
      if (!done) {
        demo.close();
        config.close();
      }
    }
  }

  private static String token() {
    byte[] bytes = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** The page's address without the token. */
  String url() {
    return server.url();
  }

  /** What changes need; the page takes it from the fragment of its address. */
  String secret() {
    return token;
  }

  LiveDemo demo() {
    return demo;
  }

  /** Tells where the page is, and from then on what happens. */
  void announce() {
    synchronized (out) {
      announced = true;
      out.println("open " + url() + "#token=" + token);
      out.println("JSON at " + url() + "status, Prometheus at " + url() + "metrics");
      out.println("end it with Ctrl-C");
      out.flush();
    }
  }

  private void say(Timeline.Entry entry) {
    synchronized (out) {
      if (announced) {
        out.println(entry);
        out.flush();
      }
    }
  }

  private void show(ProgressBar bar, BulkProgress bulk) {
    synchronized (out) {
      if (bulk.phase() == BulkProgress.Phase.RUNNING) {
        bar.show("received", bulk.states(), bulk.expected());
      } else {
        bar.end();
      }
    }
  }

  @Override
  public void close() {
    server.close();
    demo.close();
    config.close();
  }
}
