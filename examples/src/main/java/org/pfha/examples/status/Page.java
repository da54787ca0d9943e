package org.pfha.examples.status;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The page for people: one HTML document that loads nothing and in which nothing runs but its own
 * script, known to the browser by its hash. Immutable.
 *
 * @param html the document
 * @param policy its Content-Security-Policy
 */
record Page(String html, String policy) {

  static Page load() throws IOException {
    String style = resource("page.css");
    String script = resource("page.js");
    String html = resource("page.html").replace("/*style*/", style).replace("/*script*/", script);
    String policy =
        String.join(
            "; ",
            "default-src 'none'",
            "style-src " + hash(style),
            "script-src " + hash(script),
            "connect-src 'self'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'");
    return new Page(html, policy);
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("the page's file " + name + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every JRE has SHA-256", impossible);
    }
  }
}
