package org.pfha.configsync.rpc;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The head of a request, judged before a byte of its body is read. Immutable. Source: spec section
 * 22, attacks 6, 7 and 28.
 *
 * @param method as sent
 * @param target as sent
 * @param headers by name in the JDK's spelling: first letter upper case
 */
public record RequestHead(String method, URI target, Map<String, List<String>> headers) {
  static final String PATH = "/xmlrpc.php";
  private static final Set<String> KNOWN_METHODS =
      Set.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT");
  private static final Set<String> AT_MOST_ONCE =
      Set.of(
          "Authorization",
          "Content-length",
          "Content-encoding",
          "Content-type",
          "Expect",
          "Host",
          "Transfer-encoding");

  /** What to do with the request. */
  public enum Verdict {
    /** Read its body. */
    ACCEPTED(200),
    /** Two readers could see two different requests. */
    AMBIGUOUS(400),
    /** Another path. */
    NOT_FOUND(404),
    /** Another method than POST. */
    NOT_ALLOWED(405),
    /** The announced body exceeds the limit. */
    TOO_LONG(413),
    /** The body is compressed. */
    ENCODED(415),
    /** An expectation nobody can meet. */
    EXPECTATION(417),
    /** No HTTP method at all. */
    UNKNOWN_METHOD(501);

    final int status;

    Verdict(int status) {
      this.status = status;
    }

    /**
     * The HTTP status that says so.
     *
     * @return 200, or 400 and above
     */
    public int status() {
      return status;
    }
  }

  private String only(String name) {
    List<String> values = headers.getOrDefault(name, List.of());
    return values.isEmpty() || values.get(0) == null ? "" : values.get(0).trim();
  }

  private boolean ambiguous() {
    for (String name : AT_MOST_ONCE) {
      if (headers.getOrDefault(name, List.of()).size() > 1) {
        return true;
      }
    }
    return target.isAbsolute()
        || (headers.containsKey("Content-length") && headers.containsKey("Transfer-encoding"))
        || !only("Content-length").matches("\\d{0,18}")
        || (headers.containsKey("Content-length") && only("Content-length").isEmpty());
  }

  /**
   * Judges.
   *
   * @param maxBody longest announced body in bytes
   * @return whether to go on
   */
  public Verdict check(long maxBody) {
    if (ambiguous()) {
      return Verdict.AMBIGUOUS;
    }
    if (!method.equals("POST")) {
      return KNOWN_METHODS.contains(method) ? Verdict.NOT_ALLOWED : Verdict.UNKNOWN_METHOD;
    }
    if (!target.toString().equals(PATH)) {
      return Verdict.NOT_FOUND;
    }
    String encoding = only("Content-encoding");
    if (!encoding.isEmpty() && !encoding.equalsIgnoreCase("identity")) {
      return Verdict.ENCODED;
    }
    String expect = only("Expect");
    if (!expect.isEmpty() && !expect.equalsIgnoreCase("100-continue")) {
      return Verdict.EXPECTATION;
    }
    String length = only("Content-length");
    return !length.isEmpty() && Long.parseLong(length) > maxBody
        ? Verdict.TOO_LONG
        : Verdict.ACCEPTED;
  }
}
