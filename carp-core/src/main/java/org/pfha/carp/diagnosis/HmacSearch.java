package org.pfha.carp.diagnosis;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
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

  /** No more than this for addresses that come one by one, so that others get their turn. */
  private static final int MOST_PREFIXES = 600;

  /** No more than this for sets of addresses under the configured password. */
  private static final int MOST_EDITS = 2400;

  private static final Comparator<InetAddress> HASHED_ORDER =
      Comparator.<InetAddress>comparingInt(address -> address.getAddress().length)
          .thenComparing(InetAddress::getAddress, Arrays::compareUnsigned);

  private final HmacExplainer known;
  private final byte[] counter = new byte[Long.BYTES];
  private final byte[] wanted;
  private final byte[] hmac = new byte[20];
  private final List<HMac> macs = new ArrayList<>(); // one per key, keyed
  private final Set<Hypothesis> tried = new HashSet<>();
  private final List<InetAddress> base; // what this node hashes, sorted
  private @Nullable Hypothesis found;

  private record Hypothesis(int key, @Nullable MacAddress mac, List<InetAddress> sequence) {}

  HmacSearch(HmacExplainer known, CarpView advert) {
    this.known = known;
    this.wanted = advert.hmac();
    for (int i = 0; i < Long.BYTES; i++) {
      counter[i] = (byte) (advert.counter() >>> (56 - 8 * i));
    }
    for (HmacExplainer.Key key : known.keys()) {
      HMac keyed = new HMac(new SHA1Digest());
      keyed.init(new KeyParameter(key.bytes()));
      macs.add(keyed);
    }
    this.base =
        sorted(
            known.addresses().stream()
                .filter(address -> known.hashesLinkLocal() || !isLinkLocal(address))
                .toList());
  }

  HmacExplanation run() {
    singleDifferences();
    otherPasswords();
    otherRouters();
    addressesOneByOne();
    setsOfAddresses(0, MOST_EDITS);
    for (int key = 1; key < macs.size() && !done(); key++) {
      singleEdits(key, null);
    }
    for (MacAddress mac : known.macs()) {
      singleEdits(0, mac);
    }
    unsorted();
    for (int key = 1; key < macs.size() && !done(); key++) {
      setsOfAddresses(key, HmacExplainer.MOST_HMACS);
    }
    Hypothesis right = found;
    return right == null
        ? new HmacExplanation.Unexplained(tried.size())
        : new HmacExplanation.Explained(differences(right), right.sequence.size(), tried.size());
  }

  /** Each of the known mistakes by itself, with the configured password. */
  private void singleDifferences() {
    hash(0, null, base);
    rules(0, null);
    singleEdits(0, null);
    hash(0, null, inFamilies(known.addresses()));
    for (MacAddress mac : known.macs()) {
      rules(0, mac);
    }
  }

  private void otherPasswords() {
    for (int key = 1; key < macs.size() && !done(); key++) {
      rules(key, null);
    }
  }

  /** The ways in which whole systems hash: with and without link-local, one family, nothing. */
  private void rules(int key, @Nullable MacAddress mac) {
    List<InetAddress> all = sorted(known.addresses());
    hash(key, mac, base);
    hash(key, mac, all);
    hash(key, mac, without(all, HmacSearch::isLinkLocal));
    hash(key, mac, without(base, HmacSearch::isIpv6));
    hash(key, mac, without(base, address -> !isIpv6(address)));
    hash(key, mac, without(all, address -> !isIpv6(address) || isLinkLocal(address)));
    hash(key, mac, List.of());
    List<InetAddress> withOthers = new ArrayList<>(all);
    known.otherAddresses().stream().filter(HmacSearch::isLinkLocal).forEach(withOthers::add);
    hash(key, mac, sorted(withOthers));
  }

  /** One address missing, one too many, one instead of another. */
  private void singleEdits(int key, @Nullable MacAddress mac) {
    for (InetAddress missing : base) {
      hash(key, mac, without(base, missing::equals));
    }
    for (InetAddress extra : known.otherAddresses()) {
      hash(key, mac, with(base, extra));
    }
    for (InetAddress missing : base) {
      for (InetAddress extra : known.otherAddresses()) {
        if (!done()) {
          hash(key, mac, with(without(base, missing::equals), extra));
        }
      }
    }
  }

  private void otherRouters() {
    for (HmacExplainer.Router router : known.routers()) {
      List<InetAddress> theirs = sorted(router.addresses());
      List<InetAddress> global = without(theirs, HmacSearch::isLinkLocal);
      for (int key = 0; key < macs.size() && !done(); key++) {
        hash(key, null, theirs);
        hash(key, null, global);
      }
    }
  }

  /** A peer that starts adds its addresses in some order, one family after the other or mixed. */
  private void addressesOneByOne() {
    int most = tried.size() + MOST_PREFIXES;
    List<InetAddress> configured = known.addresses().stream().filter(base::contains).toList();
    int size = configured.size();
    for (int length = 1; length < size && !done(); length++) {
      hash(0, null, sorted(configured.subList(0, length)));
      hash(0, null, sorted(configured.subList(size - length, size)));
    }
    List<InetAddress> v4 = without(configured, HmacSearch::isIpv6);
    List<InetAddress> v6 = without(configured, address -> !isIpv6(address));
    for (int i = 0; i <= v4.size() && !done(); i++) {
      for (int j = 0; j <= v6.size() && tried.size() < most; j++) {
        List<InetAddress> both = new ArrayList<>(v4.subList(0, i));
        both.addAll(v6.subList(0, j));
        hash(0, null, sorted(both));
      }
    }
  }

  /** Sets of configured and other addresses, those nearest to the configured one first. */
  private void setsOfAddresses(int key, int most) {
    Set<InetAddress> all = new LinkedHashSet<>(base);
    all.addAll(known.addresses());
    all.addAll(known.otherAddresses());
    List<InetAddress> union = List.copyOf(all);
    int end = Math.min(HmacExplainer.MOST_HMACS, tried.size() + most);
    for (int edits = 1; edits <= union.size() && !done() && tried.size() < end; edits++) {
      edit(key, union, 0, edits, new LinkedHashSet<>(base), end);
    }
  }

  private void edit(
      int key, List<InetAddress> union, int from, int edits, Set<InetAddress> set, int end) {
    if (edits == 0) {
      hash(key, null, sorted(set));
      return;
    }
    for (int i = from; i <= union.size() - edits; i++) {
      if (done() || tried.size() >= end) {
        return;
      }
      InetAddress address = union.get(i);
      boolean removed = set.remove(address);
      if (!removed) {
        set.add(address);
      }
      edit(key, union, i + 1, edits - 1, set, end);
      if (removed) {
        set.add(address);
      } else {
        set.remove(address);
      }
    }
  }

  /** A peer that does not sort hashes in the order of its interface, which may not be ours. */
  private void unsorted() {
    List<InetAddress> v4 = without(base, HmacSearch::isIpv6);
    List<InetAddress> v6 = without(base, address -> !isIpv6(address));
    permute(v4, new ArrayList<>(), first -> permute(v6, new ArrayList<>(first), this::unsorted));
  }

  private void unsorted(List<InetAddress> sequence) {
    hash(0, null, sequence);
  }

  private interface Take {
    void take(List<InetAddress> sequence);
  }

  private void permute(List<InetAddress> rest, List<InetAddress> sequence, Take take) {
    if (rest.isEmpty()) {
      take.take(List.copyOf(sequence));
      return;
    }
    for (InetAddress next : rest) {
      if (done()) {
        return;
      }
      sequence.add(next);
      permute(without(rest, next::equals), sequence, take);
      sequence.remove(sequence.size() - 1);
    }
  }

  private boolean done() {
    return found != null || tried.size() >= HmacExplainer.MOST_HMACS;
  }

  private void hash(int key, @Nullable MacAddress mac, List<InetAddress> sequence) {
    if (done()) {
      return;
    }
    Hypothesis hypothesis = new Hypothesis(key, mac, sequence);
    if (!tried.add(hypothesis)) {
      return;
    }
    HMac keyed = macs.get(key);
    keyed.update((byte) 2);
    keyed.update((byte) 1);
    if (mac != null) {
      keyed.update(mac.toBytes(), 0, 6);
    }
    keyed.update((byte) known.vhid());
    for (InetAddress address : sequence) {
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
    HmacExplainer.@Nullable Router owner = ownerOf(right.sequence);
    List<HmacDifference> differences = new ArrayList<>();
    String keyLabel = known.keys().get(right.key).label();
    boolean ownersKey = owner != null && right.key != 0 && owner.keyLabel().equals(keyLabel);
    if (right.key != 0 && !ownersKey) {
      differences.add(passwordDifference(known.keys().get(right.key)));
    }
    if (right.mac != null) {
      differences.add(new HandSetMac(right.mac));
    }
    if (owner != null) {
      differences.add(new OfOtherRouter(owner.name(), ownersKey));
      return differences;
    }
    if (!right.sequence.equals(sorted(right.sequence))) {
      differences.add(new InterfaceOrder(right.sequence));
    }
    List<InetAddress> missing = without(base, right.sequence::contains);
    List<InetAddress> extra = without(right.sequence, base::contains);
    if (!missing.isEmpty()) {
      differences.add(missingDifference(missing));
    }
    if (!extra.isEmpty()) {
      differences.add(
          extra.stream().allMatch(HmacSearch::isLinkLocal)
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
      if (theirs.equals(sequence) || without(theirs, HmacSearch::isLinkLocal).equals(sequence)) {
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
    if (missing.stream().allMatch(HmacSearch::isLinkLocal)) {
      return new LinkLocalLeftOut(missing);
    }
    for (boolean ipv6 : new boolean[] {true, false}) {
      if (missing.equals(without(base, address -> isIpv6(address) != ipv6))) {
        return new FamilyLeftOut(ipv6, missing);
      }
    }
    return new MissingAddresses(missing, false);
  }

  private static boolean isIpv6(InetAddress address) {
    return address instanceof Inet6Address;
  }

  private static boolean isLinkLocal(InetAddress address) {
    return isIpv6(address) && address.isLinkLocalAddress();
  }

  private static List<InetAddress> sorted(Collection<InetAddress> addresses) {
    return addresses.stream().sorted(HASHED_ORDER).toList();
  }

  /** As an unsorted kernel walks its interface: IPv4 first all the same. */
  private static List<InetAddress> inFamilies(List<InetAddress> addresses) {
    List<InetAddress> sequence = new ArrayList<>(without(addresses, HmacSearch::isIpv6));
    sequence.addAll(without(addresses, address -> !isIpv6(address)));
    return List.copyOf(sequence);
  }

  private static List<InetAddress> without(
      List<InetAddress> addresses, Predicate<InetAddress> unwanted) {
    return addresses.stream().filter(unwanted.negate()).toList();
  }

  private static List<InetAddress> with(List<InetAddress> addresses, InetAddress extra) {
    List<InetAddress> more = new ArrayList<>(addresses);
    more.add(extra);
    return sorted(more);
  }
}
