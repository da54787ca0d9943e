package org.pfha.net.raw;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.lang.System.Logger.Level;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.pfha.net.sys.BpfRecord;
import org.pfha.net.sys.BsdSocketAddress;
import org.pfha.net.sys.NativeMemory;
import org.pfha.net.sys.SystemCallException;

/**
 * One interface of a FreeBSD host (spec pf-ioctl 11.1 and 11.3). Compiled for FreeBSD and tested by
 * replay only.
 *
 * <pre>
 *   bpf_hdr  0 seconds 8  8 microseconds 8  16 captured 4  20 length 4  24 header length 2
 * </pre>
 */
final class FreebsdPort implements RawHost.Port, Poller.Source {

  private static final System.Logger LOG = System.getLogger(RawTransport.class.getName());

  private static final int READ_WRITE_NONBLOCK_CLOEXEC = 2 | 4 | 0x10_0000;
  private static final long BIOCSBLEN = 0xc004_4266L;
  private static final long BIOCSETIF = 0x8020_426cL;
  private static final long BIOCIMMEDIATE = 0x8004_4270L;
  private static final long BIOCSHDRCMPLT = 0x8004_4275L;
  private static final long BIOCSDIRECTION = 0x8004_4277L;
  private static final long BIOCSETF = 0x8010_4267L;
  private static final long BIOCSETFNR = 0x8010_4282L;
  private static final int INCOMING = 0;
  private static final int MOST_BUFFER = 512 << 10;
  private static final int IFREQ = 32;
  private static final int PROGRAM = 16;
  private static final int PROGRAM_POINTER = 8;

  private static final int DATAGRAM_CLOEXEC = 2 | 0x1000_0000;
  private static final int RAW_CLOEXEC_NONBLOCK = 3 | 0x1000_0000 | 0x2000_0000;
  private static final int HEADER_INCLUDED = 255;
  private static final int SOL_SOCKET = 0xffff;
  private static final int SO_RCVBUF = 0x1002;
  private static final int IPPROTO_IP = 0;
  private static final int IP_HDRINCL = 2;
  private static final int IP_ADD_MEMBERSHIP = 12;
  private static final int IP_DROP_MEMBERSHIP = 13;
  private static final int IPPROTO_IPV6 = 41;
  private static final int IPV6_UNICAST_HOPS = 4;
  private static final int IPV6_JOIN_GROUP = 12;
  private static final int IPV6_LEAVE_GROUP = 13;
  private static final int IPV6_PKTINFO = 46;
  private static final int IPV6_TCLASS = 61;

  /** Timers have their turn, too: what else there is, is for the next time. */
  private static final int MOST_AT_A_TIME = 4;

  private static final int IPV6_HEADER = 40;
  private static final int ICMPV6 = 58;

  /** The next header's number, from the beginning of the frame. */
  private static final int PROTOCOL_OF_IPV6 = Frame.HEADER + 6;

  private static final int NONE = -1;

  private final FreebsdHost host;
  private final Interface there;
  private final Set<Integer> protocols;
  private final NativeMemory outgoing;
  private final List<byte[]> groups = new CopyOnWriteArrayList<>();
  private final Map<Integer, Integer> ipv6Sockets = new HashMap<>(); // by protocol
  private @Nullable NativeMemory incoming;
  private int bpf = NONE;
  private int joins = NONE;
  private int joins6 = NONE;
  private int ipv4Socket = NONE;
  private boolean observing;
  private long emptyAtNanos;

  FreebsdPort(FreebsdHost host, Interface there, Set<Integer> protocols) {
    this.host = host;
    this.there = there;
    this.protocols = protocols;
    this.outgoing = host.calls.allocate(Frame.HEADER + 0xffff);
    this.emptyAtNanos = host.clock.loop().nanoTime();
  }

