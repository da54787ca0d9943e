package org.pfha.net.raw;

import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.pfha.net.sys.NativeMemory;
import org.pfha.net.sys.SystemCallException;

/** The sockets of one interface of a Linux host: two for each protocol, and those to send with. */
final class LinuxPort implements RawHost.Port {

  private static final System.Logger LOG = System.getLogger(RawTransport.class.getName());

  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int AF_PACKET = 17;
  private static final int RAW_CLOEXEC_NONBLOCK = 3 | 0x8_0000 | 0x800;
  private static final int HEADER_INCLUDED = 255; // IPPROTO_RAW, which receives nothing

  private static final int SOL_SOCKET = 1;
  private static final int SO_SNDBUF = 7;
  private static final int SO_BINDTODEVICE = 25;
  private static final int SO_SNDBUFFORCE = 32;
  private static final int SOL_IP = 0;
  private static final int IP_MULTICAST_LOOP = 34;
  private static final int SOL_IPV6 = 41;
  private static final int IPV6_MULTICAST_LOOP = 19;

  private static final int ETHERNET_HEADER = 14;
  private static final int ARP = 0x0806;
  private static final int IPV6 = 0x86dd;
  private static final int EPROTONOSUPPORT = 93;
  private static final int EAFNOSUPPORT = 97;
  private static final int EADDRINUSE = 98;
  private static final int NONE = -1;

  /** What a slow link takes in half a second of 100 Mbit/s, as the kernel counts small frames. */
  private static final int SEND_BUFFER = 4 << 20;

  private final LinuxHost host;
  private final Interface there;
  private final List<LinuxSocket> receiving = new ArrayList<>();
  private final NativeMemory outgoing;
  private final ByteBuffer frameAddress;
  private int frames = NONE; // which receives nothing
  private final int[] packets = {NONE, NONE}; // IPv4 and IPv6
  private boolean observing;

  LinuxPort(LinuxHost host, Interface there) {
    this.host = host;
    this.there = there;
    this.outgoing = host.calls.allocate(ETHERNET_HEADER + 0xffff);
    this.frameAddress = SocketAddresses.packet(SocketAddresses.direct(20), 0, there.index());
  }

  /** Opens what it sends with, and what it receives with for each protocol. */
  void open(Set<Integer> protocols) throws RawException {
    try {
      frames = host.calls.socket(AF_PACKET, RAW_CLOEXEC_NONBLOCK, 0);
      makeRoom(frames);
      openFamily(false, protocols);
    } catch (SystemCallException e) {
      throw refused("raw sockets for protocols " + protocols, e);
    }
    try {
      openFamily(true, protocols);
    } catch (SystemCallException e) {
      if (e.errno() != EAFNOSUPPORT) {
        throw refused("raw IPv6 sockets for protocols " + protocols, e);
      }
      LOG.log(Level.DEBUG, "this kernel has no IPv6", e);
    }
  }

  private void openFamily(boolean ipv6, Set<Integer> protocols) throws SystemCallException {
    packets[ipv6 ? 1 : 0] = openToSend(ipv6);
    for (int protocol : protocols) {
      receiving.add(LinuxSocket.raw(host, there, protocol, ipv6));
    }
  }

  private RawException refused(String what, SystemCallException e) {
    return RawException.of(
        "opening %s on %s".formatted(what, there.link().name()), e, EPROTONOSUPPORT, EADDRINUSE);
  }

  @Override
  public void join(InetAddress group) throws SystemCallException {
    List<LinuxSocket> joined = new ArrayList<>();
    try {
      for (LinuxSocket socket : receiving) {
        if (socket.hears(group)) {
          socket.join(group);
          joined.add(socket);
        }
      }
    } catch (SystemCallException e) {
      for (LinuxSocket socket : joined) {
        socket.leave(group);
      }
      throw e;
    }
  }

  @Override
  public void leave(InetAddress group) throws SystemCallException {
    for (LinuxSocket socket : receiving) {
      if (socket.hears(group)) {
        socket.leave(group);
      }
    }
  }

  @Override
  public void observeNeighbours() throws RawException {
    if (observing || !there.ethernet()) {
      return;
    }
    observing = true;
    try {
      receiving.add(LinuxSocket.neighbours(host, there, ARP));
      receiving.add(LinuxSocket.neighbours(host, there, IPV6));
    } catch (SystemCallException e) {
      throw refused("packet sockets", e);
    }
  }

  @Override
  public void sendFrame(byte[] frame) throws SystemCallException {
    outgoing.buffer().put(0, frame);
    frameAddress.put(2, frame[12]).put(3, frame[13]);
    host.calls.sendTo(frames, outgoing.buffer(), frame.length, frameAddress);
  }

  @Override
  public void sendPacket(byte[] packet, InetAddress destination) throws SystemCallException {
    int family = destination.getAddress().length == 4 ? 0 : 1;
    outgoing.buffer().put(0, packet);
    host.calls.sendTo(
        packets[family],
        outgoing.buffer(),
        packet.length,
        SocketAddresses.destination(destination, there.index()));
  }

  private int openToSend(boolean ipv6) throws SystemCallException {
    int fd = host.calls.socket(ipv6 ? AF_INET6 : AF_INET, RAW_CLOEXEC_NONBLOCK, HEADER_INCLUDED);
    try {
      makeRoom(fd);
      host.calls.setSocketOption(fd, SOL_SOCKET, SO_BINDTODEVICE, LinuxSocket.name(there));
      host.calls.setSocketOption(
          fd,
          ipv6 ? SOL_IPV6 : SOL_IP,
          ipv6 ? IPV6_MULTICAST_LOOP : IP_MULTICAST_LOOP,
          SocketAddresses.number(0));
      return fd;
    } catch (SystemCallException e) {
      host.calls.close(fd);
      throw e;
    }
  }

  /** A burst waits for a slow link in the socket; what finds no room there is lost. */
  private void makeRoom(int fd) throws SystemCallException {
    byte[] size = SocketAddresses.number(SEND_BUFFER);
    try {
      host.calls.setSocketOption(fd, SOL_SOCKET, SO_SNDBUFFORCE, size);
    } catch (SystemCallException e) {
      host.calls.setSocketOption(fd, SOL_SOCKET, SO_SNDBUF, size); // as far as wmem_max allows
    }
  }

  @Override
  public void close() {
    receiving.forEach(LinuxSocket::close);
    receiving.clear();
    outgoing.close();
    for (int fd : new int[] {frames, packets[0], packets[1]}) {
      if (fd != NONE) {
        try {
          host.calls.close(fd);
        } catch (SystemCallException e) {
          LOG.log(Level.DEBUG, "closing a socket", e);
        }
      }
    }
    frames = NONE;
    packets[0] = NONE;
    packets[1] = NONE;
  }
}
