package org.pfha.pfsync;

/**
 * Where connections come from: a data plane that is asked for its news when there is room for them.
 *
 * <p>Called on the node's event loop, first when the node starts, then after each {@link
 * DataPlane#ready}. It gives at most what it is asked for, so that packets of peers get their turn;
 * what it has not given yet it keeps. When a node starts it gives everything it has, with {@link
 * StateFeed#insert} for its own connections and {@link StateFeed#observe} for those it took over.
 */
@FunctionalInterface
public interface StateSource {

  /**
   * Hands over news.
   *
   * @param feed takes them
   * @param most how many calls of the feed are welcome
   * @return whether there is more; it is then asked again as soon as the loop has done other work
   */
  boolean feed(StateFeed feed, int most);
}
