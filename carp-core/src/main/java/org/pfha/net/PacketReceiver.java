package org.pfha.net;

/** Takes the packets that a transport delivers, on the transport's event loop. */
@FunctionalInterface
public interface PacketReceiver {

  /**
   * A packet has arrived.
   *
   * @param packet a view that is valid during this call only; copy what is to be kept
   */
  void received(IpPacket packet);
}
