package org.pfha.configsync.dialect;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.SyncPolicy;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.RpcFault;

/** The node a dialect's methods serve. Thread-safe. */
public interface SecondaryContext {

  /**
   * The stored configuration.
   *
   * @return as it is now
   * @throws RpcFault when it cannot be read
   */
  ConfigTree current() throws RpcFault;

  /**
   * Changes the stored configuration. Under the store's lock: refuses loops and stale callers,
   * reads, merges, keeps protected paths, validates by reading the written bytes again, backs up,
   * writes atomically, performs the effects, and rolls everything back when one fails. Writes
   * nothing when nothing changes, unless the policy is to behave like the product.
   *
   * @param caller the primary
   * @param envelope what came with the call
   * @param merge the dialect's pure function
   * @return whether anything changed; false also for a call that the product silently ignores
   * @throws RpcFault when nothing was changed and why
   */
  boolean update(InetAddress caller, Envelope envelope, Merge merge) throws RpcFault;

  /**
   * Performs effects that change no configuration, in order, under the same lock.
   *
   * @param caller the primary
   * @param effects what to do
   * @throws RpcFault when the application failed
   */
  void perform(InetAddress caller, List<Effect> effects) throws RpcFault;

  /**
   * What this node lets itself be told.
   *
   * @return the policy
   */
  SyncPolicy policy();

  /**
   * This node's id, told to primaries so that they know it is pfHA.
   *
   * @return never empty
   */
  String node();

  /**
   * A part of the application that some methods need (a list of services, portal databases, package
   * hooks), as given to {@code ConfigSecondary.Builder.part}.
   *
   * @param type the interface
   * @param <T> the interface
   * @return null when the application gave none
   */
  <T> @Nullable T part(Class<T> type);

  /** What a call does to a configuration. Pure. */
  @FunctionalInterface
  interface Merge {

    /**
     * Merges.
     *
     * @param before the stored configuration, read under the lock
     * @return the new one
     * @throws RpcFault when anything in the call is not allowed
     */
    Merged apply(ConfigTree before) throws RpcFault;
  }
}
