package org.pfha.carp.diagnosis;

import static com.google.common.base.Preconditions.checkArgument;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.MacAddress;

/**
 * Finds out in what a peer's configuration differs, from one advert whose HMAC is not ours.
 *
 * <p>It computes the HMACs that known mistakes would give, the likeliest first and at most {@value
 * #MOST_HMACS}, from what is known here: this virtual router's addresses, those of its link, the
 * passwords and addresses of other virtual routers. Each {@code with…} method returns a changed
 * copy. Immutable, and so usable from any thread; takes some milliseconds at the worst.
 */
public final class HmacExplainer {

  /** As many HMACs are computed at most for one advert. */
  public static final int MOST_HMACS = 4096;

  private static final int VRRP2_FIVE_ADDRESSES = 5;
  private static final int IFCONFIG_KEY_LENGTH = 19;

  private final int vhid;
  private final boolean hashesLinkLocal;
  private final List<InetAddress> addresses;
  private final List<InetAddress> otherAddresses;
  private final List<Key> keys;
  private final List<MacAddress> macs;
  private final List<Router> routers;

  /** Bytes that somebody may use as key, and how to name them; the first is the configured one. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Key(String label, byte[] bytes, int wholeLength) {

    /** Never the password. */
    @Override
    public String toString() {
      return label;
    }
  }

  /** Another virtual router, whose configuration may have got under this vhid. */
  record Router(String name, String keyLabel, List<InetAddress> addresses) {}

  private HmacExplainer(
      int vhid,
      boolean hashesLinkLocal,
      List<InetAddress> addresses,
      List<InetAddress> otherAddresses,
      List<Key> keys,
      List<MacAddress> macs,
      List<Router> routers) {
    this.vhid = vhid;
    this.hashesLinkLocal = hashesLinkLocal;
    this.addresses = addresses;
    this.otherAddresses = otherAddresses;
    this.keys = keys;
    this.macs = macs;
    this.routers = routers;
  }

  /**
   * For a virtual router as it is configured here, hashed as FreeBSD does.
   *
   * @param vhid 1–255
   * @param password its bytes, at most {@link CarpAuthenticator#KEY_LENGTH}; copied
   * @param addresses in the order in which they were configured
   * @return knows of no other addresses, passwords, MACs or virtual routers
   */
  public static HmacExplainer of(
      int vhid, byte[] password, Collection<? extends InetAddress> addresses) {
    checkArgument(vhid >= 1 && vhid <= 255, "vhid %s is not between 1 and 255", vhid);
    HmacExplainer bare =
        new HmacExplainer(
            vhid, true, hashable(addresses), List.of(), List.of(), List.of(), List.of());
    return bare.withPassword("the configured password", password)
        .withPassword("no password", new byte[0]);
  }

  /**
   * Whether link-local addresses are hashed here.
   *
   * @param value true as FreeBSD does, the default; false as OpenBSD does
   * @return a changed copy
   */
  public HmacExplainer withLinkLocal(boolean value) {
    return new HmacExplainer(vhid, value, addresses, otherAddresses, keys, macs, routers);
  }

  /**
   * Addresses that the peer may have on its vhid although this node has not.
   *
   * @param more the link's others, those of other virtual routers, what was configured before
   * @return a changed copy
   */
  public HmacExplainer withOtherAddresses(Collection<? extends InetAddress> more) {
    List<InetAddress> others = new ArrayList<>(otherAddresses);
    hashable(more).stream()
        .filter(address -> !addresses.contains(address) && !others.contains(address))
        .forEach(others::add);
    return new HmacExplainer(
        vhid, hashesLinkLocal, addresses, List.copyOf(others), keys, macs, routers);
  }

  /**
   * A password that the peer may use.
   *
   * @param label names it in explanations, such as {@code the password of 7@em1}
   * @param password its bytes; copied, never shown
   * @return a changed copy
   */
  public HmacExplainer withPassword(String label, byte[] password) {
    List<Key> more = new ArrayList<>(keys);
    for (int length :
        new int[] {password.length, CarpAuthenticator.KEY_LENGTH, IFCONFIG_KEY_LENGTH}) {
      byte[] bytes = Arrays.copyOf(password, Math.min(length, password.length));
      if (bytes.length <= CarpAuthenticator.KEY_LENGTH
          && more.stream().noneMatch(key -> sameKey(key.bytes, bytes))) {
        more.add(new Key(label, bytes, password.length));
      }
    }
    return new HmacExplainer(
        vhid, hashesLinkLocal, addresses, otherAddresses, List.copyOf(more), macs, routers);
  }

  /** HMAC fills keys with zeros. */
  private static boolean sameKey(byte[] a, byte[] b) {
    return Arrays.equals(
        Arrays.copyOf(a, CarpAuthenticator.KEY_LENGTH),
        Arrays.copyOf(b, CarpAuthenticator.KEY_LENGTH));
  }

  /**
   * Another virtual router, on this link or another one.
   *
   * @param name such as {@code 7@em1}
   * @param password its bytes; copied, never shown
   * @param theirs its addresses
   * @return a changed copy
   */
  public HmacExplainer withOtherRouter(
      String name, byte[] password, Collection<? extends InetAddress> theirs) {
    String label = "the password of " + name;
    HmacExplainer keyed = withPassword(label, password);
    String known =
        keyed.keys.stream()
            .filter(key -> sameKey(key.bytes, password))
            .map(Key::label)
            .findFirst()
            .orElse(label);
    List<Router> more = new ArrayList<>(routers);
    more.add(new Router(name, known, hashable(theirs)));
    return new HmacExplainer(
        vhid, hashesLinkLocal, addresses, otherAddresses, keyed.keys, macs, List.copyOf(more));
  }

  /**
   * A MAC that an OpenBSD peer may have been given by hand.
   *
   * @param mac such as one seen on the link
   * @return a changed copy
   */
  public HmacExplainer withMac(MacAddress mac) {
    List<MacAddress> more = new ArrayList<>(macs);
    more.add(mac);
    return new HmacExplainer(
        vhid, hashesLinkLocal, addresses, otherAddresses, keys, List.copyOf(more), routers);
  }

  /**
   * Explains an advert.
   *
   * @param advert of this vhid, a view whose {@link CarpView#checkFrame} found nothing
   * @return which differences make its HMAC right, or that none does
   */
  public HmacExplanation explain(CarpView advert) {
    HmacSearch search = search(advert);
    while (!search.advance(MOST_HMACS)) {
      // to its end
    }
    return search.explanation();
  }

  /** A search to be gone on with bit by bit. */
  HmacSearch search(CarpView advert) {
    if (advert.authlen() != VRRP2_FIVE_ADDRESSES || advert.demote() > 2) {
      return new HmacSearch(this, advert, null);
    }
    byte[] bytes = new byte[4 * VRRP2_FIVE_ADDRESSES];
    for (int i = 0; i < Long.BYTES; i++) {
      bytes[i] = (byte) (advert.counter() >>> (56 - 8 * i));
    }
    System.arraycopy(advert.hmac(), 0, bytes, Long.BYTES, bytes.length - Long.BYTES);
    return new HmacSearch(
        this, advert, new HmacExplanation.Vrrp(advert.advskew(), fourBytesEach(bytes), 0));
  }

  private static List<InetAddress> fourBytesEach(byte[] bytes) {
    List<InetAddress> addresses = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += 4) {
      addresses.add(address(Arrays.copyOfRange(bytes, at, at + 4)));
    }
    return addresses;
  }

  /** As they are hashed: without zone, each once, and none that no kernel can hash (spec 4.2). */
  private static List<InetAddress> hashable(Collection<? extends InetAddress> some) {
    List<InetAddress> hashable = new ArrayList<>();
    for (InetAddress address : some) {
      byte[] bytes = address.getAddress();
      if (bytes.length == 16 && address.isLinkLocalAddress()) {
        bytes[2] = 0;
        bytes[3] = 0;
      }
      byte[] ones = new byte[bytes.length];
      Arrays.fill(ones, (byte) -1);
      InetAddress plain = address(bytes);
      if (!plain.isAnyLocalAddress() && !Arrays.equals(bytes, ones) && !hashable.contains(plain)) {
        hashable.add(plain);
      }
    }
    return List.copyOf(hashable);
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException impossible) {
      throw new AssertionError("an address of 4 or 16 bytes is always valid", impossible);
    }
  }

  int vhid() {
    return vhid;
  }

  boolean hashesLinkLocal() {
    return hashesLinkLocal;
  }

  List<InetAddress> addresses() {
    return addresses;
  }

  List<InetAddress> otherAddresses() {
    return otherAddresses;
  }

  List<Key> keys() {
    return keys;
  }

  List<MacAddress> macs() {
    return macs;
  }

  List<Router> routers() {
    return routers;
  }

  /** Never contains a password. */
  @Override
  public String toString() {
    return "HmacExplainer[vhid %d, %s, others %s, %s, MACs %s]"
        .formatted(vhid, addresses, otherAddresses, keys, macs);
  }
}
