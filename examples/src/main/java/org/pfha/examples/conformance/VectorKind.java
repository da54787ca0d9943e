package org.pfha.examples.conformance;

import com.google.errorprone.annotations.Immutable;
import java.io.IOException;
import java.nio.file.Path;

/** One kind of vector directory, such as {@code carp}. */
@Immutable
@FunctionalInterface
interface VectorKind {

  /**
   * Runs every vector of a directory through the library.
   *
   * @param directory only read from
   * @param report gets one line per vector
   * @throws IOException if a file cannot be read or is not of the format
   */
  void run(Path directory, Report report) throws IOException;
}
