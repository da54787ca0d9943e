package org.pfha.pf.device;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * An address or network of a table: {@code pfr_addr}. Immutable.
 *
 * @param address of a host or network
 * @param prefix bits of it that count, 0–32 or 0–128
 * @param negated whether the table excepts it
 * @param feedback what became of it in a request, see {@link #outcome}
 */
public record TableAddress(InetAddress address, int prefix, boolean negated, int feedback) {

  /** Checks the prefix. */
  public TableAddress {
    int bits = address.getAddress().length * 8;
    checkArgument(
        prefix >= 0 && prefix <= bits, "prefix length %s is not between 0 and %s", prefix, bits);
  }

  /**
   * Reads an address.
   *
   * @param text such as {@code 192.0.2.1}, {@code 2001:db8::/32}, {@code !192.0.2.7}
   * @return the address
   * @throws IllegalArgumentException if it is none, or has bits behind its prefix, which pf refuses
   */
  public static TableAddress of(String text) {
    boolean negated = text.startsWith("!");
    String network = negated ? text.substring(1).trim() : text;
    int slash = network.indexOf('/');
    InetAddress address =
        InetAddresses.forString(slash < 0 ? network : network.substring(0, slash));
    int prefix =
        slash < 0
            ? address.getAddress().length * 8
            : Integer.parseInt(network.substring(slash + 1));
    return new TableAddress(address, prefix, negated, 0).checked();
  }

  /** Refuses what pf would refuse with nothing but EINVAL. */
  TableAddress checked() {
    byte[] bytes = address.getAddress();
    byte[] mask = Struct.mask(prefix);
    for (int i = 0; i < bytes.length; i++) {
      checkArgument(
          (bytes[i] & ~mask[i]) == 0,
          "%s has bits behind its prefix; name the network or the host",
          this);
    }
    return this;
  }

  /**
   * What became of it in a request.
   *
   * @return the feedback by name
   */
  public TableFeedback outcome() {
    return TableFeedback.of(feedback);
  }

  /**
   * Reads {@code pfr_addr}.
   *
   * @param structure 20 bytes
   * @return the address
   */
  public static TableAddress ofBytes(byte[] structure) {
    return decode(Struct.wrap(structure), 0);
  }

  /**
   * Writes {@code pfr_addr}.
   *
   * @return 20 bytes
   */
  public byte[] toBytes() {
    byte[] structure = new byte[Layouts.PFR_ADDR.size()];
    encode(Struct.wrap(structure), 0);
    return structure;
  }

  void encode(ByteBuffer out, int at) {
    Struct.putAddress(out, at + Layouts.ADDR_ADDRESS, address);
    out.put(at + Layouts.ADDR_AF, (byte) Struct.family(address));
    out.put(at + Layouts.ADDR_NET, (byte) prefix);
    out.put(at + Layouts.ADDR_NOT, (byte) (negated ? 1 : 0));
    out.put(at + Layouts.ADDR_FBACK, (byte) feedback);
  }

  static TableAddress decode(ByteBuffer in, int at) {
    InetAddress address =
        Struct.address(in, at + Layouts.ADDR_ADDRESS, Struct.u8(in, at + Layouts.ADDR_AF));
    return new TableAddress(
        address,
        Math.min(Struct.u8(in, at + Layouts.ADDR_NET), address.getAddress().length * 8),
        in.get(at + Layouts.ADDR_NOT) != 0,
        Struct.u8(in, at + Layouts.ADDR_FBACK));
  }

  /** As {@link #of} reads it. */
  @Override
  public String toString() {
    return (negated ? "!" : "") + InetAddresses.toAddrString(address) + "/" + prefix;
  }
}
