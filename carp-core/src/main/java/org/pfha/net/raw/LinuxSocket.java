package org.pfha.net.raw;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.lang.System.Logger.Level;
import java.net.InetAddress;
import org.pfha.net.sys.ReceivedMessage;
import org.pfha.net.sys.SystemCallException;

/**
 * A socket that receives on one interface. It lets nothing in before it is bound to it.
 *
 * <p>An IPv6 socket receives no header. The kernel tells source, destination, hop limit and traffic
 * class beside the payload, of which the header is made again.
 */
final class LinuxSocket implements Poller.Source {

  /** What begins a received datagram. */
  enum Sort {
    /** The IPv4 header. */
    IPV4,
    /** The payload behind the IPv6 header. */
    IPV6,
    /** The Ethernet header. */
    FRAME
  }

  static final int IPV6_HEADER = 40;

  private static final System.Logger LOG = System.getLogger(RawTransport.class.getName());

  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int AF_PACKET = 17;
  private static final int RAW_CLOEXEC_NONBLOCK = 3 | 0x8_0000 | 0x800;

  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVBUF = 8;
  private static final int SO_RCVBUFFORCE = 33;
  private static final int SO_BINDTODEVICE = 25;
  private static final int SO_ATTACH_FILTER = 26;
  private static final int SO_TIMESTAMP = 29;
  private static final int FILTER_POINTER_OFFSET = 8;

  private static final int SOL_IP = 0;
  private static final int IP_ADD_MEMBERSHIP = 35;
  private static final int IP_DROP_MEMBERSHIP = 36;
  private static final int IP_MULTICAST_ALL = 49;

  private static final int SOL_IPV6 = 41;
  private static final int IPV6_ADD_MEMBERSHIP = 20;
  private static final int IPV6_DROP_MEMBERSHIP = 21;
  private static final int IPV6_MULTICAST_ALL = 29;
  private static final int IPV6_RECVPKTINFO = 49;
  private static final int IPV6_PKTINFO = 50;
  private static final int IPV6_RECVHOPLIMIT = 51;
  private static final int IPV6_HOPLIMIT = 52;
  private static final int IPV6_RECVTCLASS = 66;
  private static final int IPV6_TCLASS = 67;

  private static final int PACKET_TYPE_OFFSET = 10;
  private static final int PACKET_OUTGOING = 4;

  /** Timers have their turn, too: what else there is, is for the next time. */
  private static final int MOST_AT_A_TIME = 256;

  private final LinuxHost host;
  private final Interface there;
  private final int protocol;
  private final Sort sort;
  private final int fd;
  private long emptyAtNanos;
  private boolean open = true;

  private LinuxSocket(LinuxHost host, Interface there, int protocol, Sort sort, int fd) {
    this.host = host;
    this.there = there;
    this.protocol = protocol;
    this.sort = sort;
    this.fd = fd;
    this.emptyAtNanos = host.clock.loop().nanoTime();
  }

  /** Opens a raw socket. */
  static LinuxSocket raw(LinuxHost host, Interface there, int protocol, boolean ipv6)
      throws SystemCallException {
    int fd = host.calls.socket(ipv6 ? AF_INET6 : AF_INET, RAW_CLOEXEC_NONBLOCK, protocol);
    LinuxSocket socket = new LinuxSocket(host, there, protocol, ipv6 ? Sort.IPV6 : Sort.IPV4, fd);
    try {
      socket.attach(SocketFilter.nothing());
      host.calls.setSocketOption(fd, SOL_SOCKET, SO_BINDTODEVICE, name(there));
      if (ipv6) {
        socket.set(SOL_IPV6, IPV6_RECVPKTINFO, 1);
        socket.set(SOL_IPV6, IPV6_RECVHOPLIMIT, 1);
        socket.set(SOL_IPV6, IPV6_RECVTCLASS, 1);
        socket.hearOnlyOwnGroups();
      } else {
        socket.set(SOL_IP, IP_MULTICAST_ALL, 0);
      }
      socket.begin(SocketFilter.everything());
      return socket;
    } catch (SystemCallException e) {
      socket.close();
      throw e;
    }
  }

  /** Opens a packet socket that sees who claims addresses. */
  static LinuxSocket neighbours(LinuxHost host, Interface there, int etherType)
      throws SystemCallException {
    int fd = host.calls.socket(AF_PACKET, RAW_CLOEXEC_NONBLOCK, 0);
    LinuxSocket socket = new LinuxSocket(host, there, etherType, Sort.FRAME, fd);
    try {
      socket.attach(SocketFilter.neighbours());
      host.calls.bind(fd, SocketAddresses.packet(etherType, there.index()));
      socket.begin(SocketFilter.neighbours());
      return socket;
    } catch (SystemCallException e) {
      socket.close();
      throw e;
    }
  }

  private void begin(SocketFilter filter) throws SystemCallException {
    set(SOL_SOCKET, SO_TIMESTAMP, 1);
    try {
      set(SOL_SOCKET, SO_RCVBUFFORCE, host.receiveBuffer);
    } catch (SystemCallException e) {
      set(SOL_SOCKET, SO_RCVBUF, host.receiveBuffer); // as far as net.core.rmem_max allows
    }
    attach(filter);
    host.poller.add(this);
  }

