package org.pfha.examples.node;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pfha.examples.conformance.Json;

/**
 * One object of a configuration, read field by field. What is wrong is noted with its path, so that
 * all of it can be told at once; the reader goes on with the default. Confined to one thread.
 */
final class Section {

  private static final Pattern TIME = Pattern.compile("(\\d{1,9}) ?(ms|s|min|h)");

  private final String path;
  private final Map<String, Json> fields;
  private final List<Problem> problems;
  private final Set<String> known = new HashSet<>();

  /**
   * Reads from an object.
   *
   * @param path of the object; empty for the whole configuration
   * @param json what should be an object
   * @param problems takes what is wrong
   */
  Section(String path, Json json, List<Problem> problems) {
    this.path = path;
    this.problems = problems;
    if (json.isObject()) {
      fields = json.fields();
    } else {
      fields = Map.of();
      problems.add(new Problem(path.isEmpty() ? "configuration" : path, "must be {…}"));
    }
  }

  String path(String field) {
    return path.isEmpty() ? field : field.isEmpty() ? path : path + "." + field;
  }

  void problem(String field, String text) {
    problems.add(new Problem(path(field), text));
  }

  boolean has(String field) {
    known.add(field);
    return fields.containsKey(field);
  }

  private @Nullable Json value(String field) {
    return has(field) ? fields.get(field) : null;
  }

  Optional<String> text(String field) {
    Json value = value(field);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isText() || value.text().isBlank()) {
      problem(field, "must be a text such as \"em1\"");
      return Optional.empty();
    }
    return Optional.of(value.text());
  }

  /** A file, absolute or in a directory. */
  Optional<Path> file(String field, Path directory) {
    Optional<String> name = text(field);
    try {
      return name.map(directory::resolve);
    } catch (InvalidPathException e) {
      problem(field, "is no name of a file: " + e.getReason());
      return Optional.empty();
    }
  }

  /** A text that must be there; empty if it is not. */
  String required(String field, String remedy) {
    if (!has(field)) {
      problem(field, "is missing; " + remedy);
    }
    return text(field).orElse("");
  }

  int number(String field, int unlessSet) {
    Json value = value(field);
    if (value == null) {
      return unlessSet;
    }
    try {
      return value.isNumber() ? Math.toIntExact(value.number()) : notANumber(field, unlessSet);
    } catch (IllegalArgumentException | ArithmeticException e) {
      return notANumber(field, unlessSet);
    }
  }

  private int notANumber(String field, int unlessSet) {
    problem(field, "must be a whole number such as " + unlessSet);
    return unlessSet;
  }

  boolean flag(String field, boolean unlessSet) {
    Json value = value(field);
    if (value == null) {
      return unlessSet;
    }
    if (!value.isBoolean()) {
      problem(field, "must be true or false");
      return unlessSet;
    }
    return value.bool();
  }

  /** One of some words; what the first means if it is missing or none of them. */
  <T> T choice(String field, Map<String, T> words, T unlessSet) {
    Optional<String> word = text(field);
    if (word.isEmpty()) {
      return unlessSet;
    }
    T chosen = words.get(word.get());
    if (chosen == null) {
      problem(field, "'%s' is none of %s".formatted(word.get(), String.join(", ", words.keySet())));
      return unlessSet;
    }
    return chosen;
  }

  Optional<Duration> duration(String field) {
    Optional<String> text = text(field);
    Matcher time = TIME.matcher(text.orElse(""));
    if (text.isPresent() && !time.matches()) {
      problem(field, "'%s' is no time; write it like 100ms, 5s, 10min, 1h".formatted(text.get()));
      return Optional.empty();
    }
    return text.map(
        present -> {
          long count = Long.parseLong(time.group(1));
          return switch (time.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "min" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
          };
        });
  }

  List<String> texts(String field) {
    List<String> texts = new ArrayList<>();
    for (Json item : items(field)) {
      if (item.isText()) {
        texts.add(item.text());
      } else {
        problem(field, "must be a list of texts, [\"…\", \"…\"]");
      }
    }
    return texts;
  }

  List<Section> sections(String field) {
    List<Section> sections = new ArrayList<>();
    for (Json item : items(field)) {
      sections.add(new Section(path(field) + "[" + sections.size() + "]", item, problems));
    }
    return sections;
  }

  private List<Json> items(String field) {
    Json value = value(field);
    if (value != null && !value.isArray()) {
      problem(field, "must be a list, […]");
      return List.of();
    }
    return value == null ? List.of() : value.items();
  }

  Optional<Section> section(String field) {
    return Optional.ofNullable(value(field))
        .map(value -> new Section(path(field), value, problems));
  }

  /** To be called behind the last read: what nobody has asked for is a slip of the pen. */
  void end() {
    for (String field : fields.keySet()) {
      if (!known.contains(field)) {
        problem(
            field,
            "is unknown here; there are " + String.join(", ", known.stream().sorted().toList()));
      }
    }
  }
}
