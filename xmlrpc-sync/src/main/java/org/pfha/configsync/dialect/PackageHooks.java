package org.pfha.configsync.dialect;

import java.util.Map;
import org.pfha.configsync.config.ConfigNode;

/**
 * What packages of a pfSense-like secondary do with data a primary sends for them; given to {@code
 * ConfigSecondary.Builder.part}. Without it such data is dropped. Afterwards they are told by
 * {@link Effect.PackagesStored}. Thread-safe. Source: spec section 10.3.
 */
@FunctionalInterface
public interface PackageHooks {

  /**
   * Takes data.
   *
   * @param data a table with {@code installedpackages}
   * @return what to store: path like {@code installedpackages/name} to content; anything else of
   *     the data is dropped
   */
  Map<String, ConfigNode> receive(ConfigNode.Fields data);
}
