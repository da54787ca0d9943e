package org.pfha.configsync.rpc;

import java.security.MessageDigest;
import java.util.Arrays;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/** Knows one secret well enough to recognise it. Thread-safe. */
@FunctionalInterface
public interface PasswordCheck {

  /**
   * Recognises the secret.
   *
   * @param secret in UTF-8; cleared after the call
   * @return true when it is the one; takes the same time otherwise
   */
  boolean matches(byte[] secret);

  /**
   * A secret held as its SHA-256, compared in constant time. For generated secrets; for passwords
   * of people see {@link #bcrypt}.
   *
   * @param secret may be cleared afterwards
   * @return a check
   */
  static PasswordCheck of(char[] secret) {
    byte[] text = Credentials.utf8(secret);
    byte[] digest = Fingerprints.sha256(text);
    Arrays.fill(text, (byte) 0);
    return given -> MessageDigest.isEqual(digest, Fingerprints.sha256(given));
  }

  /**
   * A bcrypt hash, as pfSense and OPNsense keep them.
   *
   * @param hash for example {@code $2y$10$…}
   * @return a check
   * @throws IllegalArgumentException when it is no such hash
   */
  static PasswordCheck bcrypt(String hash) {
    if (!hash.matches("\\$2[aby]?\\$(0[4-9]|[12]\\d|3[01])\\$[./A-Za-z0-9]{53}")) {
      throw new IllegalArgumentException("not a bcrypt hash");
    }
    return given -> given.length > 0 && OpenBSDBCrypt.checkPassword(hash, given);
  }
}
