/** The pfha command line. */
module org.pfha.examples {
  requires static transitive org.jspecify;
  requires com.fasterxml.jackson.core;
  requires com.google.common;
  requires static com.google.errorprone.annotations;
  requires info.picocli;
  requires java.management;
  requires java.logging;
  requires java.net.http;
  requires jdk.httpserver;
  requires org.pfha.carp;
  requires org.pfha.configsync;
  requires org.pfha.pfsync;

  exports org.pfha.examples;

  opens org.pfha.examples to
      info.picocli;
  opens org.pfha.examples.bench to
      info.picocli;
  opens org.pfha.examples.cluster to
      info.picocli;
  opens org.pfha.examples.conformance to
      info.picocli;
  opens org.pfha.examples.demo to
      info.picocli;
  opens org.pfha.examples.doctor to
      info.picocli;
  opens org.pfha.examples.inspect to
      info.picocli;
  opens org.pfha.examples.lab to
      info.picocli;
  opens org.pfha.examples.node to
      info.picocli;
  opens org.pfha.examples.pf to
      info.picocli;
  opens org.pfha.examples.sync to
      info.picocli;
}
