package org.pfha.net.raw;

import java.net.InetAddress;
import java.util.Set;
import org.pfha.net.sys.SystemCallException;

/** What the systems do differently. */
interface RawHost {

  /** Finds the interfaces and begins to listen for changes. */
  InterfaceWatch watch() throws SystemCallException;

  /**
   * Opens what is needed to speak on an interface.
   *
   * @param there the interface
   * @param protocols IP protocol numbers to receive
   * @param neighbours whether to see who claims addresses
   * @throws RawException naming what was refused
   */
  Port open(Interface there, Set<Integer> protocols, boolean neighbours) throws RawException;

  /** Gives back what its ports share, behind the loop's end. */
  void close();

  /** The sockets of one interface. Sending is guarded by the transport's lock. */
  interface Port {

    /** Begins to receive a group's packets; once for each group. */
    void join(InetAddress group) throws SystemCallException;

    void leave(InetAddress group) throws SystemCallException;

    /** Begins to see who claims addresses; may be called again. */
    void observeNeighbours() throws RawException;

    /** Sends a whole Ethernet frame. */
    void sendFrame(byte[] frame) throws SystemCallException;

    /** Sends a whole IP packet to a destination that the kernel finds the way to. */
    void sendPacket(byte[] packet, InetAddress destination) throws SystemCallException;

    /** Closes the sockets, on the loop or behind its end. */
    void close();
  }
}
