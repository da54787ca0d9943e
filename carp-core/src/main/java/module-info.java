/** CARP outside a kernel, and the network seams every pfHA protocol stands on. */
module org.pfha.carp {
  requires static transitive org.jspecify;
  requires com.google.common;
  requires com.sun.jna;
  requires static com.google.errorprone.annotations;
  requires org.bouncycastle.provider;

  exports org.pfha.carp;
  exports org.pfha.carp.diagnosis;
  exports org.pfha.carp.engine;
  exports org.pfha.carp.json;
  exports org.pfha.carp.kernel;
  exports org.pfha.carp.wire;
  exports org.pfha.net;
  exports org.pfha.net.pcap;
  exports org.pfha.net.raw;
  exports org.pfha.net.sim;
  exports org.pfha.net.sys;
}
