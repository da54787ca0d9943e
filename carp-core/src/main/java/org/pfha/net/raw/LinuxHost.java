package org.pfha.net.raw;

import java.util.Set;
import org.pfha.net.sys.ReceivedMessage;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;

/** Linux: raw sockets to receive, packet sockets to send frames, route netlink. */
final class LinuxHost implements RawHost {

  private static final int LONGEST_PACKET = 0xffff;

  final SystemCalls calls;
  final Poller poller;
  final Arrivals arrivals;
  final ArrivalClock clock;
  final int receiveBuffer;
  final ReceivedMessage message; // of the loop
  final byte[] bytes = new byte[LONGEST_PACKET + LinuxSocket.IPV6_HEADER];

  LinuxHost(
      SystemCalls calls, Poller poller, Arrivals arrivals, ArrivalClock clock, int receiveBuffer) {
    this.calls = calls;
    this.poller = poller;
    this.arrivals = arrivals;
    this.clock = clock;
    this.receiveBuffer = receiveBuffer;
    this.message = new ReceivedMessage(calls, LONGEST_PACKET);
  }

  @Override
  public InterfaceWatch watch() throws SystemCallException {
    return LinuxInterfaces.open(calls);
  }

  @Override
  public Port open(Interface there, Set<Integer> protocols, boolean neighbours)
      throws RawException {
    LinuxPort port = new LinuxPort(this, there);
    try {
      port.open(protocols);
      if (neighbours) {
        port.observeNeighbours();
      }
    } catch (RawException e) {
      port.close();
      throw e;
    }
    return port;
  }

  @Override
  public void close() {
    message.close();
  }
}
