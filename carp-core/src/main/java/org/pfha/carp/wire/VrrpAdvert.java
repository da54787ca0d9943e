package org.pfha.carp.wire;

import static com.google.common.base.Preconditions.checkArgument;

import java.net.InetAddress;
import java.util.List;
import org.pfha.net.InternetChecksum;

/**
 * What a VRRPv3 advertisement says (RFC 9568 5.2, spec carp 14.1). Immutable.
 *
 * @param vrid the virtual router, 0–255; 0 is never sent
 * @param priority 0–255; 0 resigns, 255 is the owner of the addresses
 * @param intervalCentis interval between adverts in 1/100 s, 0–4095
 * @param addresses at most 255 of one family, in the order of the packet
 */
public record VrrpAdvert(int vrid, int priority, int intervalCentis, List<InetAddress> addresses) {

  /** Checks that every field fits its bits. */
  public VrrpAdvert {
    checkArgument(vrid >= 0 && vrid <= 255, "VRID %s is not a byte", vrid);
    checkArgument(priority >= 0 && priority <= 255, "priority %s is not a byte", priority);
    checkArgument(
        intervalCentis >= 0 && intervalCentis <= 4095,
        "an interval of %s cs does not fit 12 bits",
        intervalCentis);
    checkArgument(addresses.size() <= 255, "%s addresses are too many", addresses.size());
    addresses = List.copyOf(addresses);
  }

  /**
   * The bytes that go behind the IP header, checksum included. The count is that of the addresses
   * that follow.
   *
   * @param source address of the IP header, covered by the checksum
   * @param destination the same
   * @return a new array
   * @throws IllegalArgumentException if the addresses are of different families
   */
  public byte[] encode(InetAddress source, InetAddress destination) {
    byte[] from = source.getAddress();
    byte[] to = destination.getAddress();
    checkArgument(from.length == to.length, "%s and %s differ", source, destination);
    byte[] out = new byte[VrrpView.HEADER_LENGTH + from.length * addresses.size()];
    out[VrrpView.VERSION_TYPE_OFFSET] = (byte) (VrrpView.VERSION << 4 | VrrpView.ADVERTISEMENT);
    out[VrrpView.VRID_OFFSET] = (byte) vrid;
    out[VrrpView.PRIORITY_OFFSET] = (byte) priority;
    out[VrrpView.COUNT_OFFSET] = (byte) addresses.size();
    out[VrrpView.INTERVAL_OFFSET] = (byte) (intervalCentis >> 8);
    out[VrrpView.INTERVAL_OFFSET + 1] = (byte) intervalCentis;
    int at = VrrpView.ADDRESSES_OFFSET;
    for (InetAddress address : addresses) {
      byte[] bytes = address.getAddress();
      checkArgument(bytes.length == from.length, "%s and %s differ", address, source);
      System.arraycopy(bytes, 0, out, at, bytes.length);
      at += bytes.length;
    }
    int sum =
        InternetChecksum.finish(
            InternetChecksum.sum(from, 0, from.length)
                + InternetChecksum.sum(to, 0, to.length)
                + CarpView.PROTOCOL
                + out.length
                + InternetChecksum.sum(out, 0, out.length));
    out[VrrpView.CHECKSUM_OFFSET] = (byte) (sum >> 8);
    out[VrrpView.CHECKSUM_OFFSET + 1] = (byte) sum;
    return out;
  }
}
