package org.pfha.net.raw;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;

/**
 * FreeBSD: BPF to receive and to send frames, also where the kernel's carp or pfsync has taken the
 * protocol from raw sockets; raw sockets to send to single hosts; the routing socket. Compiled for
 * FreeBSD and tested by replay only.
 */
final class FreebsdHost implements RawHost {

  private static final int EPROTONOSUPPORT = 43;
  private static final int EADDRINUSE = 48;

  final SystemCalls calls;
  final Poller poller;
  final Arrivals arrivals;
  final ArrivalClock clock;
  final int receiveBuffer;
  final byte[] bytes = new byte[Frame.HEADER + 0xffff];
  private @Nullable FreebsdInterfaces interfaces;

  FreebsdHost(
      SystemCalls calls, Poller poller, Arrivals arrivals, ArrivalClock clock, int receiveBuffer) {
    this.calls = calls;
    this.poller = poller;
    this.arrivals = arrivals;
    this.clock = clock;
    this.receiveBuffer = receiveBuffer;
  }

  @Override
  public InterfaceWatch watch() throws SystemCallException {
    FreebsdInterfaces opened = FreebsdInterfaces.open(calls);
    interfaces = opened;
    return opened;
  }

  /** Whether an address in a packet is one of an interface's. */
  boolean isAddress(int index, byte[] packet, int from, int to) {
    return interfaces != null && interfaces.has(index, packet, from, to);
  }

  @Override
  public Port open(Interface there, Set<Integer> protocols, boolean neighbours)
      throws RawException {
    FreebsdPort port = new FreebsdPort(this, there, protocols);
    try {
      port.open(neighbours);
      return port;
    } catch (SystemCallException e) {
      port.close();
      throw RawException.of(
          "opening BPF for protocols %s on %s".formatted(protocols, there.link().name()),
          e,
          EPROTONOSUPPORT,
          EADDRINUSE);
    }
  }

  @Override
  public void close() {
    // its ports share nothing that must be given back
  }
}
