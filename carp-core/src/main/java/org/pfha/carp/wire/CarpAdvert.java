package org.pfha.carp.wire;

import static com.google.common.base.Preconditions.checkArgument;

import org.pfha.net.InternetChecksum;

/**
 * What an advertisement says (spec carp 1). Immutable.
 *
 * @param vhid the virtual router, 0–255; 0 is never sent
 * @param advbase base interval in seconds, 0–255
 * @param advskew effective skew in 1/256 s, 0–255
 * @param demote demotion count as OpenBSD sends it, 0–255; 0 from everybody else
 * @param counter 64 unsigned bits
 */
public record CarpAdvert(int vhid, int advbase, int advskew, int demote, long counter) {

  /** advbase and advskew of {@link #bowOut}. */
  public static final int BOW_OUT = 255;

  /** Checks that every field fits its byte. */
  public CarpAdvert {
    checkArgument(vhid >= 0 && vhid <= 255, "vhid %s is not a byte", vhid);
    checkArgument(advbase >= 0 && advbase <= 255, "advbase %s is not a byte", advbase);
    checkArgument(advskew >= 0 && advskew <= 255, "advskew %s is not a byte", advskew);
    checkArgument(demote >= 0 && demote <= 255, "demotion %s is not a byte", demote);
  }

  /**
   * The advert of a master that is going away: so slow that every peer takes over at once (spec
   * carp 11).
   *
   * @param vhid the virtual router
   * @param counter its next counter
   * @return advbase 255, advskew 255
   */
  public static CarpAdvert bowOut(int vhid, long counter) {
    return new CarpAdvert(vhid, BOW_OUT, BOW_OUT, 0, counter);
  }

  /**
   * Whether the sender says that it is going away.
   *
   * @return true for 255/255
   */
  public boolean isBowOut() {
    return advbase == BOW_OUT && advskew == BOW_OUT;
  }

  /**
   * Writes the {@link CarpView#LENGTH} bytes that go behind the IP header, HMAC and checksum
   * included.
   *
   * @param out where to write; nothing else is changed
   * @param offset of the first byte
   * @param authenticator of the same vhid
   */
  public void encode(byte[] out, int offset, CarpAuthenticator authenticator) {
    out[offset + CarpView.VERSION_TYPE_OFFSET] =
        (byte) (CarpView.VERSION << 4 | CarpView.ADVERTISEMENT);
    out[offset + CarpView.VHID_OFFSET] = (byte) vhid;
    out[offset + CarpView.ADVSKEW_OFFSET] = (byte) advskew;
    out[offset + CarpView.AUTHLEN_OFFSET] = CarpView.AUTH_WORDS;
    out[offset + CarpView.DEMOTE_OFFSET] = (byte) demote;
    out[offset + CarpView.ADVBASE_OFFSET] = (byte) advbase;
    out[offset + CarpView.CHECKSUM_OFFSET] = 0;
    out[offset + CarpView.CHECKSUM_OFFSET + 1] = 0;
    CarpView.LONG.set(out, offset + CarpView.COUNTER_OFFSET, counter);
    authenticator.sign(counter, out, offset + CarpView.HMAC_OFFSET);
    int sum = InternetChecksum.of(out, offset, CarpView.LENGTH);
    out[offset + CarpView.CHECKSUM_OFFSET] = (byte) (sum >> 8);
    out[offset + CarpView.CHECKSUM_OFFSET + 1] = (byte) sum;
  }
}