  void open(boolean neighbours) throws SystemCallException {
    observing = neighbours;
    bpf = host.calls.open("/dev/bpf", READ_WRITE_NONBLOCK_CLOEXEC);
    ByteBuffer length = number(Math.min(host.receiveBuffer, MOST_BUFFER));
    control(BIOCSBLEN, length); // says what it has made of it
    incoming = host.calls.allocate(length.getInt(0));
    control(BIOCSETIF, ByteBuffer.allocate(IFREQ).put(0, there.link().name().getBytes(US_ASCII)));
    control(BIOCIMMEDIATE, number(1));
    control(BIOCSHDRCMPLT, number(1));
    control(BIOCSDIRECTION, number(INCOMING));
    filter(BIOCSETF); // drops what has come before it
    joins = host.calls.socket(BsdSocketAddress.AF_INET, DATAGRAM_CLOEXEC, 0);
    joins6 = host.calls.socket(BsdSocketAddress.AF_INET6, DATAGRAM_CLOEXEC, 0);
    ipv4Socket = host.calls.socket(BsdSocketAddress.AF_INET, RAW_CLOEXEC_NONBLOCK, HEADER_INCLUDED);
    set(ipv4Socket, IPPROTO_IP, IP_HDRINCL, 1);
    for (int protocol : protocols) {
      int fd = host.calls.socket(BsdSocketAddress.AF_INET6, RAW_CLOEXEC_NONBLOCK, protocol);
      ipv6Sockets.put(protocol, fd);
      set(fd, SOL_SOCKET, SO_RCVBUF, 1); // it is there to send
    }
    host.poller.add(this);
  }

  private void control(long request, ByteBuffer argument) throws SystemCallException {
    int result = host.calls.ioctl(bpf, request, argument);
    assert result >= 0 : "what fails throws";
  }

  private static ByteBuffer number(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(0, value);
  }

  private void set(int fd, int level, int option, int value) throws SystemCallException {
    host.calls.setSocketOption(fd, level, option, number(value).array());
  }

  private void filter(long request) throws SystemCallException {
    SocketFilter filter = SocketFilter.frames(protocols, observing);
    ByteBuffer program =
        ByteBuffer.allocate(PROGRAM).order(ByteOrder.nativeOrder()).putInt(0, filter.length());
    int result = host.calls.ioctl(bpf, request, program, PROGRAM_POINTER, filter.toBytes());
    assert result >= 0 : "what fails throws";
  }

  @Override
  public void join(InetAddress group) throws SystemCallException {
    membership(group, IP_ADD_MEMBERSHIP, IPV6_JOIN_GROUP);
    groups.add(group.getAddress());
  }

  @Override
  public void leave(InetAddress group) throws SystemCallException {
    byte[] address = group.getAddress();
    groups.removeIf(each -> Arrays.equals(each, address));
    membership(group, IP_DROP_MEMBERSHIP, IPV6_LEAVE_GROUP);
  }

  private void membership(InetAddress group, int option, int option6) throws SystemCallException {
    byte[] value = SocketAddresses.membership(group, there.index()); // laid out as on Linux
    if (group instanceof Inet6Address) {
      host.calls.setSocketOption(joins6, IPPROTO_IPV6, option6, value);
    } else {
      host.calls.setSocketOption(joins, IPPROTO_IP, option, value);
    }
  }

  @Override
  public void observeNeighbours() throws RawException {
    if (!observing) {
      observing = true;
      try {
        filter(BIOCSETFNR);
      } catch (SystemCallException e) {
        throw RawException.of("filtering on " + there.link().name(), e);
      }
    }
  }

  @Override
  public int fd() {
    return bpf;
  }

  @Override
  public void readable() throws SystemCallException {
    NativeMemory memory = incoming;
    if (memory == null) {
      return; // closed
    }
    ByteBuffer in = memory.buffer().order(ByteOrder.nativeOrder());
    long wallAhead = host.clock.wallAhead();
    for (int i = 0; i < MOST_AT_A_TIME && bpf != NONE; i++) {
      int length = host.calls.read(bpf, in);
      if (length <= 0) {
        emptyAtNanos = host.clock.loop().nanoTime();
        return;
      }
      received(in, length, wallAhead);
    }
  }

  private void received(ByteBuffer in, int length, long wallAhead) {
    int at = 0;
    while (length - at >= BpfRecord.SIZE && bpf != NONE) {
      int captured = in.getInt(at + 16);
      int header = in.getShort(at + 24) & 0xffff;
      if (captured < 0 || header < BpfRecord.SIZE || captured > length - at - header) {
        return;
      }
      received(in, at, at + header, captured, wallAhead);
      at += header + captured + 7 & ~7;
    }
  }

