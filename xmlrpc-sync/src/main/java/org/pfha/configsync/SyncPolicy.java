package org.pfha.configsync;

import java.util.List;
import java.util.Map;
import org.pfha.configsync.config.ConfigNode.Fields;

/**
 * What a secondary lets itself be told, whatever a primary sends. Immutable. Source: spec sections
 * 18 and 22 (11 to 14).
 *
 * @param scope the areas and sections a call may carry; everything else refuses the whole call
 * @param kept elements that stay as they are on this node even if the primary sends them
 * @param behaviour with the product's flaws or without
 * @param administrators whether a primary may replace the administrator ({@code adminsync}); it
 *     must ask for it as well
 * @param handlers what the application installed for {@code exec_php}, {@code exec_shell} and
 *     {@code reboot}; without a handler the method does not exist
 */
public record SyncPolicy(
    SyncScope scope,
    List<ConfigPath> kept,
    Behaviour behaviour,
    boolean administrators,
    Map<String, RemoteCode> handlers) {

  /** Which of the product's flaws to keep. */
  public enum Behaviour {
    /** None. */
    SAFE,
    /** All that show in the stored file, the answers and the effects. */
    LIKE_THE_PRODUCT
  }

  /** What the application does when a primary asks it to run something. */
  @FunctionalInterface
  public interface RemoteCode {

    /**
     * Runs it.
     *
     * @param text what the primary sent, empty for {@code reboot}
     * @return the result of the call, as {@link org.pfha.configsync.rpc.XmlRpc} encodes it
     * @throws Exception when it failed; the primary sees a fault without the message
     */
    Object run(String text) throws Exception;
  }

  /** Copies. */
  public SyncPolicy {
    kept = List.copyOf(kept);
    handlers = Map.copyOf(handlers);
  }

  /**
   * Whether the product's flaws are wanted.
   *
   * @return true for {@link Behaviour#LIKE_THE_PRODUCT}
   */
  public boolean likeTheProduct() {
    return behaviour == Behaviour.LIKE_THE_PRODUCT;
  }

  /**
   * Puts back what a primary may not change.
   *
   * @param before the configuration until now
   * @param after the merged one
   * @return the merged one with all {@link #kept} and excluded elements as before
   */
  public Fields protect(Fields before, Fields after) {
    Fields result = after;
    for (ConfigPath path : kept) {
      result = path.keep(before, result);
    }
    for (ConfigPath path : scope.excluded()) {
      result = path.keep(before, result);
    }
    return result;
  }
}
