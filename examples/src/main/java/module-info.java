/** The pfha command line. */
module org.pfha.examples {
  requires static transitive org.jspecify;
}
