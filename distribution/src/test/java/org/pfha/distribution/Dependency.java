package org.pfha.distribution;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** A jar of others, as Maven's local repository holds it. Immutable. */
record Dependency(String artifact, String version, Path jar) implements Comparable<Dependency> {

  static final Path REPOSITORY = Path.of(System.getProperty("pfha.repository"));

  /** Of {@code org/jspecify/jspecify/1.0.1/jspecify-1.0.1.jar}. */
  static Dependency of(Path jar) {
    Path version = jar.getParent();
    Path name = version.getParent();
    String group = REPOSITORY.relativize(name.getParent()).toString().replace('/', '.');
    return new Dependency(group + ":" + name.getFileName(), version.getFileName().toString(), jar);
  }

  long bytes() {
    try {
      return Files.size(jar);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its name on the module path. */
  ModuleDescriptor module() {
    return ModuleFinder.of(jar).findAll().iterator().next().descriptor();
  }

  @Override
  public int compareTo(Dependency other) {
    return Comparator.comparing(Dependency::artifact).compare(this, other);
  }
}
