package org.pfha.configsync;

import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.dialect.Effect;

/**
 * The application: makes the system do what a stored configuration says. Called one effect after
 * the other on a thread of its own, under the secondary's lock.
 *
 * @param <E> the effects it takes
 */
@FunctionalInterface
public interface EffectHandler<E extends Effect> {

  /**
   * Performs one effect. When it throws or takes longer than it may, its thread is interrupted, the
   * old configuration is stored again, and a {@link Effect.RollBack} follows.
   *
   * @param effect what to do
   * @param config the configuration in force now
   * @throws Exception when it could not be done; the message goes to the log of this node, not to
   *     the primary
   */
  void perform(E effect, ConfigTree config) throws Exception;
}
