package org.pfha.examples.sync;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.ConfigSecondary;
import org.pfha.configsync.ConfigStores;
import org.pfha.configsync.SecondaryReport;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.dialect.Dialect;
import org.pfha.configsync.dialect.Effect;
import org.pfha.configsync.rpc.RpcHttpsServer;
import org.pfha.configsync.rpc.ServerLimits;
import org.pfha.configsync.rpc.TlsIdentity;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pfha sync serve}. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Is a secondary: lets a primary change the file, until interrupted.",
      "Tells a program of yours what to apply, one call per effect; when it fails the old file is"
          + " put back."
    })
final class ServeCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Mixin private final ConfigFile file = new ConfigFile();

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS:PORT",
      description = "Where to listen (${DEFAULT-VALUE}); port 0 is any free one.")
  private String listen = "127.0.0.1:8443";

  @Option(names = "--user", required = true, description = "The account that may call.")
  private String user = "";

  @ArgGroup(exclusive = true, multiplicity = "1")
  private @Nullable Secret secret;

  @Option(
      names = "--identity",
      required = true,
      paramLabel = "FILE",
      description = "Key and certificate, PEM; made if it does not exist.")
  private @Nullable Path identity;

  @Option(
      names = "--keep",
      paramLabel = "PATH",
      description = "What stays as it is here even if the primary sends it. May be repeated.")
  private List<String> kept = List.of();

  @Option(names = "--node", paramLabel = "ID", description = "This node's id (${DEFAULT-VALUE}).")
  private String node = "pfha";

  @Option(
      names = "--hook",
      paramLabel = "PROGRAM",
      description = "Called for each effect with its name and what it concerns.")
  private @Nullable Path hook;

  @Option(names = "--json", description = "One JSON object per call instead of text.")
  private boolean json;

  @Override
  public Integer call() {
    var commandLine = Objects.requireNonNull(spec).commandLine();
    try {
      return serve(commandLine.getOut());
    } catch (IllegalArgumentException e) {
      commandLine.getErr().println("pfha sync serve: " + e.getMessage());
      return Call.USAGE;
    } catch (IOException | GeneralSecurityException e) {
      commandLine.getErr().println("pfha sync serve: " + e.getMessage());
      return Call.FAILED;
    }
  }

  private int serve(PrintWriter out) throws IOException, GeneralSecurityException {
    Dialect dialect = file.dialect();
    ConfigTree config = file.read(dialect);
    InetSocketAddress bind = bind();
    TlsIdentity shown = identity(bind.getAddress());
    char[] password = Objects.requireNonNull(secret).read();
    ConfigSecondary secondary =
        ConfigSecondary.over(ConfigStores.file(file.path()))
            .dialect(dialect)
            .credentials(user, password)
            .scope(file.scope(dialect, config))
            .keep(kept.toArray(String[]::new))
            .node(node)
            .onEffect((effect, now) -> perform(effect))
            .onCertificateExpiring(at -> out.println("warning: the certificate expires at " + at))
            .onReport(report -> tell(report, out))
            .build();
    Arrays.fill(password, '\0');
    secondary.recover();
    try (RpcHttpsServer server = secondary.listen(bind, shown, ServerLimits.DEFAULT)) {
      out.println(
          "listening on "
              + InetAddresses.toUriString(bind.getAddress())
              + ":"
              + server.port()
              + ", certificate "
              + shown.fingerprint());
      out.flush();
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      out.println("interrupted");
      out.flush();
    }
    return 0;
  }

  private InetSocketAddress bind() {
    HostAndPort address = HostAndPort.fromString(listen).withDefaultPort(8443);
    if (!InetAddresses.isInetAddress(address.getHost())) {
      throw new IllegalArgumentException("'" + listen + "' is no address to listen on");
    }
    return new InetSocketAddress(InetAddresses.forString(address.getHost()), address.getPort());
  }

  private TlsIdentity identity(InetAddress address) throws IOException, GeneralSecurityException {
    Path path = Objects.requireNonNull(identity);
    if (Files.exists(path)) {
      return TlsIdentity.load(path, new char[0]);
    }
    TlsIdentity made = TlsIdentity.selfSigned(Instant.now(), address);
    made.save(path);
    return made;
  }

  private void perform(Effect effect) throws IOException, InterruptedException {
    if (hook == null) {
      return;
    }
    // The arguments are values of a record without secrets; no shell is involved.
    Process process =
        new ProcessBuilder(hook.toString(), effect.getClass().getSimpleName(), effect.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      int code = process.waitFor();
      if (code != 0) {
        throw new IOException(hook + " ended with " + code);
      }
    } finally {
      process.destroyForcibly();
    }
  }

  private void tell(SecondaryReport report, PrintWriter out) {
    try {
      out.print(json ? SyncJson.of(report) : text(report));
    } catch (IOException e) {
      out.println(e.getMessage());
    }
    out.flush();
  }

  private static String text(SecondaryReport report) {
    StringBuilder text =
        new StringBuilder()
            .append(report.outcome())
            .append(" from ")
            .append(report.caller().getHostAddress())
            .append(' ')
            .append(report.changed())
            .append(report.error().isEmpty() ? "" : ": " + report.error())
            .append('\n');
    report.diff().forEach(line -> text.append("  ").append(line).append('\n'));
    for (SecondaryReport.Result result : report.effects()) {
      text.append("  ")
          .append(result.error().isEmpty() ? "done: " : "FAILED: ")
          .append(result.effect())
          .append('\n');
    }
    return text.toString();
  }
}
