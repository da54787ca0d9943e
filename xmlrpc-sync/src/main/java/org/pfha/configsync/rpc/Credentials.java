package org.pfha.configsync.rpc;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A user and a secret, as HTTP Basic carries them (UTF-8). Immutable; never printed. */
public final class Credentials {
  private static final String SCHEME = "Basic ";
  private static final int MAX_HEADER = 4096;

  private final String user;
  private final byte[] secret;

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
    this.secret = utf8(secret);
  }

  /** The bytes of a secret, with no other copy left behind. */
  static byte[] utf8(char[] secret) {
    ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(secret));
    byte[] bytes = new byte[encoded.remaining()];
    encoded.get(bytes);
    encoded.clear();
    encoded.put(new byte[encoded.remaining()]);
    return bytes;
  }

  /**
   * Reads an {@code Authorization} header. Source: RFC 7617.
   *
   * @return null when it is no Basic header in UTF-8
   */
  static @Nullable Credentials fromHeader(@Nullable String header) {
    if (header == null
        || header.length() > MAX_HEADER
        || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return null;
    }
    try {
      byte[] both = Base64.getDecoder().decode(header.substring(SCHEME.length()).trim());
      char[] text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(both))
              .toString()
              .toCharArray();
      Arrays.fill(both, (byte) 0);
      int colon = 0;
      while (colon < text.length && text[colon] != ':') {
        colon++;
      }
      if (colon == 0 || colon == text.length) {
        return null;
      }
      char[] secret = Arrays.copyOfRange(text, colon + 1, text.length);
      return new Credentials(new String(text, 0, colon), secret);
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return null;
    }
  }

  /**
   * The user.
   *
   * @return the name
   */
  public String user() {
    return user;
  }

  /** A copy of the secret in UTF-8, for a {@link PasswordCheck}; to be cleared by the caller. */
  byte[] secret() {
    return secret.clone();
  }

  String header() {
    byte[] name = (user + ":").getBytes(StandardCharsets.UTF_8);
    byte[] both = Arrays.copyOf(name, name.length + secret.length);
    System.arraycopy(secret, 0, both, name.length, secret.length);
    String header = SCHEME + Base64.getEncoder().encodeToString(both);
    Arrays.fill(both, (byte) 0);
    return header;
  }

  /** The user only. */
  @Override
  public String toString() {
    return "Credentials[" + OneLine.of(user, 64) + "]";
  }
}
