package org.pfha.net.raw;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pfha.net.LinkAddress;
import org.pfha.net.VipController;
import org.pfha.net.sys.BsdSocketAddress;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;

/**
 * Virtual addresses on the interfaces of a FreeBSD host, as aliases. IPv6 addresses have a
 * lifetime, IPv4 addresses have none there: what a killed process leaves is for rc.d's poststop.
 * For the same reason any such address is taken for a leftover at start. Compiled for FreeBSD and
 * tested by replay only. Thread-safe.
 *
 * <pre>
 *   ifaliasreq    68   0 name 16  16 address 16  32 broadcast 16  48 mask 16  64 vhid 4
 *   in6_aliasreq  136  0 name 16  16 address 28  44 destination 28  72 mask 28  100 flags 4
 *                      120 valid seconds 4  124 preferred seconds 4  128 vhid 4
 *   ifreq         32   0 name 16  16 address 16
 *   in6_ifreq     288  0 name 16  16 address 28
 * </pre>
 */
final class FreebsdAddresses implements VipController {

  private static final long SIOCAIFADDR = 0x8044_692bL;
  private static final long SIOCAIFADDR_IN6 = 0x8088_691bL;
  private static final long SIOCDIFADDR = 0x8020_6919L;
  private static final long SIOCDIFADDR_IN6 = 0x8120_6919L;
  private static final int ALIAS = 68;
  private static final int ALIAS_IN6 = 136;
  private static final int IFREQ = 32;
  private static final int IFREQ_IN6 = 288;
  private static final int NO_DUPLICATE_DETECTION = 0x20;
  private static final int DATAGRAM_CLOEXEC = 2 | 0x1000_0000;
  private static final int ENXIO = 6;
  private static final int EADDRNOTAVAIL = 49;

  private final SystemCalls calls;
  private final int inet;
  private final int inet6;
  private final Map<Vip, Place> places = new HashMap<>();
  private final Set<Vip> held = new HashSet<>();

  /** On which interface an address is, and with which prefix. */
  private record Place(int index, LinkAddress address) {}

  private FreebsdAddresses(SystemCalls calls, int inet, int inet6) {
    this.calls = calls;
    this.inet = inet;
    this.inet6 = inet6;
  }

  static FreebsdAddresses open(SystemCalls calls) throws SystemCallException {
    int inet = calls.socket(BsdSocketAddress.AF_INET, DATAGRAM_CLOEXEC, 0);
    try {
      return new FreebsdAddresses(
          calls, inet, calls.socket(BsdSocketAddress.AF_INET6, DATAGRAM_CLOEXEC, 0));
    } catch (SystemCallException e) {
      calls.close(inet);
      throw e;
    }
  }

  @Override
  public synchronized void prepare(Vip vip) throws IOException {
    try {
      Place place = place(vip);
      remove(vip, place); // what an earlier run may have left
      places.put(vip, place);
    } catch (SystemCallException e) {
      throw RawException.of("preparing " + vip, e);
    }
  }

  /** Alone if another address of the interface has made the subnet's route. */
  private Place place(Vip vip) throws SystemCallException, RawException {
    InetAddress address = vip.address().address();
    for (Interface each : FreebsdInterfaces.list(calls)) {
      if (each.link().name().equals(vip.link())) {
        boolean alone =
            each.link().addresses().stream()
                .anyMatch(
                    other -> !other.address().equals(address) && other.subnetContains(address));
        int bits = 8 * address.getAddress().length;
        return new Place(each.index(), alone ? new LinkAddress(address, bits) : vip.address());
      }
    }
    throw new RawException.NoInterface(
        "preparing %s failed: there is no such interface".formatted(vip));
  }

