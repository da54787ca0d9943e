package org.pfha.examples.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.ConfigPrimary;
import org.pfha.configsync.SyncArea;
import org.pfha.configsync.SyncClock;
import org.pfha.configsync.SyncException;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.Decoding;
import org.pfha.configsync.rpc.RpcAnswer;
import org.pfha.configsync.rpc.RpcClient;
import org.pfha.configsync.rpc.RpcException;
import org.pfha.configsync.rpc.RpcFault;
import org.pfha.configsync.rpc.RpcRequest;
import org.pfha.configsync.rpc.XmlRpc;

/**
 * The client's side of a folder: recorded answers are understood, and where the primary's file is
 * given, the library's primary makes the recorded requests of it.
 */
final class CaseClient {
  private static final char[] SECRET = "conformance".toCharArray();

  private CaseClient() {}

  /**
   * Runs the client's side.
   *
   * @param otherwise a primary for cases that end before its configuration matters
   */
  static void run(
      String name,
      Map<String, Path> files,
      List<SyncCase.Exchange> exchanges,
      @Nullable ConfigTree otherwise,
      Report report)
      throws IOException, ConfigFormatException {
    for (SyncCase.Exchange exchange : exchanges) {
      understand(name + "/" + exchange.file(), exchange, report);
    }
    for (Map.Entry<String, Path> file : files.entrySet()) {
      ConfigTree primary = primary(file.getKey(), file.getValue());
      if (primary != null && !exchanges.isEmpty()) {
        push(name + "/" + file.getKey() + " sent", primary, "synced", exchanges, report);
      }
    }
    if (otherwise != null && greetsOnly(exchanges, otherwise)) {
      push(name + " given up", otherwise, "failed", exchanges, report);
    }
  }

  /** The peer was asked who it is, as often as it takes to give up, and nothing was sent. */
  private static boolean greetsOnly(List<SyncCase.Exchange> exchanges, ConfigTree primary)
      throws IOException {
    RecordedHttp last = exchanges.get(exchanges.size() - 1).answer();
    PlainRpc answer = last == null ? null : PlainRpc.parse(last.content());
    if (answer != null && primary.version().equals(answer.struct().get("config_version"))) {
      return false; // it was accepted, and what stopped the primary lies in its configuration
    }
    return exchanges.stream()
        .allMatch(
            exchange -> {
              PlainRpc call = PlainRpc.parse(exchange.request().body());
              String agent = exchange.request().header("User-agent");
              boolean product =
                  agent != null && (agent.startsWith("PEAR") || agent.equals("XML_RPC"));
              return product && call != null && call.method().endsWith("firmware_version");
            });
  }

  /** A file of the sending side has a target; the secondary's are named before and after. */
  private static @Nullable ConfigTree primary(String file, Path path)
      throws IOException, ConfigFormatException {
    boolean other =
        !file.endsWith(".xml")
            || file.contains("before")
            || (file.contains("after") && !file.startsWith("primary"));
    if (other) {
      return null;
    }
    ConfigTree config = ConfigTree.parse(Files.readAllBytes(path));
    String target = config.section("hasync").fields().at("synchronizetoip").text();
    return target.isEmpty() ? null : config;
  }

  /** The library's reader against the plain one. */
  private static void understand(String id, SyncCase.Exchange exchange, Report report)
      throws IOException {
    RecordedHttp answer = exchange.answer();
    if (answer == null || answer.status() != 200) {
      return; // the status alone is the answer
    }
    PlainRpc plain = PlainRpc.parse(answer.content());
    String expected = plain == null ? "no message" : plain.answer();
    String actual;
    try {
      Object value = XmlRpc.decodeResponse(answer.content());
      actual = "result " + WireVectors.canonical(value);
    } catch (RpcFault fault) {
      actual = fault.code() + " " + fault.getMessage();
      expected =
          plain != null && plain.fault()
              ? plain.struct().get("faultCode") + " " + plain.struct().get("faultString")
              : expected;
    } catch (IOException e) {
      actual = "no message";
    }
    if (expected.equals(actual.replaceAll("requested method [^;]*", "unknown method"))
        || expected.equals(actual)) {
      report.passed(id + " answer read");
    } else {
      report.failed(id + " answer read", expected, actual);
    }
  }

  /** A primary whose peer is the recording. */
  private static void push(
      String id, ConfigTree config, String end, List<SyncCase.Exchange> exchanges, Report report) {
    Recording recording = new Recording(exchanges);
    String outcome;
    try {
      ConfigPrimary.to("the recording")
          .as("conformance", SECRET)
          .areas(SyncArea.enabledIn(config))
          .dialect(CaseNode.dialect(config))
          .client(recording)
          .clock(new Clock())
          .likeTheProduct()
          .build()
          .sync(config);
      outcome = "synced";
    } catch (SyncException e) {
      outcome = end.equals("failed") ? end : e.toString();
    } catch (RuntimeException e) {
      outcome = e.toString();
    }
    List<String> expected = new ArrayList<>(recording.expected());
    List<String> actual = new ArrayList<>(recording.actual);
    expected.add(end);
    actual.add(outcome);
    for (int i = 0; i < Math.max(expected.size(), actual.size()); i++) {
      String wanted = i < expected.size() ? expected.get(i) : "no more calls";
      String made = i < actual.size() ? actual.get(i) : "no more calls";
      report.check(id + " #" + (i + 1), wanted, made);
    }
  }

  /** Stands still but for pauses. Confined to one thread. */
  private static final class Clock implements SyncClock {
    private Instant now = Instant.EPOCH;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public void pause(Duration duration) {
      now = now.plus(duration);
    }
  }

  /** Plays the peer: answers what was recorded, keeps what it was sent. Confined to one thread. */
  private static final class Recording implements RpcClient {
    private final List<SyncCase.Exchange> exchanges;
    private final List<String> actual = new ArrayList<>();

    Recording(List<SyncCase.Exchange> exchanges) {
      this.exchanges = exchanges;
    }

    List<String> expected() {
      List<String> calls = new ArrayList<>();
      for (SyncCase.Exchange exchange : exchanges) {
        PlainRpc call = PlainRpc.parse(exchange.request().body());
        calls.add(call == null ? "no message" : text(call.method(), call.values()));
      }
      return calls;
    }

    private static String text(String method, List<Object> values) {
      return method + " " + WireVectors.canonical(values);
    }

    @Override
    public RpcAnswer call(RpcRequest request) throws RpcFault, RpcException {
      int next = actual.size();
      try {
        byte[] sent = XmlRpc.encodeCall(request.method(), request.parameters().toArray());
        PlainRpc call = PlainRpc.parse(sent);
        actual.add(call == null ? "no message" : text(call.method(), call.values()));
        if (next >= exchanges.size()) {
          throw new IOException("more calls than recorded");
        }
        RecordedHttp answer = exchanges.get(next).answer();
        if (answer != null && answer.status() != 200) {
          throw new RpcException(
              RpcException.Cause.HTTP_STATUS, RpcException.Step.BODY, answer.status(), "status");
        }
        byte[] content = answer == null ? new byte[0] : answer.content();
        Object value =
            XmlRpc.decodeResponse(new java.io.ByteArrayInputStream(content), Decoding.STRICT);
        return new RpcAnswer(value, null, null, sent.length, content.length);
      } catch (RpcException e) {
        throw e;
      } catch (IOException e) {
        throw new RpcException(
            RpcException.Cause.CONNECTION_LOST, RpcException.Step.BODY, "the recording ends");
      }
    }
  }
}
