/** Configuration sync between a primary and its secondaries. */
module org.pfha.configsync {
  requires static transitive org.jspecify;
  requires com.google.common;
  requires static com.google.errorprone.annotations;
  requires transitive java.net.http;
  requires transitive java.xml;
  requires jdk.httpserver;
  requires org.bouncycastle.provider;
  requires org.bouncycastle.pkix;
  requires xmlrpc.common;
  requires ws.commons.util;

  exports org.pfha.configsync;
  exports org.pfha.configsync.config;
  exports org.pfha.configsync.rpc;
  exports org.pfha.configsync.dialect;
  exports org.pfha.configsync.doctor;
}
