package org.pfha.examples.demo;

import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
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

  @ArgGroup(
      exclusive = false,
      heading = "%nOr let the pair live, and look at it and break it in a browser:%n")
  private @Nullable Serve serve;

  /** The live demo. */
  static final class Serve {

    @Option(
        names = "--serve",
        required = true,
        description = {
          "Serve a page that shows the pair and what can be done to it, until interrupted. What",
          "changes the pair needs the token that is printed with the page's address."
        })
    private boolean page;

    @Option(
        names = "--port",
        paramLabel = "PORT",
        description = "Where; 0, unless said, is any free one.")
    private int port;

    @Option(
        names = "--address",
        paramLabel = "ADDRESS",
        description = "Where, 127.0.0.1 unless said. Whoever reaches another one sees the demo.")
    private String address = "127.0.0.1";

    @Option(
        names = "--speed",
        paramLabel = "FACTOR",
        description = "Seconds of the pair in one of yours (1 unless said, 100 at most).")
    private double speed = 1;

    InetSocketAddress address() {
      if (!InetAddresses.isInetAddress(address)) {
        throw new IllegalArgumentException(
            "--address %s is no IP address; write 127.0.0.1 or ::1".formatted(address));
      }
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("--port %d is not between 0 and 65535".formatted(port));
      }
      return new InetSocketAddress(InetAddresses.forString(address), port);
    }

    double speed() {
      if (!(speed > 0 && speed <= FASTEST)) {
        throw new IllegalArgumentException(
            "--speed %s is not above 0 and at most %d".formatted(speed, FASTEST));
      }
      return speed;
    }
  }

  private static final int FASTEST = 100;

  /** Made by the command line parser. */
  public DemoCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    // The timeline says what the log would say again.
    LIBRARY_LOG.setLevel(Level.OFF);
    var commandLine = Objects.requireNonNull(spec).commandLine();
    PrintWriter out = commandLine.getOut();
    Serve wanted = serve;
    if (wanted == null || !wanted.page) {
      return new PairDemo(sabotage, out).run() ? 0 : 1;
    }
    try {
      if (sabotage != Sabotage.none) {
        throw new IllegalArgumentException(
            "--break and --serve exclude each other; break the live pair on its page");
      }
      InetSocketAddress address = wanted.address();
      try (DemoServer server = new DemoServer(address, wanted.speed(), out)) {
        server.announce();
        new CountDownLatch(1).await();
      }
      return 0;
    } catch (IllegalArgumentException e) {
      commandLine.getErr().println("pfha demo: " + e.getMessage());
      return 2;
    } catch (BindException e) {
      commandLine
          .getErr()
          .println("pfha demo: cannot listen there (" + e.getMessage() + "); try --port 0");
      return 1;
    }
  }
}
