package org.pfha.pf.device;

import java.util.Locale;

/** The machine a JVM runs on. Immutable. */
record HostPlatform(String system, String architecture, String dataModel) {

  static HostPlatform ofThisMachine() {
    return new HostPlatform(
        System.getProperty("os.name", ""),
        System.getProperty("os.arch", ""),
        System.getProperty("sun.arch.data.model", "64"));
  }

  /** The structures here are those of 64 bits, and of FreeBSD. */
  void requireFreebsd() {
    if (!system.toLowerCase(Locale.ROOT).equals("freebsd")) {
      throw new UnsupportedOperationException(
          "pf is controlled on FreeBSD only, this is %s; InMemoryPf works anywhere"
              .formatted(system));
    }
    if (!dataModel.equals("64")) {
      throw new UnsupportedOperationException(
          "this JVM has %s bits (%s); pf's structures are known for 64: install a 64-bit JVM"
              .formatted(dataModel, architecture));
    }
  }
}