  private void attach(SocketFilter filter) throws SystemCallException {
    host.calls.setSocketOption(
        fd,
        SOL_SOCKET,
        SO_ATTACH_FILTER,
        SocketAddresses.filterProgram(filter.length()),
        FILTER_POINTER_OFFSET,
        filter.toBytes());
  }

  private void hearOnlyOwnGroups() {
    try {
      set(SOL_IPV6, IPV6_MULTICAST_ALL, 0);
    } catch (SystemCallException e) {
      LOG.log(Level.DEBUG, "a kernel before 4.20 gives each socket the groups of all", e);
    }
  }

  private void set(int level, int option, int value) throws SystemCallException {
    host.calls.setSocketOption(fd, level, option, SocketAddresses.number(value));
  }

  static byte[] name(Interface there) {
    return (there.link().name() + '\0').getBytes(US_ASCII);
  }

  boolean hears(InetAddress group) {
    return sort == (group.getAddress().length == 4 ? Sort.IPV4 : Sort.IPV6);
  }

  void join(InetAddress group) throws SystemCallException {
    host.calls.setSocketOption(
        fd,
        sort == Sort.IPV4 ? SOL_IP : SOL_IPV6,
        sort == Sort.IPV4 ? IP_ADD_MEMBERSHIP : IPV6_ADD_MEMBERSHIP,
        SocketAddresses.membership(group, there.index()));
  }

  void leave(InetAddress group) throws SystemCallException {
    host.calls.setSocketOption(
        fd,
        sort == Sort.IPV4 ? SOL_IP : SOL_IPV6,
        sort == Sort.IPV4 ? IP_DROP_MEMBERSHIP : IPV6_DROP_MEMBERSHIP,
        SocketAddresses.membership(group, there.index()));
  }

  @Override
  public int fd() {
    return fd;
  }

  @Override
  public void readable() {
    long wallAhead = host.clock.wallAhead();
    try {
      for (int i = 0; i < MOST_AT_A_TIME && open; i++) {
        if (!host.calls.receive(fd, host.message)) {
          emptyAtNanos = host.clock.loop().nanoTime();
          return;
        }
        received(host.message, wallAhead);
      }
    } catch (SystemCallException e) {
      // an interface went down or away, which the kernel says on its own
      LOG.log(Level.DEBUG, "cannot receive on " + there.link().name(), e);
    }
  }

  private void received(ReceivedMessage message, long wallAhead) {
    if (message.isTruncated()) {
      host.arrivals.truncated();
      return;
    }
    long at = arrival(message, wallAhead);
    String link = there.link().name();
    byte[] bytes = host.bytes;
    switch (sort) {
      case IPV4 -> {
        message.copyTo(bytes, 0);
        host.arrivals.packet(bytes, message.length(), link, at);
      }
      case IPV6 -> {
        message.copyTo(bytes, IPV6_HEADER);
        header(message, bytes);
        host.arrivals.packet(bytes, IPV6_HEADER + message.length(), link, at);
      }
      case FRAME -> {
        if (message.sourceByte(PACKET_TYPE_OFFSET) != PACKET_OUTGOING) {
          message.copyTo(bytes, 0);
          host.arrivals.frame(bytes, message.length(), link, at);
        }
      }
    }
  }

  private long arrival(ReceivedMessage message, long wallAhead) {
    int at = message.control(SOL_SOCKET, SO_TIMESTAMP, 16);
    if (at < 0) {
      return host.clock.loop().nanoTime();
    }
    long stamp = message.controlLong(at) * 1_000_000_000L + message.controlLong(at + 8) * 1_000L;
    return host.clock.arrival(stamp, wallAhead, emptyAtNanos);
  }

  /** What the kernel does not say is zero, which no protocol here believes. */
  private void header(ReceivedMessage message, byte[] bytes) {
    int hopLimit = number(message, IPV6_HOPLIMIT);
    int trafficClass = number(message, IPV6_TCLASS);
    bytes[0] = (byte) (0x60 | trafficClass >> 4);
    bytes[1] = (byte) (trafficClass << 4);
    bytes[2] = 0;
    bytes[3] = 0;
    bytes[4] = (byte) (message.length() >> 8);
    bytes[5] = (byte) message.length();
    bytes[6] = (byte) protocol;
    bytes[7] = (byte) hopLimit;
    message.copySource(SocketAddresses.IN6_ADDRESS_OFFSET, bytes, 8, 16);
    int destination = message.control(SOL_IPV6, IPV6_PKTINFO, 16);
    if (destination >= 0) {
      message.copyControl(destination, bytes, 24, 16);
    }
  }

  private static int number(ReceivedMessage message, int type) {
    int at = message.control(SOL_IPV6, type, 4);
    return at < 0 ? 0 : message.controlInt(at) & 0xff;
  }

  void close() {
    open = false;
    host.poller.remove(this);
    try {
      host.calls.close(fd);
    } catch (SystemCallException e) {
      LOG.log(Level.DEBUG, "closing a socket", e);
    }
  }
}
