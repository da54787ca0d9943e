package org.pfha.configsync.doctor;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Where a plan's fragments get their passwords from; both nodes' fragments need the same. Never
 * shown. Immutable.
 *
 * @param carp one password a virtual router, asked for by its interface and VHID
 * @param sync of the account for configuration sync
 */
public record PlanSecrets(ForRouter carp, String sync) {

  /** The password of a virtual router; must answer the same when asked again. */
  @FunctionalInterface
  public interface ForRouter {

    /**
     * Gives a password.
     *
     * @param nic internal name of the interface
     * @param vhid 1–255
     * @return 1 to 19 bytes
     */
    String password(String nic, int vhid);
  }

  /**
   * Passwords that are made as they are needed, and remembered.
   *
   * @param source makes a new one each time
   * @return for the fragments of both nodes
   */
  public static PlanSecrets madeBy(Supplier<String> source) {
    Map<String, String> made = new ConcurrentHashMap<>();
    return new PlanSecrets(
        (nic, vhid) -> made.computeIfAbsent(nic + " " + vhid, any -> source.get()), source.get());
  }

  @Override
  public String toString() {
    return "PlanSecrets[]";
  }
}
