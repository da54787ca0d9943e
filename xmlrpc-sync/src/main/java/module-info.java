/** Configuration sync between a primary and its secondaries. */
module org.pfha.configsync {
  requires static transitive org.jspecify;
  requires com.google.common;
  requires static com.google.errorprone.annotations;
}
