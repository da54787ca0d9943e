package org.pfha.carp.diagnosis;

import com.google.common.collect.AbstractIterator;
import com.google.common.collect.Collections2;
import com.google.common.collect.Iterators;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.pfha.net.MacAddress;

/**
 * What a peer may have hashed, the likeliest first; each is thought of when it is asked for, so
 * that a search can stop anywhere and go on later. Some come twice. Confined to one thread.
 */
final class HmacHypotheses implements Iterator<HmacHypotheses.Hypothesis> {

  /** No more than this for addresses that come one by one, so that others get their turn. */
  private static final int MOST_PREFIXES = 600;

  /** No more than this for sets of addresses under the configured password. */
  private static final int MOST_EDITS = 2400;

  private static final Comparator<InetAddress> HASHED_ORDER =
      Comparator.<InetAddress>comparingInt(address -> address.getAddress().length)
          .thenComparing(InetAddress::getAddress, Arrays::compareUnsigned);

  /** A key by its number, a MAC set by hand, and addresses in the order they are hashed in. */
  record Hypothesis(int key, @Nullable MacAddress mac, List<InetAddress> sequence) {}

  private final HmacExplainer known;
  private final IntSupplier tried;
  private final List<InetAddress> base; // what this node hashes, sorted
  private final Iterator<Hypothesis> all;

  /**
   * Begins.
   *
   * @param known the configuration and what may be taken for it
   * @param tried how many different ones have been tried until now
   */
  HmacHypotheses(HmacExplainer known, IntSupplier tried) {
    this.known = known;
    this.tried = tried;
    this.base =
        sorted(
            known.addresses().stream()
                .filter(address -> known.hashesLinkLocal() || !isLinkLocal(address))
                .toList());
    this.all = Iterators.concat(Iterators.transform(stages().iterator(), Supplier::get));
  }

  List<InetAddress> base() {
    return base;
  }

  @Override
  public boolean hasNext() {
    return all.hasNext();
  }

  @Override
  public Hypothesis next() {
    return all.next();
  }

  private List<Supplier<Iterator<Hypothesis>>> stages() {
    List<Supplier<Iterator<Hypothesis>>> stages = new ArrayList<>();
    stages.add(this::wholeSystems);
    for (int key = 1; key < known.keys().size(); key++) {
      int other = key;
      stages.add(() -> rules(other, null).iterator());
    }
    known.routers().forEach(router -> stages.add(() -> ofRouter(router).iterator()));
    stages.add(this::addressesOneByOne);
    stages.add(() -> setsOfAddresses(0, MOST_EDITS));
    for (int key = 1; key < known.keys().size(); key++) {
      int other = key;
      stages.add(() -> singleEdits(other, null));
    }
    known.macs().forEach(mac -> stages.add(() -> singleEdits(0, mac)));
    stages.add(this::unsorted);
    for (int key = 1; key < known.keys().size(); key++) {
      int other = key;
      stages.add(() -> setsOfAddresses(other, HmacExplainer.MOST_HMACS));
    }
    return stages;
  }

  /** Each of the known mistakes by itself, with the configured password. */
  private Iterator<Hypothesis> wholeSystems() {
    List<Hypothesis> last = new ArrayList<>();
    last.add(new Hypothesis(0, null, inFamilies(known.addresses())));
    known.macs().forEach(mac -> last.addAll(rules(0, mac)));
    return Iterators.concat(rules(0, null).iterator(), singleEdits(0, null), last.iterator());
  }

  /** The ways in which whole systems hash: with and without link-local, one family, nothing. */
  private List<Hypothesis> rules(int key, @Nullable MacAddress mac) {
    List<InetAddress> each = sorted(known.addresses());
    List<InetAddress> withOthers = new ArrayList<>(each);
    known.otherAddresses().stream().filter(HmacHypotheses::isLinkLocal).forEach(withOthers::add);
    return List.of(
        new Hypothesis(key, mac, base),
        new Hypothesis(key, mac, each),
        new Hypothesis(key, mac, without(each, HmacHypotheses::isLinkLocal)),
        new Hypothesis(key, mac, without(base, HmacHypotheses::isIpv6)),
        new Hypothesis(key, mac, without(base, address -> !isIpv6(address))),
        new Hypothesis(
            key, mac, without(each, address -> !isIpv6(address) || isLinkLocal(address))),
        new Hypothesis(key, mac, List.of()),
        new Hypothesis(key, mac, sorted(withOthers)));
  }

  /** One address missing, one too many, one instead of another. */
  private Iterator<Hypothesis> singleEdits(int key, @Nullable MacAddress mac) {
    List<InetAddress> others = known.otherAddresses();
    return Iterators.concat(
        Iterators.transform(
            base.iterator(), missing -> new Hypothesis(key, mac, without(base, missing::equals))),
        Iterators.transform(
            others.iterator(), extra -> new Hypothesis(key, mac, with(base, extra))),
        Iterators.concat(
            Iterators.transform(
                base.iterator(),
                missing ->
                    Iterators.transform(
                        others.iterator(),
                        extra ->
                            new Hypothesis(
                                key, mac, with(without(base, missing::equals), extra))))));
  }

  private List<Hypothesis> ofRouter(HmacExplainer.Router router) {
    List<InetAddress> theirs = sorted(router.addresses());
    List<InetAddress> global = without(theirs, HmacHypotheses::isLinkLocal);
    List<Hypothesis> hypotheses = new ArrayList<>();
    for (int key = 0; key < known.keys().size(); key++) {
      hypotheses.add(new Hypothesis(key, null, theirs));
      hypotheses.add(new Hypothesis(key, null, global));
    }
    return hypotheses;
  }

