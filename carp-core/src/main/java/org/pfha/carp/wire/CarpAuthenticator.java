package org.pfha.carp.wire;

import static com.google.common.base.Preconditions.checkArgument;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Collection;
import java.util.TreeSet;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.util.Memoable;
import org.jspecify.annotations.Nullable;
import org.pfha.net.MacAddress;

/**
 * The HMAC-SHA1 of one virtual router's adverts (spec carp 4).
 *
 * <pre>
 *   message = 02 01 vhid | IPv4 addresses, ascending | IPv6 addresses, ascending | counter
 * </pre>
 *
 * <p>Everything before the counter is the same in every advert, so its digest is computed once and
 * kept; an advert costs three SHA-1 blocks and no allocation. Confined to one thread.
 */
public final class CarpAuthenticator {

  /** Most bytes a key can have. */
  public static final int KEY_LENGTH = 20;

  private static final int BLOCK = 64;
  private static final int INNER_PAD = 0x36;
  private static final int OUTER_PAD = 0x5c;

  private final SHA1Digest digest = new SHA1Digest();
  private final Memoable inner;
  private final Memoable outer;
  private final byte[] counterBytes = new byte[Long.BYTES];
  private final byte[] hash = new byte[CarpView.HMAC_LENGTH];
  private final byte[] prefix;

  private CarpAuthenticator(byte[] key, byte[] prefix) {
    byte[] block = Arrays.copyOf(key, BLOCK);
    this.prefix = prefix;
    inner = started(block, INNER_PAD, prefix);
    outer = started(block, OUTER_PAD, new byte[0]);
    Arrays.fill(block, (byte) 0);
  }

  /**
   * Hashes as FreeBSD does: every address of the virtual router, link-local ones included.
   *
   * @param key the password's bytes, at most {@link #KEY_LENGTH}; shorter ones are filled with
   *     zeros, none at all is the all-zero key
   * @param vhid 0–255
   * @param addresses of both families in any order; duplicates count once, zones not at all, and
   *     the all-zeros and all-ones addresses never
   * @return the authenticator; it keeps no reference to the key
   */
  public static CarpAuthenticator of(
      byte[] key, int vhid, Collection<? extends InetAddress> addresses) {
    return create(key, vhid, addresses, true, new byte[0]);
  }

  /**
   * Hashes as OpenBSD sends: link-local IPv6 addresses are left out, and a MAC set by hand on the
   * leading carp interface is put before the vhid (spec carp 4.2, 15).
   *
   * @param key as for {@link #of}
   * @param vhid 0–255
   * @param addresses as for {@link #of}
   * @param customMac the MAC set by hand, or null for the virtual one, which is not hashed
   * @return the authenticator; it keeps no reference to the key
   */
  public static CarpAuthenticator openBsd(
      byte[] key,
      int vhid,
      Collection<? extends InetAddress> addresses,
      @Nullable MacAddress customMac) {
    return create(key, vhid, addresses, false, bytes(customMac));
  }

  /**
   * The other way of hashing that OpenBSD believes but does not send: link-local IPv6 addresses are
   * included, as FreeBSD does, and so is a MAC set by hand.
   *
   * @param key as for {@link #of}
   * @param vhid 0–255
   * @param addresses as for {@link #of}
   * @param customMac as for {@link #openBsd}
   * @return the authenticator; it keeps no reference to the key
   */
  public static CarpAuthenticator openBsdWithLinkLocal(
      byte[] key,
      int vhid,
      Collection<? extends InetAddress> addresses,
      @Nullable MacAddress customMac) {
    return create(key, vhid, addresses, true, bytes(customMac));
  }

  private static byte[] bytes(@Nullable MacAddress customMac) {
    return customMac == null ? new byte[0] : customMac.toBytes();
  }

  private static CarpAuthenticator create(
      byte[] key,
      int vhid,
      Collection<? extends InetAddress> addresses,
      boolean linkLocal,
      byte[] mac) {
    checkArgument(
        key.length <= KEY_LENGTH, "a key of %s bytes is longer than %s", key.length, KEY_LENGTH);
    checkArgument(vhid >= 0 && vhid <= 255, "vhid %s is not a byte", vhid);
    TreeSet<byte[]> hashed =
        new TreeSet<>(
            (a, b) -> a.length == b.length ? Arrays.compareUnsigned(a, b) : a.length - b.length);
    for (InetAddress address : addresses) {
      byte[] bytes = address.getAddress();
      boolean local = bytes.length == 16 && address.isLinkLocalAddress();
      if (local) {
        bytes[2] = 0;
        bytes[3] = 0;
      }
      if (isHashable(bytes) && (linkLocal || !local)) {
        hashed.add(bytes);
      }
    }
    ByteArrayOutputStream prefix = new ByteArrayOutputStream();
    prefix.write(CarpView.VERSION);
    prefix.write(CarpView.ADVERTISEMENT);
    prefix.writeBytes(mac);
    prefix.write(vhid);
    hashed.forEach(prefix::writeBytes);
    return new CarpAuthenticator(key, prefix.toByteArray());
  }

  /** The selection loop of the kernels can never pick these two. */
  private static boolean isHashable(byte[] address) {
    boolean zeros = true;
    boolean ones = true;
    for (byte b : address) {
      zeros &= b == 0;
      ones &= b == -1;
    }
    return !zeros && !ones;
  }

  private static Memoable started(byte[] keyBlock, int pad, byte[] prefix) {
    SHA1Digest started = new SHA1Digest();
    for (byte b : keyBlock) {
      started.update((byte) (b ^ pad));
    }
    started.update(prefix, 0, prefix.length);
    return started.copy();
  }

  /**
   * What is hashed, without the key: for telling a peer's operator what to compare.
   *
   * @param counter 64 unsigned bits
   * @return a new array
   */
  public byte[] message(long counter) {
    byte[] message = Arrays.copyOf(prefix, prefix.length + Long.BYTES);
    CarpView.LONG.set(message, prefix.length, counter);
    return message;
  }

  /**
   * Writes the HMAC for a counter.
   *
   * @param counter 64 unsigned bits
   * @param out where to write 20 bytes
   * @param offset of the first
   */
  public void sign(long counter, byte[] out, int offset) {
    CarpView.LONG.set(counterBytes, 0, counter);
    digest.reset(inner);
    digest.update(counterBytes, 0, counterBytes.length);
    digest.doFinal(hash, 0);
    digest.reset(outer);
    digest.update(hash, 0, hash.length);
    digest.doFinal(out, offset);
  }

  /**
   * Compares an advert's HMAC with the right one, in a time that does not tell where they differ.
   *
   * @param advert a view whose {@link CarpView#checkFrame} found nothing
   * @return true if it was made with this key, vhid and address list
   */
  public boolean verify(CarpView advert) {
    sign(advert.counter(), hash, 0);
    byte[] theirs = advert.bytes();
    int at = advert.offset() + CarpView.HMAC_OFFSET;
    int difference = 0;
    for (int i = 0; i < hash.length; i++) {
      difference |= hash[i] ^ theirs[at + i];
    }
    return difference == 0;
  }
}