  @Override
  public synchronized void hold(Vip vip, Duration lifetime) throws IOException {
    Place place = places.get(vip);
    if (place == null) {
      prepare(vip);
      hold(vip, lifetime);
      return;
    }
    int prefixLength = place.address.prefixLength();
    try {
      if (place.address.address() instanceof Inet6Address address) {
        add(vip, bytes(address, place.index), prefixLength, lifetime);
      } else if (place.address.address() instanceof Inet4Address address && !held.contains(vip)) {
        add(vip, address, prefixLength);
      }
      held.add(vip);
    } catch (SystemCallException e) {
      throw RawException.of("holding " + vip, e);
    }
  }

  private void add(Vip vip, Inet4Address address, int prefixLength) throws SystemCallException {
    control(
        inet,
        SIOCAIFADDR,
        named(ALIAS, vip)
            .put(16, bytes(address))
            .put(48, bytes((Inet4Address) mask(4, prefixLength))));
  }

  private void add(Vip vip, byte[] address, int prefixLength, Duration lifetime)
      throws SystemCallException {
    long seconds = Math.max(1, lifetime.plusNanos(999_999_999L).toSeconds());
    control(
        inet6,
        SIOCAIFADDR_IN6,
        named(ALIAS_IN6, vip)
            .put(16, address)
            .put(72, bytes((Inet6Address) mask(16, prefixLength), 0))
            .putInt(100, NO_DUPLICATE_DETECTION)
            .putInt(120, (int) Math.min(seconds, Integer.MAX_VALUE)));
  }

  @Override
  public synchronized void release(Vip vip) throws IOException {
    Place place = places.get(vip);
    if (held.remove(vip) && place != null) {
      try {
        remove(vip, place);
      } catch (SystemCallException e) {
        throw RawException.of("releasing " + vip, e);
      }
    }
  }

  private void remove(Vip vip, Place place) throws SystemCallException {
    try {
      if (place.address.address() instanceof Inet6Address ipv6) {
        control(inet6, SIOCDIFADDR_IN6, named(IFREQ_IN6, vip).put(16, bytes(ipv6, place.index)));
      } else if (place.address.address() instanceof Inet4Address ipv4) {
        control(inet, SIOCDIFADDR, named(IFREQ, vip).put(16, bytes(ipv4)));
      }
    } catch (SystemCallException e) {
      if (e.errno() != EADDRNOTAVAIL && e.errno() != ENXIO) {
        throw e;
      }
    }
  }

  private void control(int fd, long request, ByteBuffer argument) throws SystemCallException {
    int result = calls.ioctl(fd, request, argument);
    assert result >= 0 : "what fails throws";
  }

  private static ByteBuffer named(int size, Vip vip) {
    return ByteBuffer.allocate(size)
        .order(ByteOrder.nativeOrder())
        .put(0, vip.link().getBytes(US_ASCII));
  }

  private static byte[] bytes(Inet4Address address) {
    return new BsdSocketAddress.Inet(address, 0).toBytes();
  }

  /** An address of the link needs the link. */
  private static byte[] bytes(Inet6Address address, int index) {
    int scope = address.isLinkLocalAddress() ? index : 0;
    return new BsdSocketAddress.Inet6(address, 0, 0, scope).toBytes();
  }

  private static InetAddress mask(int size, int prefixLength) {
    byte[] mask = new byte[size];
    for (int bit = 0; bit < prefixLength; bit++) {
      mask[bit / 8] |= (byte) (0x80 >> bit % 8);
    }
    try {
      return size == 4 ? InetAddress.getByAddress(mask) : Inet6Address.getByAddress(null, mask, -1);
    } catch (UnknownHostException impossible) {
      throw new AssertionError("an address of 4 or 16 bytes is always valid", impossible);
    }
  }

  @Override
  public synchronized void close() {
    for (Vip vip : List.copyOf(held)) {
      try {
        release(vip);
      } catch (IOException e) {
        // as after a kill
      }
    }
    try {
      calls.close(inet);
      calls.close(inet6);
    } catch (SystemCallException e) {
      // there is nothing left to lose
    }
  }
}