  private void received(ByteBuffer in, int record, int frame, int captured, long wallAhead) {
    if (captured < in.getInt(record + 20) || captured > host.bytes.length) {
      host.arrivals.truncated();
      return;
    }
    if (captured <= Frame.HEADER) {
      return;
    }
    long stamp = in.getLong(record) * 1_000_000_000L + in.getLong(record + 8) * 1_000L;
    long at = host.clock.arrival(stamp, wallAhead, emptyAtNanos);
    byte[] bytes = host.bytes;
    String link = there.link().name();
    int etherType = (in.get(frame + 12) & 0xff) << 8 | (in.get(frame + 13) & 0xff);
    boolean ipv6 = etherType == Frame.IPV6;
    boolean neighbour =
        etherType == Frame.ARP
            || (ipv6 && captured > PROTOCOL_OF_IPV6 && in.get(frame + PROTOCOL_OF_IPV6) == ICMPV6);
    if (neighbour) {
      in.get(frame, bytes, 0, captured);
      host.arrivals.frame(bytes, captured, link, at);
      return;
    }
    int length = captured - Frame.HEADER;
    in.get(frame + Frame.HEADER, bytes, 0, length);
    if (isForUs(bytes, length, ipv6)) {
      host.arrivals.packet(bytes, length, link, at);
    }
  }

  /** BPF sees what others are sent too, and what is only passing through. */
  private boolean isForUs(byte[] packet, int length, boolean ipv6) {
    int from = ipv6 ? 24 : 16;
    int to = ipv6 ? 40 : 20;
    if (length < to) {
      return false;
    }
    for (byte[] group : groups) {
      if (Arrays.equals(packet, from, to, group, 0, group.length)) {
        return true;
      }
    }
    boolean toGroup = ipv6 ? packet[from] == -1 : (packet[from] & 0xf0) == 0xe0;
    return !toGroup && host.isAddress(there.index(), packet, from, to);
  }

  @Override
  public void sendFrame(byte[] frame) throws SystemCallException {
    outgoing.buffer().put(0, frame);
    host.calls.write(bpf, outgoing.buffer(), frame.length);
  }

  @Override
  public void sendPacket(byte[] packet, InetAddress destination) throws SystemCallException {
    if (destination instanceof Inet4Address inet) {
      outgoing.buffer().put(0, packet);
      byte[] address = new BsdSocketAddress.Inet(inet, 0).toBytes();
      host.calls.sendTo(ipv4Socket, outgoing.buffer(), packet.length, direct(address));
    } else if (destination instanceof Inet6Address inet) {
      sendIpv6(packet, inet);
    }
  }

  /** The kernel makes the header: it is told what of it matters. */
  private void sendIpv6(byte[] packet, Inet6Address destination) throws SystemCallException {
    int fd = ipv6Sockets.getOrDefault(packet[6] & 0xff, NONE);
    set(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, packet[7] & 0xff);
    set(fd, IPPROTO_IPV6, IPV6_TCLASS, (packet[0] & 0x0f) << 4 | (packet[1] & 0xf0) >> 4);
    byte[] source =
        ByteBuffer.allocate(20)
            .order(ByteOrder.nativeOrder())
            .put(packet, 8, 16)
            .putInt(there.index())
            .array();
    host.calls.setSocketOption(fd, IPPROTO_IPV6, IPV6_PKTINFO, source);
    int length = packet.length - IPV6_HEADER;
    outgoing.buffer().put(0, packet, IPV6_HEADER, length);
    int scope = destination.isLinkLocalAddress() ? there.index() : 0;
    byte[] address = new BsdSocketAddress.Inet6(destination, 0, 0, scope).toBytes();
    host.calls.sendTo(fd, outgoing.buffer(), length, direct(address));
  }

  private static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(0, bytes);
  }

  @Override
  public void close() {
    host.poller.remove(this);
    for (int fd : new int[] {bpf, joins, joins6, ipv4Socket}) {
      close(fd);
    }
    ipv6Sockets.values().forEach(this::close);
    ipv6Sockets.clear();
    bpf = NONE;
    joins = NONE;
    joins6 = NONE;
    ipv4Socket = NONE;
    outgoing.close();
    if (incoming != null) {
      incoming.close();
      incoming = null;
    }
  }

  private void close(int fd) {
    if (fd != NONE) {
      try {
        host.calls.close(fd);
      } catch (SystemCallException e) {
        LOG.log(Level.DEBUG, "closing a socket", e);
      }
    }
  }
}
