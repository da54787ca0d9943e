package org.pfha.configsync.rpc;

/** Who may do what. Thread-safe. */
@FunctionalInterface
public interface Authoriser {

  /**
   * Decides on one call of an authenticated user.
   *
   * @param user the account
   * @param method a method that exists
   * @return true only when this user may call it
   */
  boolean allows(String user, String method);
}
