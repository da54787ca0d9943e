/** A product that links pfHA in. */
module com.example.firewall {
  requires org.pfha.carp;
  requires org.pfha.configsync;
  requires org.pfha.pfsync;
}
