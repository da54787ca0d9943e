package org.pfha.distribution;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** Texts that are committed and made by the build: compared, or written when that is asked for. */
final class Renewal {

  private static final String COMMAND = "mvn -B -q -ntp -DskipTests -Drenew=true verify";

  private Renewal() {}

  static void holds(Path file, List<String> made) throws IOException {
    holds(file, made, Boolean.getBoolean("pfha.renew"));
  }

  /** Writes a file, or fails unless it holds these lines, says which differ and how to renew it. */
  static void holds(Path file, List<String> made, boolean renewed) throws IOException {
    List<String> committed = Files.exists(file) ? Files.readAllLines(file) : List.of();
    if (committed.equals(made)) {
      return;
    }
    if (renewed) {
      Files.writeString(file, String.join("\n", made) + "\n");
      return;
    }
    fail(
        "%s is not what the build makes (- committed, + made):%n%s%nIf the change is meant: %s",
        file.normalize(), String.join("\n", difference(committed, made)), COMMAND);
  }

  static List<String> difference(List<String> committed, List<String> made) {
    List<String> difference = new ArrayList<>();
    HashSet<String> gone = new HashSet<>(committed);
    made.forEach(gone::remove);
    HashSet<String> come = new HashSet<>(made);
    committed.forEach(come::remove);
    committed.stream().filter(gone::contains).forEach(line -> difference.add("- " + line));
    made.stream().filter(come::contains).forEach(line -> difference.add("+ " + line));
    if (difference.isEmpty()) {
      difference.add("the same lines in another order");
    }
    return difference;
  }
}
