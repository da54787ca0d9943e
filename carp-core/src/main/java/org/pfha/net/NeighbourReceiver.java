package org.pfha.net;

/** Takes what others on a link say about where addresses answer, on the transport's event loop. */
@FunctionalInterface
public interface NeighbourReceiver {

  /**
   * Somebody else claims an address.
   *
   * @param claim a checked view that is valid during this call only; copy what is to be kept
   */
  void claimed(NeighbourView claim);
}
