package org.pfha.examples.doctor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.doctor.LiveStatus;

/**
 * Reads the status of a running node: what {@code pfha node} serves at {@code /status}, or the
 * explanations of its virtual routers alone, as {@code CarpExplanation.toJson} writes them, one or
 * a list. What the demo serves is the status of two nodes. Fields that are missing or of another
 * kind are as if they were not there.
 */
final class StatusFile {

  private static final JsonFactory FACTORY = new JsonFactory();
  private static final int DEEPEST = 64;

  private static final class TooDeep extends IOException {
    private static final long serialVersionUID = 1;
  }

  private StatusFile() {}

  /** Each node's status, in their order; nothing of a node that is off. */
  static List<Optional<LiveStatus>> read(Path file) throws IOException {
    return read(file.toString(), Files.readString(file));
  }

  /** What the text of a file says. */
  static List<Optional<LiveStatus>> read(String file, String text) throws IOException {
    Object value;
    try (JsonParser parser = FACTORY.createParser(text)) {
      parser.nextToken();
      value = value(parser, 0);
    } catch (JsonProcessingException e) {
      throw new IOException("%s is not JSON: %s".formatted(file, e.getOriginalMessage()), e);
    } catch (NumberFormatException e) {
      throw new IOException("%s is not JSON: %s".formatted(file, e.getMessage()), e);
    } catch (TooDeep e) {
      throw new IOException("%s is JSON nested deeper than %d".formatted(file, DEEPEST), e);
    }
    List<?> nodes = list(map(value).get("nodes"));
    List<Optional<LiveStatus>> read = new ArrayList<>();
    for (Object node : nodes.isEmpty() ? Collections.singletonList(value) : nodes) {
      read.add(status(file, node));
    }
    return read;
  }

  private static Optional<LiveStatus> status(String file, @Nullable Object value)
      throws IOException {
    Map<?, ?> status = map(value);
    if (Boolean.FALSE.equals(status.get("running"))) {
      return Optional.empty();
    }
    List<?> routers = list(status.get("routers"));
    if (status.isEmpty()) {
      routers = list(value);
    } else if (status.containsKey("role")) {
      routers = List.of(status);
    }
    if (routers.isEmpty()) {
      throw new IOException(file + " is no status of a node: it has no virtual routers");
    }
    return Optional.of(status(status, routers));
  }

  private static @Nullable Object value(JsonParser parser, int depth) throws IOException {
    if (depth > DEEPEST) {
      throw new TooDeep();
    }
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      Map<String, @Nullable Object> fields = new LinkedHashMap<>();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        parser.nextToken();
        fields.put(name, value(parser, depth + 1));
      }
      return fields;
    }
    if (token == JsonToken.START_ARRAY) {
      List<@Nullable Object> items = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        items.add(value(parser, depth + 1));
      }
      return items;
    }
    if (token == null) {
      return null;
    }
    return switch (token) {
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> null;
    };
  }

  private static LiveStatus status(Map<?, ?> status, List<?> routers) {
    List<LiveStatus.Router> read = new ArrayList<>();
    int demotion = 0;
    List<String> penalties = new ArrayList<>();
    for (Object router : routers) {
      Map<?, ?> fields = map(router);
      Map<?, ?> explanation =
          fields.get("explanation") == null ? fields : map(fields.get("explanation"));
      read.add(router(fields, explanation));
      if (penalties.isEmpty()) {
        demotion = penalties(list(explanation.get("demotion")), penalties);
      }
    }
    Map<?, ?> ledger = map(status.get("demotion"));
    if (!ledger.isEmpty()) {
      penalties.clear();
      penalties(list(ledger.get("entries")), penalties);
      demotion = (int) number(ledger.get("total"), 0);
    }
    Map<?, ?> pfsync = map(status.get("pfsync"));
    return new LiveStatus(
        text(status.get("name")),
        clock(status),
        status.get("maintenance") instanceof String,
        demotion,
        penalties,
        read,
        number(pfsync.get("states"), -1),
        number(pfsync.get("state_limit"), -1),
        Boolean.TRUE.equals(pfsync.get("awaiting_bulk")));
  }

  private static LiveStatus.Router router(Map<?, ?> fields, Map<?, ?> explanation) {
    Map<String, String> diagnoses = new LinkedHashMap<>();
    for (Object each : list(explanation.get("diagnoses"))) {
      Map<?, ?> diagnosis = map(each);
      diagnoses.put(text(diagnosis.get("kind")), text(diagnosis.get("text")));
    }
    String link = text(explanation.get("link"));
    return new LiveStatus.Router(
        link.isEmpty() ? text(fields.get("interface")) : link,
        (int) number(explanation.get("vhid"), number(fields.get("vhid"), 0)),
        text(explanation.get("role")),
        !Boolean.FALSE.equals(explanation.get("link_up")),
        diagnoses);
  }

  private static int penalties(List<?> entries, List<String> penalties) {
    int sum = 0;
    for (Object each : entries) {
      Map<?, ?> entry = map(each);
      long amount = number(entry.get("amount"), 0);
      sum += (int) amount;
      penalties.add(
          "%+d %s: %s".formatted(amount, text(entry.get("owner")), text(entry.get("reason"))));
    }
    return sum;
  }

  /** The node's clock when it answered: when it started, and how long ago that was. */
  private static Optional<Instant> clock(Map<?, ?> status) {
    String started = text(status.get("started"));
    try {
      return started.isEmpty()
          ? Optional.empty()
          : Optional.of(Instant.parse(started).plusSeconds(number(status.get("uptime_s"), 0)));
    } catch (DateTimeException | ArithmeticException e) {
      return Optional.empty(); // no time, or none that there is
    }
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  private static List<?> list(@Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  private static String text(@Nullable Object value) {
    return value instanceof String text ? text : "";
  }

  private static long number(@Nullable Object value, long otherwise) {
    return value instanceof BigDecimal number ? number.longValue() : otherwise;
  }
}
