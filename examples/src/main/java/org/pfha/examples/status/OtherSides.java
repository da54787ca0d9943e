package org.pfha.examples.status;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.json.JsonObject;

/**
 * Asks the peers of a node for their status, so that a page shows both sides: {@code
 * {"url":…,"asked":…,"error":…|null,"node":{…}|null}}. Thread-safe.
 */
public final class OtherSides implements AutoCloseable {

  private static final JsonFactory FACTORY = new JsonFactory();
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int LONGEST = 1 << 20;

  /** What is of this node only, and who it asks itself. */
  private static final Set<String> NOT_SHOWN = Set.of("peers", "controls", "timeline");

  private final List<URI> peers;
  private final Map<URI, String> known = new ConcurrentHashMap<>();
  private final List<Thread> asking = new ArrayList<>();

  /**
   * Begins to ask.
   *
   * @param peers what they serve at {@code /status}
   */
  public OtherSides(List<URI> peers) {
    this.peers = List.copyOf(peers);
    for (URI peer : peers) {
      known.put(peer, json(peer, "was not asked yet", null));
      Thread thread = new Thread(() -> askOnAndOn(peer), "pfha-status-peer");
      thread.setDaemon(true);
      thread.start();
      asking.add(thread);
    }
  }

  private void askOnAndOn(URI peer) {
    HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    try {
      while (true) {
        known.put(peer, ask(peer, client));
        TimeUnit.SECONDS.sleep(1);
      }
    } catch (InterruptedException closed) {
      // Nobody wants to know any more.
    }
  }

  /**
   * What the peers said last.
   *
   * @return a JSON object for each, in their order
   */
  public List<String> json() {
    return peers.stream().map(peer -> known.getOrDefault(peer, "{}")).toList();
  }

  private static String ask(URI peer, HttpClient client) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(peer).timeout(PATIENCE).header("Accept", "application/json").build();
    try {
      HttpResponse<InputStream> answer =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = answer.body()) {
        byte[] bytes = body.readNBytes(LONGEST + 1);
        if (answer.statusCode() != 200 || bytes.length > LONGEST) {
          return json(peer, "answers " + answer.statusCode() + ", no status", null);
        }
        return json(peer, null, node(bytes));
      }
    } catch (IOException | RuntimeException e) {
      return json(peer, "cannot be asked: " + e, null);
    }
  }

  private static String json(URI peer, @Nullable String error, @Nullable String node) {
    return new JsonObject()
        .field("url", peer.toString())
        .field("asked", Instant.now().toString())
        .field("error", error)
        .json("node", node == null ? "null" : node)
        .toString();
  }

  /** Well-formed, whatever the peer has sent. */
  private static String node(byte[] bytes) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonParser parser = FACTORY.createParser(bytes);
        JsonGenerator copy = FACTORY.createGenerator(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("not a JSON object");
      }
      copy.writeStartObject();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        parser.nextToken();
        if (NOT_SHOWN.contains(name)) {
          parser.skipChildren();
        } else {
          copy.writeFieldName(name);
          copy.copyCurrentStructure(parser);
        }
      }
      copy.writeEndObject();
    }
    return text.toString();
  }

  @Override
  public void close() {
    asking.forEach(Thread::interrupt);
  }
}
