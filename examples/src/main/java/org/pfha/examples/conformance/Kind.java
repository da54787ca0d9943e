package org.pfha.examples.conformance;

/** The kinds of vector directories, under the names that a user types. */
enum Kind {
  carp(CarpVectors::run),
  freebsd(FreebsdVectors::run),
  pf(PfVectors::run),
  pfsync(PfsyncVectors::run),
  xmlrpc(XmlrpcVectors::run);

  final VectorKind vectors;

  Kind(VectorKind vectors) {
    this.vectors = vectors;
  }
}
