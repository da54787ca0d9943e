package org.pfha.carp.diagnosis;

import static org.pfha.carp.diagnosis.HmacHypotheses.isIpv6;
import static org.pfha.carp.diagnosis.HmacHypotheses.sorted;
import static org.pfha.carp.diagnosis.HmacHypotheses.without;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.diagnosis.HmacDifference.ExtraAddresses;
import org.pfha.carp.diagnosis.HmacDifference.FamilyLeftOut;
import org.pfha.carp.diagnosis.HmacDifference.HandSetMac;
import org.pfha.carp.diagnosis.HmacDifference.InterfaceOrder;
import org.pfha.carp.diagnosis.HmacDifference.LinkLocalHashed;
import org.pfha.carp.diagnosis.HmacDifference.LinkLocalLeftOut;
import org.pfha.carp.diagnosis.HmacDifference.MissingAddresses;
import org.pfha.carp.diagnosis.HmacDifference.NoPassword;
import org.pfha.carp.diagnosis.HmacDifference.OfOtherRouter;
import org.pfha.carp.diagnosis.HmacDifference.OtherPassword;
import org.pfha.carp.diagnosis.HmacDifference.PasswordCut;
import org.pfha.carp.diagnosis.HmacHypotheses.Hypothesis;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.MacAddress;

/**
 * One search for the message and key that give an advert's HMAC (spec carp 4.2).
 *
 * <pre>
 *   message = 02 01 [MAC] vhid | IPv4 addresses, ascending | IPv6 addresses, ascending | counter
 * </pre>
 *
 * <p>Hypotheses only say key, MAC and addresses; what they differ in is worked out of the one that
 * fits. Used once, by one thread.
 */
final class HmacSearch {

  private final HmacExplainer known;
  private final byte[] counter = new byte[Long.BYTES];
  private final byte[] wanted;
  private final byte[] hmac = new byte[20];
  private final List<HMac> macs = new ArrayList<>(); // one per key, keyed
  private final Set<Hypothesis> tried = new HashSet<>();
  private final HmacHypotheses hypotheses;
  private final List<InetAddress> base; // what this node hashes, sorted
  private final HmacExplanation.@Nullable Vrrp otherwise;
  private @Nullable Hypothesis found;

  /**
   * Begins a search.
   *
   * @param known the configuration
   * @param advert whose HMAC is to be explained; not needed afterwards
   * @param otherwise what the packet is if no hypothesis fits, if it may be something else
   */
  HmacSearch(HmacExplainer known, CarpView advert, HmacExplanation.@Nullable Vrrp otherwise) {
    this.known = known;
    this.otherwise = otherwise;
    this.wanted = advert.hmac();
    for (int i = 0; i < Long.BYTES; i++) {
      counter[i] = (byte) (advert.counter() >>> (56 - 8 * i));
    }
    for (HmacExplainer.Key key : known.keys()) {
      HMac keyed = new HMac(new SHA1Digest());
      keyed.init(new KeyParameter(key.bytes()));
      macs.add(keyed);
    }
    this.hypotheses = new HmacHypotheses(known, tried::size);
    this.base = hypotheses.base();
  }

  /**
   * Goes on.
   *
   * @param most hypotheses to think of, at most as many HMACs
   * @return whether the search has come to its end
   */
  boolean advance(int most) {
    for (int i = 0; i < most && !isDone(); i++) {
      hash(hypotheses.next());
    }
    return isDone();
  }

  private boolean isDone() {
    return found != null || tried.size() >= HmacExplainer.MOST_HMACS || !hypotheses.hasNext();
  }

  /** How many HMACs it has cost until now. */
  int hmacs() {
    return tried.size();
  }

  /** What has been found, once it has come to its end. */
  HmacExplanation explanation() {
    Hypothesis right = found;
    if (right != null) {
      return new HmacExplanation.Explained(
          differences(right), right.sequence().size(), tried.size());
    }
    return otherwise == null
        ? new HmacExplanation.Unexplained(tried.size())
        : new HmacExplanation.Vrrp(otherwise.priority(), otherwise.addresses(), tried.size());
  }

  private void hash(Hypothesis hypothesis) {
    if (!tried.add(hypothesis)) {
      return;
    }
    HMac keyed = macs.get(hypothesis.key());
    keyed.update((byte) 2);
    keyed.update((byte) 1);
    MacAddress mac = hypothesis.mac();
    if (mac != null) {
      keyed.update(mac.toBytes(), 0, 6);
    }
    keyed.update((byte) known.vhid());
    for (InetAddress address : hypothesis.sequence()) {
      byte[] bytes = address.getAddress();
      keyed.update(bytes, 0, bytes.length);
    }
    keyed.update(counter, 0, counter.length);
    keyed.doFinal(hmac, 0);
    if (Arrays.equals(hmac, wanted)) {
      found = hypothesis;
    }
  }

  /** What the hypothesis that fits has that the configuration has not, and the reverse. */
  private List<HmacDifference> differences(Hypothesis right) {
    HmacExplainer.@Nullable Router owner = ownerOf(right.sequence());
    List<HmacDifference> differences = new ArrayList<>();
    String keyLabel = known.keys().get(right.key()).label();
    boolean ownersKey = owner != null && right.key() != 0 && owner.keyLabel().equals(keyLabel);
    if (right.key() != 0 && !ownersKey) {
      differences.add(passwordDifference(known.keys().get(right.key())));
    }
    if (right.mac() != null) {
      differences.add(new HandSetMac(right.mac()));
    }
    if (owner != null) {
      differences.add(new OfOtherRouter(owner.name(), ownersKey));
      return differences;
    }
    if (!right.sequence().equals(sorted(right.sequence()))) {
      differences.add(new InterfaceOrder(right.sequence()));
    }
    List<InetAddress> missing = without(base, right.sequence()::contains);
    List<InetAddress> extra = without(right.sequence(), base::contains);
    if (!missing.isEmpty()) {
      differences.add(missingDifference(missing));
    }
    if (!extra.isEmpty()) {
      differences.add(
          extra.stream().allMatch(HmacHypotheses::isLinkLocal)
              ? new LinkLocalHashed(extra)
              : new ExtraAddresses(extra));
    }
    return differences;
  }

  /** The other virtual router that has just these addresses, if this one has not. */
  private HmacExplainer.@Nullable Router ownerOf(List<InetAddress> sequence) {
    if (sequence.isEmpty() || sequence.stream().anyMatch(base::contains)) {
      return null;
    }
    for (HmacExplainer.Router router : known.routers()) {
      List<InetAddress> theirs = sorted(router.addresses());
      if (theirs.equals(sequence)
          || without(theirs, HmacHypotheses::isLinkLocal).equals(sequence)) {
        return router;
      }
    }
    return null;
  }

  private static HmacDifference passwordDifference(HmacExplainer.Key key) {
    if (key.bytes().length == 0) {
      return new NoPassword();
    }
    return key.bytes().length < key.wholeLength()
        ? new PasswordCut(key.label(), key.bytes().length)
        : new OtherPassword(key.label());
  }

  private HmacDifference missingDifference(List<InetAddress> missing) {
    if (missing.size() == base.size()) {
      return new MissingAddresses(missing, true);
    }
    if (missing.stream().allMatch(HmacHypotheses::isLinkLocal)) {
      return new LinkLocalLeftOut(missing);
    }
    for (boolean ipv6 : new boolean[] {true, false}) {
      if (missing.equals(without(base, address -> isIpv6(address) != ipv6))) {
        return new FamilyLeftOut(ipv6, missing);
      }
    }
    return new MissingAddresses(missing, false);
  }
}
