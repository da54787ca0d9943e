package org.pfha.net;

/**
 * Hears of changes to a link: carrier up or down, addresses added or removed. Called on the loop.
 */
@FunctionalInterface
public interface LinkListener {

  /**
   * A link has changed. Called on the transport's event loop.
   *
   * @param link the link as it is now
   */
  void changed(Link link);
}
