package org.pfha.examples.status;

import java.util.function.Supplier;

/**
 * Something that can be read. Immutable.
 *
 * @param type its content type
 * @param body makes it anew each time; on a thread of the server, several at a time
 */
public record Document(String type, Supplier<String> body) {

  static final String JSON = "application/json";
  private static final String TEXT = "text/plain; charset=utf-8";

  /**
   * JSON.
   *
   * @param body makes it
   * @return a document
   */
  public static Document json(Supplier<String> body) {
    return new Document(JSON, body);
  }

  /**
   * What Prometheus reads.
   *
   * @param body makes it
   * @return a document
   */
  public static Document metrics(Supplier<String> body) {
    return new Document(Metrics.CONTENT_TYPE, body);
  }

  /**
   * Plain text.
   *
   * @param body makes it
   * @return a document
   */
  public static Document text(Supplier<String> body) {
    return new Document(TEXT, body);
  }
}
