package org.pfha.examples.conformance;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.device.NvList;
import org.pfha.pf.device.NvListBuilder;
import org.pfha.pf.device.NvListView;
import org.pfha.pf.device.NvPair;
import org.pfha.pf.device.NvReject;

/** Packed nvlists: good ones read, packed again and built, bad ones met with their verdict. */
final class NvVectors {

  private NvVectors() {}

  /** Whether a file describes packed nvlists. */
  static boolean isNv(Json json) {
    return json.has("good") && json.has("bad");
  }

  /** Runs a description, whose packed lists are in the same directory. */
  static void run(String name, Path file, Json json, Report report) throws IOException {
    for (Json vector : json.get("good").items()) {
      String id = name + "#" + vector.get("file").text();
      byte[] bytes = bytes(file, vector);
      try {
        good(id, vector, bytes, report);
      } catch (RuntimeException e) {
        report.failed(id, "an answer", e.toString());
      }
    }
    for (Json vector : json.get("bad").items()) {
      String id = name + "#" + vector.get("file").text();
      byte[] bytes = bytes(file, vector);
      try {
        bad(id, vector, bytes, report);
      } catch (RuntimeException | StackOverflowError e) {
        report.failed(id, vector.get("expected").text(), e.toString());
      }
    }
  }

  private static byte[] bytes(Path file, Json vector) throws IOException {
    return Files.readAllBytes(file.resolveSibling(vector.get("file").text()));
  }

  private static void good(String id, Json vector, byte[] bytes, Report report) {
    NvListView view = new NvListView().wrap(bytes, 0, bytes.length);
    NvReject reject = view.check(vector.get("unpackFlags").integer());
    if (reject != NvReject.NONE) {
      report.failed(id, "accepted", "refused: " + reject);
      return;
    }
    report.check(id + " read", describe(vector.get("list")), describe(view.value()));
    if (vector.get("canonical").bool()) {
      ByteOrder order =
          vector.get("endian").text().equals("big")
              ? ByteOrder.BIG_ENDIAN
              : ByteOrder.LITTLE_ENDIAN;
      String golden = HexFormat.of().formatHex(bytes);
      report.check(id + " packed", golden, HexFormat.of().formatHex(view.value().toBytes(order)));
      report.check(
          id + " built",
          golden,
          HexFormat.of().formatHex(build(vector.get("list")).toBytes(order)));
    }
  }

  private static void bad(String id, Json vector, byte[] bytes, Report report) {
    NvListView view = new NvListView().wrap(bytes, 0, bytes.length);
    NvReject reject = view.check(vector.get("unpackFlags").integer());
    String actual =
        reject == NvReject.NONE ? "accept " + describe(view.value()) : "reject: " + reject;
    switch (vector.get("expected").text()) {
      case "reject" -> report.check(id, "reject", reject == NvReject.NONE ? actual : "reject");
      case "accept" -> report.check(id, "accept " + describe(vector.get("list")), actual);
      default -> report.passed(id);
    }
  }

  private static NvList build(Json list) {
    NvListBuilder builder = NvList.builder(list.get("flags").integer());
    for (Json item : list.get("items").items()) {
      add(builder, item.get("name").text(), item);
    }
    return builder.build();
  }

  private static void add(NvListBuilder builder, String name, Json item) {
    switch (item.get("type").text()) {
      case "null" -> builder.none(name);
      case "bool" -> builder.bool(name, item.get("value").bool());
      case "number" -> builder.number(name, number(item.get("value")));
      case "string" -> builder.text(name, item.get("value").text());
      case "binary" -> builder.binary(name, HexFormat.of().parseHex(item.get("value").text()));
      case "nvlist" -> builder.list(name, build(item.get("value")));
      case "bool_array" -> {
        List<Json> values = item.get("value").items();
        boolean[] bools = new boolean[values.size()];
        for (int i = 0; i < bools.length; i++) {
          bools[i] = values.get(i).bool();
        }
        builder.bools(name, bools);
      }
      case "number_array" ->
          builder.numbers(
              name, item.get("value").items().stream().mapToLong(NvVectors::number).toArray());
      case "string_array" ->
          builder.texts(name, item.get("value").items().stream().map(Json::text).toList());
      case "nvlist_array" ->
          builder.lists(name, item.get("value").items().stream().map(NvVectors::build).toList());
      default -> throw new IllegalArgumentException("unknown type " + item.get("type").text());
    }
  }

  private static long number(Json value) {
    return Long.parseUnsignedLong(value.text());
  }

  private static String describe(Json list) {
    return list.get("items").items().stream()
        .map(item -> item.get("name").text() + " " + item.get("type").text() + value(item))
        .collect(Collectors.joining(", ", list.get("flags") + "{", "}"));
  }

  private static String value(Json item) {
    if (!item.has("value")) {
      return "";
    }
    Json value = item.get("value");
    return switch (item.get("type").text()) {
      case "nvlist" -> " " + describe(value);
      case "nvlist_array" -> " " + value.items().stream().map(NvVectors::describe).toList();
      default -> " " + value;
    };
  }

  private static String describe(NvList list) {
    return list.pairs().stream()
        .map(NvVectors::describe)
        .collect(Collectors.joining(", ", list.flags() + "{", "}"));
  }

  private static String describe(NvPair pair) {
    Object value = pair.value();
    String text =
        switch (pair.type()) {
          case NULL -> "null";
          case BOOL -> "bool " + value;
          case NUMBER -> "number " + Long.toUnsignedString((Long) notNull(value));
          case TEXT -> "string " + value;
          case BINARY -> "binary " + HexFormat.of().formatHex((byte[]) notNull(value));
          case LIST -> "nvlist " + describe((NvList) notNull(value));
          case BOOLS -> "bool_array " + Arrays.toString((boolean[]) notNull(value));
          case NUMBERS ->
              "number_array "
                  + Arrays.stream((long[]) notNull(value))
                      .mapToObj(Long::toUnsignedString)
                      .toList();
          case TEXTS -> "string_array " + value;
          case LISTS ->
              "nvlist_array "
                  + ((List<?>) notNull(value))
                      .stream().map(each -> describe((NvList) each)).toList();
        };
    return pair.name() + " " + text;
  }

  private static Object notNull(@Nullable Object value) {
    return Objects.requireNonNull(value);
  }
}
