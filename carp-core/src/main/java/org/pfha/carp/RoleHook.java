package org.pfha.carp;

/**
 * What an application does when a role changes: raise the VPN, start the service, call the cloud.
 * Called on the node's executor, never on its event loop; one at a time per node, in the order of
 * the role changes and, for each, in the order in which the hooks were added.
 */
@FunctionalInterface
public interface RoleHook {

  /**
   * Acts on a role change. It may block; when its time is over its thread is interrupted and the
   * next hook has its turn. A change that a later one of the same virtual router has overtaken
   * before the hook could begin is left out, so a hook must look at {@link RoleChange#to} alone.
   *
   * @param change what has happened
   * @throws Exception is recorded as the hook's failure, with its message
   */
  void roleChanged(RoleChange change) throws Exception;
}
