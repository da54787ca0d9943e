package org.pfha.configsync.dialect;

import java.util.List;
import java.util.Map;

/**
 * The services of an OPNsense-like secondary; given to {@code ConfigSecondary.Builder.part}.
 * Without it a primary sees none and can start, stop or restart none. What it does with one reaches
 * the application as an {@link Effect}. Thread-safe. Source: spec section 3.2.
 */
@FunctionalInterface
public interface Services {

  /**
   * The services.
   *
   * @return each with {@code name} and {@code description}, perhaps {@code id}, {@code pidfile},
   *     {@code status} as Boolean, and more, as {@link org.pfha.configsync.rpc.XmlRpc} encodes
   *     values
   */
  List<Map<String, Object>> list();
}
