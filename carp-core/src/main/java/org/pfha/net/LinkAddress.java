package org.pfha.net;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;

/**
 * An IP address with the length of its subnet's prefix. Immutable.
 *
 * @param address IPv4 or IPv6
 * @param prefixLength 0–32 for IPv4, 0–128 for IPv6
 */
public record LinkAddress(InetAddress address, int prefixLength) {

  /** Checks the prefix length against the family. */
  public LinkAddress {
    int bits = 8 * address.getAddress().length;
    checkArgument(
        prefixLength >= 0 && prefixLength <= bits,
        "prefix length %s of %s is not between 0 and %s",
        prefixLength,
        address.getHostAddress(),
        bits);
  }

  /**
   * Parses {@code 192.0.2.1/24} or {@code 2001:db8::1/64}; without a length the whole address
   * counts. Names are never looked up.
   *
   * @param text the address
   * @return the parsed address
   * @throws IllegalArgumentException naming the text, if it is not an IP address with an optional
   *     prefix length
   */
  public static LinkAddress parse(String text) {
    int slash = text.indexOf('/');
    String host = slash < 0 ? text : text.substring(0, slash);
    checkArgument(
        InetAddresses.isInetAddress(host),
        "'%s' is not an IP address; write it like 192.0.2.1/24",
        text);
    InetAddress address = InetAddresses.forString(host);
    if (slash < 0) {
      return new LinkAddress(address, 8 * address.getAddress().length);
    }
    String length = text.substring(slash + 1);
    checkArgument(
        length.matches("\\d{1,3}"),
        "'%s' has no prefix length behind '/'; write it like /24",
        text);
    return new LinkAddress(address, Integer.parseInt(length));
  }

  /**
   * Whether an address lies in this one's subnet.
   *
   * @param other any address
   * @return true if the family is the same and the first {@link #prefixLength} bits agree
   */
  public boolean subnetContains(InetAddress other) {
    byte[] mine = address.getAddress();
    byte[] theirs = other.getAddress();
    if (mine.length != theirs.length) {
      return false;
    }
    int whole = prefixLength / 8;
    for (int i = 0; i < whole; i++) {
      if (mine[i] != theirs[i]) {
        return false;
      }
    }
    int rest = prefixLength % 8;
    return rest == 0
        || (mine[whole] & 0xff) >>> (8 - rest) == (theirs[whole] & 0xff) >>> (8 - rest);
  }

  @Override
  public String toString() {
    return address.getHostAddress() + "/" + prefixLength;
  }
}
