package org.pfha.examples.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.ConfigPrimary;
import org.pfha.configsync.ConfigPrimaryBuilder;
import org.pfha.configsync.ConfigSecondary;
import org.pfha.configsync.ConfigStores;
import org.pfha.configsync.SyncArea;
import org.pfha.configsync.SyncException;
import org.pfha.configsync.SyncReceipt;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.Decoding;
import org.pfha.configsync.rpc.RpcAnswer;
import org.pfha.configsync.rpc.RpcCall;
import org.pfha.configsync.rpc.RpcClient;
import org.pfha.configsync.rpc.RpcHttpsServer;
import org.pfha.configsync.rpc.RpcRequest;
import org.pfha.configsync.rpc.TlsIdentity;
import org.pfha.configsync.rpc.XmlRpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code pfha bench sync}: both sides of a large configuration sync, each for a JVM of its own.
 *
 * <p>{@code serve} prints its address and fingerprint and runs until its input ends; {@code push}
 * pushes as often as told, one rule different each time, and prints how long each push took,
 * applied and verified; {@code dump} writes the large call as XML-RPC, for other programs to send;
 * {@code decode} reads such a file as often as told and prints how long that took and what is live.
 */
@Command(
    name = "sync",
    mixinStandardHelpOptions = true,
    description = "Pushes a large configuration to another JVM.")
final class SyncBench implements Callable<Integer> {
  private static final String USER = "hasync";
  private static final Set<SyncArea> AREAS = EnumSet.of(SyncArea.RULES, SyncArea.ALIASES);
  private static final char[] SECRET = "bench only".toCharArray();

  private enum Role {
    serve,
    push,
    dump,
    decode
  }

  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", paramLabel = "ROLE", description = "serve, push, dump or decode")
  private @Nullable Role role;

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      description =
          "serve: the secondary's file; push: the peer's URL; dump: where to write; decode: what to read")
  private @Nullable String where;

  @Option(names = "--pin", defaultValue = "", description = "push: the peer's fingerprint")
  private String pin = "";

  @Option(
      names = "--pushes",
      defaultValue = "3",
      description = "push, decode: how often (${DEFAULT-VALUE})")
  private int pushes;

  @Option(names = "--rules", defaultValue = "10000", description = "rules (${DEFAULT-VALUE})")
  private int rules;

  @Option(names = "--aliases", defaultValue = "5000", description = "aliases (${DEFAULT-VALUE})")
  private int aliases;

  SyncBench() {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    String argument = Objects.requireNonNull(where);
    return switch (Objects.requireNonNull(role)) {
      case serve -> serve(Path.of(argument), out);
      case push -> push(argument, out);
      case dump -> dump(Path.of(argument), out);
      case decode -> decode(Path.of(argument), out);
    };
  }

  private static int serve(Path file, PrintWriter out) throws IOException {
    Files.write(file, LargeConfig.secondary());
    InetAddress loopback = InetAddress.getLoopbackAddress();
    TlsIdentity identity = TlsIdentity.selfSigned(Instant.now(), loopback);
    ConfigSecondary secondary =
        ConfigSecondary.over(ConfigStores.file(file))
            .credentials(USER, SECRET)
            .areas(AREAS)
            .build();
    try (RpcHttpsServer server = secondary.listen(0, identity)) {
      out.printf("https://127.0.0.1:%d %s%n", server.port(), identity.fingerprint());
      out.flush();
      while (System.in.read() >= 0) {
        // Until the other side is done.
      }
    }
    out.printf("secondary: %s%n", memory());
    return 0;
  }

  private static ConfigPrimaryBuilder primary(String peer) {
    return ConfigPrimary.to(peer).as(USER, SECRET).areas(AREAS);
  }

  private int push(String peer, PrintWriter out) throws ConfigFormatException, SyncException {
    ConfigPrimary primary = primary(peer).pinned(pin).build();
    int failed = 0;
    for (int number = 1; number <= pushes; number++) {
      ConfigTree config = LargeConfig.primary(rules, aliases, number);
      long begun = System.nanoTime();
      SyncReceipt receipt = primary.sync(config);
      Duration took = Duration.ofNanos(System.nanoTime() - begun);
      boolean whole = receipt.verified() && receipt.sent();
      failed += whole ? 0 : 1;
      out.printf(
          Locale.ROOT,
          "push %d: %.3f s, %s %s%n",
          number,
          took.toMillis() / 1000.0,
          whole ? "applied and verified" : "NOT VERIFIED",
          receipt.steps());
      out.flush();
    }
    out.printf("primary: %s%n", memory());
    return failed == 0 ? 0 : 1;
  }

  /** Lets a primary talk to a secondary in this JVM and keeps what it says. */
  private int dump(Path file, PrintWriter out)
      throws ConfigFormatException, SyncException, IOException {
    ConfigSecondary secondary =
        ConfigSecondary.over(ConfigStores.inMemory(LargeConfig.secondary()))
            .credentials(USER, SECRET)
            .areas(AREAS)
            .build();
    RpcClient inMemory = RpcClient.inMemory(secondary.server(), InetAddress.getLoopbackAddress());
    RpcRequest[] largest = new RpcRequest[1];
    long[] size = new long[1];
    primary("https://127.0.0.1")
        .client(
            request -> {
              RpcAnswer answer = inMemory.call(request);
              if (answer.sent() > size[0]) {
                size[0] = answer.sent();
                largest[0] = request;
              }
              return answer;
            })
        .build()
        .sync(LargeConfig.primary(rules, aliases, 1));
    try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(file))) {
      XmlRpc.call(largest[0].method(), largest[0].parameters()).writeTo(stream);
    }
    out.printf(Locale.ROOT, "%d rules, %d aliases: %d bytes of XML-RPC%n", rules, aliases, size[0]);
    return 0;
  }

  private int decode(Path file, PrintWriter out) throws IOException {
    long size = Files.size(file);
    for (int number = 1; number <= pushes; number++) {
      long begun = System.nanoTime();
      RpcCall call;
      try (InputStream stream = Files.newInputStream(file)) {
        call = XmlRpc.decodeCall(stream, Decoding.STRICT);
      }
      double seconds = (System.nanoTime() - begun) / 1e9;
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      long live = runtime.totalMemory() - runtime.freeMemory();
      out.printf(
          Locale.ROOT,
          "decode %d: %s of %.1f MB in %.3f s, %d MB live, %.1f times the body%n",
          number,
          call.method(),
          size / 1e6,
          seconds,
          live >> 20,
          (double) live / size);
      out.flush();
    }
    out.printf("decoder: %s%n", memory());
    return 0;
  }

  private static String memory() {
    Runtime runtime = Runtime.getRuntime();
    return String.format(
        Locale.ROOT,
        "heap limit %d MB, Java %s",
        runtime.maxMemory() >> 20,
        Runtime.version().feature());
  }
}
