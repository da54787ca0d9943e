package org.pfha.configsync.rpc;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whose secret is whose. Thread-safe. Nobody is accepted that it does not know. */
public interface Authenticator {

  /**
   * Looks an account up, without side effects: callers may send any name.
   *
   * @param user as the caller sent it, of any length below 4096 characters
   * @return null when there is no such account, or it is disabled
   */
  @Nullable PasswordCheck find(String user);

  /**
   * What is verified for unknown names, so that they cannot be told from known ones by the time it
   * takes: it must cost as much as the checks that {@link #find} returns. Its verdict is not used.
   *
   * @return a check like the others
   */
  PasswordCheck decoy();

  /**
   * A fixed set of accounts.
   *
   * @param accounts checks of one kind and cost, by user
   * @return knows these only
   */
  static Authenticator of(Map<String, PasswordCheck> accounts) {
    Map<String, PasswordCheck> known = Map.copyOf(accounts);
    PasswordCheck decoy = known.values().stream().findFirst().orElse(PasswordCheck.of(new char[0]));
    return new Authenticator() {
      @Override
      public @Nullable PasswordCheck find(String user) {
        return known.get(user);
      }

      @Override
      public PasswordCheck decoy() {
        return decoy;
      }
    };
  }
}