  /** A peer that starts adds its addresses in some order, one family after the other or mixed. */
  private Iterator<Hypothesis> addressesOneByOne() {
    int most = tried.getAsInt() + MOST_PREFIXES;
    List<InetAddress> configured = known.addresses().stream().filter(base::contains).toList();
    int size = configured.size();
    List<InetAddress> v4 = without(configured, HmacHypotheses::isIpv6);
    List<InetAddress> v6 = without(configured, address -> !isIpv6(address));
    return Iterators.concat(
        Iterators.concat(
            Iterators.transform(
                IntStream.range(1, size).iterator(),
                length ->
                    Iterators.forArray(
                        new Hypothesis(0, null, sorted(configured.subList(0, length))),
                        new Hypothesis(0, null, sorted(configured.subList(size - length, size)))))),
        upTo(
            most,
            Iterators.concat(
                Iterators.transform(
                    IntStream.rangeClosed(0, v4.size()).iterator(),
                    i ->
                        Iterators.transform(
                            IntStream.rangeClosed(0, v6.size()).iterator(),
                            j -> both(v4.subList(0, i), v6.subList(0, j)))))));
  }

  private static Hypothesis both(List<InetAddress> v4, List<InetAddress> v6) {
    List<InetAddress> both = new ArrayList<>(v4);
    both.addAll(v6);
    return new Hypothesis(0, null, sorted(both));
  }

  /** Ends when so many have been tried. */
  private Iterator<Hypothesis> upTo(int most, Iterator<Hypothesis> some) {
    return new AbstractIterator<>() {
      @Override
      protected @Nullable Hypothesis computeNext() {
        return tried.getAsInt() < most && some.hasNext() ? some.next() : endOfData();
      }
    };
  }

  /** Sets of configured and other addresses, those nearest to the configured one first. */
  private Iterator<Hypothesis> setsOfAddresses(int key, int most) {
    Set<InetAddress> every = new LinkedHashSet<>(base);
    every.addAll(known.addresses());
    every.addAll(known.otherAddresses());
    List<InetAddress> union = List.copyOf(every);
    return upTo(
        tried.getAsInt() + most,
        Iterators.concat(
            Iterators.transform(
                IntStream.rangeClosed(1, union.size()).iterator(),
                edits ->
                    Iterators.transform(
                        new Combinations(union.size(), edits),
                        chosen -> new Hypothesis(key, null, edited(union, chosen))))));
  }

  private List<InetAddress> edited(List<InetAddress> union, int[] chosen) {
    Set<InetAddress> set = new LinkedHashSet<>(base);
    for (int i : chosen) {
      if (!set.remove(union.get(i))) {
        set.add(union.get(i));
      }
    }
    return sorted(set);
  }

  /** So many of the numbers below a size, ascending, in the order of a dictionary. */
  private static final class Combinations extends AbstractIterator<int[]> {
    private final int size;
    private int @Nullable [] last;
    private final int count;

    Combinations(int size, int count) {
      this.size = size;
      this.count = count;
    }

    @Override
    protected int @Nullable [] computeNext() {
      int[] next = last == null ? IntStream.range(-1, count - 1).toArray() : last.clone();
      int i = last == null ? 0 : count - 1;
      while (i >= 0 && last != null && next[i] == size - count + i) {
        i--;
      }
      if (i < 0 || count > size) {
        return endOfData();
      }
      for (int number = next[i] + 1; i < count; i++, number++) {
        next[i] = number;
      }
      last = next;
      return next;
    }
  }

  /** A peer that does not sort hashes in the order of its interface, which may not be ours. */
  private Iterator<Hypothesis> unsorted() {
    List<InetAddress> v4 = without(base, HmacHypotheses::isIpv6);
    List<InetAddress> v6 = without(base, address -> !isIpv6(address));
    return Iterators.concat(
        Iterators.transform(
            orders(v4.size()),
            first ->
                Iterators.transform(
                    orders(v6.size()),
                    second -> {
                      List<InetAddress> sequence = new ArrayList<>();
                      first.forEach(i -> sequence.add(v4.get(i)));
                      second.forEach(i -> sequence.add(v6.get(i)));
                      return new Hypothesis(0, null, List.copyOf(sequence));
                    })));
  }

  /** All orders of the numbers below a size, in the order of a dictionary. */
  private static Iterator<List<Integer>> orders(int size) {
    return Collections2.orderedPermutations(IntStream.range(0, size).boxed().toList()).iterator();
  }

  static boolean isIpv6(InetAddress address) {
    return address instanceof Inet6Address;
  }

  static boolean isLinkLocal(InetAddress address) {
    return isIpv6(address) && address.isLinkLocalAddress();
  }

  static List<InetAddress> sorted(Collection<InetAddress> addresses) {
    return addresses.stream().sorted(HASHED_ORDER).toList();
  }

  /** As an unsorted kernel walks its interface: IPv4 first all the same. */
  private static List<InetAddress> inFamilies(List<InetAddress> addresses) {
    List<InetAddress> sequence = new ArrayList<>(without(addresses, HmacHypotheses::isIpv6));
    sequence.addAll(without(addresses, address -> !isIpv6(address)));
    return List.copyOf(sequence);
  }

  static List<InetAddress> without(List<InetAddress> addresses, Predicate<InetAddress> unwanted) {
    return addresses.stream().filter(unwanted.negate()).toList();
  }

  private static List<InetAddress> with(List<InetAddress> addresses, InetAddress extra) {
    List<InetAddress> more = new ArrayList<>(addresses);
    more.add(extra);
    return sorted(more);
  }
}
