/** The state table and pfsync, its replication protocol. */
module org.pfha.pfsync {
  requires static transitive org.jspecify;
  requires transitive org.pfha.carp;
  requires com.google.common;
  requires static com.google.errorprone.annotations;
  requires static org.junit.jupiter.api;
  requires static org.junit.platform.commons;

  exports org.pfha.cluster;
  exports org.pfha.pf;
  exports org.pfha.pf.device;
  exports org.pfha.pfsync;
  exports org.pfha.pfsync.engine;
  exports org.pfha.pfsync.wire;
}
