package org.pfha.examples.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What a real kernel sent, kept and answered: each JSON file goes to the part that knows it. */
final class FreebsdVectors {

  /** Runs the files of one kind. */
  @FunctionalInterface
  interface Part {

    /**
     * Runs a file, if it is of this part's kind.
     *
     * @param directory only read from
     * @param name of the file in it
     * @param json its contents
     * @param report gets one line per vector
     * @return the files that were run, this one among them; none if it is of another kind
     * @throws IOException if a file that it names cannot be read
     */
    Set<String> run(Path directory, String name, Json json, Report report) throws IOException;
  }

  private static final List<Part> PARTS =
      List.of(
          CarpVectors::runKernelAdverts,
          FreeBsdCarpReplay::run,
          PfsyncFrames::run,
          PfsyncCapture::run,
          FreebsdVectors::ioctls);

  private FreebsdVectors() {}

  /** Runs a directory in the format of kind {@code freebsd}. */
  static void run(Path directory, Report report) throws IOException {
    Set<String> names = names(directory);
    Set<String> covered = new TreeSet<>();
    for (String name : names) {
      if (name.endsWith(".json")) {
        Json json = Json.parse(directory.resolve(name));
        for (Part part : PARTS) {
          covered.addAll(part.run(directory, name, json, report));
        }
      }
    }
    names.removeAll(covered);
    names.forEach(report::notCovered);
  }

  private static Set<String> ioctls(Path directory, String name, Json json, Report report) {
    if (!PfIoctlVectors.isIoctls(json)) {
      return Set.of();
    }
    PfIoctlVectors.run(name, json, report);
    return Set.of(name);
  }

  private static Set<String> names(Path directory) throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .filter(file -> Files.isRegularFile(file) && !file.toString().endsWith(".md"))
          .forEach(file -> names.add(directory.relativize(file).toString()));
    }
    return names;
  }
}
