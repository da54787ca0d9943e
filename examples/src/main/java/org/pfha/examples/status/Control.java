package org.pfha.examples.status;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.pfha.carp.json.JsonObject;

/**
 * Something that can be done to what the page shows: a request for programs, a button for people.
 * Immutable.
 *
 * @param method such as {@code POST}
 * @param path such as {@code /maintenance}
 * @param node the node it is done to, or empty for all
 * @param label of the button
 * @param question asked before it is done, or empty
 * @param argument what the body of the request is, such as {@code Reason}, or empty for none
 * @param action does it
 * @param offered whether it makes sense now; a request that does not is tried all the same
 */
public record Control(
    String method,
    String path,
    String node,
    String label,
    String question,
    String argument,
    Action action,
    BooleanSupplier offered) {

  /** Does something. */
  @FunctionalInterface
  public interface Action {

    /**
     * Does it.
     *
     * @param argument one line, perhaps empty
     * @throws IOException if it could not be done
     * @throws IllegalStateException if it makes no sense now
     */
    void perform(String argument) throws IOException;
  }

  JsonObject json() {
    return new JsonObject()
        .field("method", method)
        .field("path", path)
        .field("node", node)
        .field("label", label)
        .field("question", question)
        .field("argument", argument);
  }
}
