package org.pfha.examples.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The kinds of vector directories, under the names that a user types. */
enum Kind {
  carp(CarpVectors::run),
  freebsd(FreebsdVectors::run),
  pf(Kind::nothingCovered),
  pfsync(PfsyncVectors::run),
  xmlrpc(XmlrpcVectors::run);

  final VectorKind vectors;

  Kind(VectorKind vectors) {
    this.vectors = vectors;
  }

  private static void nothingCovered(Path directory, Report report) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .filter(Files::isRegularFile)
          .sorted()
          .forEach(file -> report.notCovered(directory.relativize(file).toString()));
    }
  }
}
