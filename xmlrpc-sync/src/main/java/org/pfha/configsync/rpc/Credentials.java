package org.pfha.configsync.rpc;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A user and a secret, as HTTP Basic carries them (UTF-8). Immutable; never printed. */
public final class Credentials {
  private final String user;
  private final byte[] header;

  /**
   * Takes a copy of the secret.
   *
   * @param user without {@code :}
   * @param secret the caller may clear it afterwards
   */
  public Credentials(String user, char[] secret) {
    if (user.isEmpty() || user.indexOf(':') >= 0) {
      throw new IllegalArgumentException("a user name must not be empty or contain ':'");
    }
    this.user = user;
    ByteBuffer chars = StandardCharsets.UTF_8.encode(CharBuffer.wrap(secret));
    byte[] name = (user + ":").getBytes(StandardCharsets.UTF_8);
    byte[] both = Arrays.copyOf(name, name.length + chars.remaining());
    chars.get(both, name.length, chars.remaining());
    this.header =
        ("Basic " + Base64.getEncoder().encodeToString(both)).getBytes(StandardCharsets.US_ASCII);
    Arrays.fill(both, (byte) 0);
  }

  /**
   * The user.
   *
   * @return the name
   */
  public String user() {
    return user;
  }

  String header() {
    return new String(header, StandardCharsets.US_ASCII);
  }

  /** Takes as long for a wrong user as for a wrong secret. */
  boolean matches(@Nullable String authorization) {
    byte[] given = (authorization == null ? "" : authorization).getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(sha256(header), sha256(given));
  }

  private static byte[] sha256(byte[] bytes) {
    return Fingerprints.sha256(bytes);
  }

  @Override
  public String toString() {
    return "Credentials[" + user + "]";
  }
}
