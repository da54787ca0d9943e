package org.pfha.configsync;

import java.util.List;
import org.pfha.configsync.config.ConfigTree;

/**
 * Told after a secondary stored a new configuration. Called under the secondary's lock, on any
 * thread.
 */
@FunctionalInterface
public interface ConfigApplied {

  /**
   * A new configuration is stored; apply it.
   *
   * @param before the configuration until now
   * @param after the configuration from now on
   * @param changed the sections that differ
   */
  void applied(ConfigTree before, ConfigTree after, List<String> changed);
}
