package org.pfha.distribution;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A module of this build and what it packaged. Immutable. */
record Module(String name) {

  /** What others link in. */
  static final List<Module> LIBRARIES =
      List.of(new Module("carp-core"), new Module("pfsync-core"), new Module("xmlrpc-sync"));

  static final Module EXAMPLES = new Module("examples");
  static final Module CONSUMER = new Module("consumer");

  /** The project's root. */
  static final Path HOUSE = Path.of("..");

  static final String VERSION = System.getProperty("pfha.version");

  Path directory() {
    return HOUSE.resolve(name);
  }

  Path target() {
    return directory().resolve("target");
  }

  Path jar() {
    return packaged("");
  }

  /**
   * One of the jars beside the module's own.
   *
   * @param classifier such as {@code -sources}
   */
  Path packaged(String classifier) {
    return target().resolve(name + "-" + VERSION + classifier + ".jar");
  }

  /** What Maven resolved for run time, in its order: pfHA's jars and others'. */
  List<Path> runtime() {
    try {
      String path = Files.readString(target().resolve("runtime-dependencies.txt")).strip();
      return Stream.of(path.split(File.pathSeparator)).map(Path::of).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean needs(Module other) {
    return runtime().stream().anyMatch(path -> path.endsWith(other.jar().getFileName()));
  }

  /** Others' jars of {@link #runtime()}. */
  List<Dependency> dependencies() {
    return runtime().stream()
        .filter(path -> path.startsWith(Dependency.REPOSITORY))
        .map(Dependency::of)
        .sorted()
        .toList();
  }
}
