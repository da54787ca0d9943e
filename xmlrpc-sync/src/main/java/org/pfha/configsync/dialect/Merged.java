package org.pfha.configsync.dialect;

import java.util.List;
import org.pfha.configsync.config.ConfigTree;

/**
 * The outcome of a merge. Immutable.
 *
 * @param tree the new configuration, its history not yet updated
 * @param history what the history entry says
 * @param effects what the application must do
 */
public record Merged(ConfigTree tree, String history, Effects effects) {

  /**
   * A function, because what is stored may differ from {@link #tree}: protected paths stay as they
   * are.
   */
  @FunctionalInterface
  public interface Effects {

    /**
     * What must be done after the new configuration is stored.
     *
     * @param before the configuration until now
     * @param after the configuration from now on
     * @return in the product's order
     */
    List<Effect> between(ConfigTree before, ConfigTree after);
  }
}
