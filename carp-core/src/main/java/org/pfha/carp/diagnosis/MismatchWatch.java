package org.pfha.carp.diagnosis;

import java.net.InetAddress;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.diagnosis.CarpDiagnosis.Ended;
import org.pfha.carp.diagnosis.CarpDiagnosis.HashMismatch;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.IpPacket;

/**
 * Has adverts with a wrong HMAC explained, now and then: the first of a sender at once, later ones
 * at growing intervals. A sender that only lacks addresses, and has more of them each time, is
 * starting. One advert is looked into at a time, and a little of it at a time: nothing else may be
 * late for it. Confined to one thread.
 */
final class MismatchWatch {

  /** As many senders are looked into; their addresses can be forged. */
  static final int MOST_SOURCES = 8;

  /** A sender that starts has all its addresses after this, or will not have them. */
  static final long BOOTING_NANOS = 60_000_000_000L;

  /** Hypotheses at a time: half a millisecond's worth with dozens of addresses. */
  static final int AT_A_TIME = 64;

  /** Between two times: a tenth of the loop's time at most. */
  static final long PAUSE_NANOS = 5_000_000L;

  private static final long AGAIN_WHILE_BOOTING_NANOS = 2_000_000_000L;
  private static final long AGAIN_NANOS = 10_000_000_000L;
  private static final long AGAIN_AT_MOST_NANOS = 600_000_000_000L;
  private static final long LEAST_QUIET_NANOS = 10_000_000_000L;

  private final HmacBudget budget;
  private final Consumer<CarpDiagnosis> out;
  private final SourceTable<Sender> senders =
      new SourceTable<>(MOST_SOURCES, Sender::new, sender -> !sender.episode.isOpen());

  private @Nullable Look look;

  /** An advert that is being looked into. */
  private static final class Look {
    private final Sender sender;
    private final HmacSearch search;
    private final Watched watched;
    private final long arrivalNanos;
    private final int advbase;
    private final int advskew;
    private final boolean master;
    private long nextNanos;

    Look(
        Sender sender,
        HmacSearch search,
        Watched watched,
        long arrivalNanos,
        CarpView advert,
        boolean master) {
      this.sender = sender;
      this.search = search;
      this.watched = watched;
      this.arrivalNanos = arrivalNanos;
      this.advbase = advert.advbase();
      this.advskew = advert.advskew();
      this.master = master;
    }
  }

  private static final class Sender {
    private final InetAddress source;
    private final Episode episode = new Episode();
    private long nextNanos;
    private long waitNanos;
    private long grownNanos;
    private int hashedAddresses;
    private boolean lacking;
    private List<HmacDifference> differences = List.of();

    Sender(InetAddress source) {
      this.source = source;
    }
  }

  MismatchWatch(HmacBudget budget, Consumer<CarpDiagnosis> out) {
    this.budget = budget;
    this.out = out;
  }

  void rejected(
      CarpView advert,
      IpPacket packet,
      Watched watched,
      Supplier<HmacExplainer> explainer,
      boolean master) {
    Sender sender = senders.of(packet);
    if (sender == null) {
      return;
    }
    long at = packet.arrivalNanos();
    endIfQuiet(sender, at);
    boolean first = !sender.episode.isOpen();
    long interval = Intervals.advert(advert.advbase(), advert.advskew());
    sender.episode.seen(at, Math.max(LEAST_QUIET_NANOS, 3 * interval));
    if (first) {
      sender.nextNanos = at;
      sender.waitNanos = AGAIN_NANOS;
      sender.lacking = false;
    }
    if (look != null || at - sender.nextNanos < 0 || !budget.isLeft(at)) {
      return;
    }
    HmacSearch search = explainer.get().withOtherAddresses(sources()).search(advert);
    look = new Look(sender, search, watched, at, advert, master);
    goOn(look, at);
  }

  /** Looks a little further, and tells what was found. */
  private void goOn(Look present, long now) {
    int before = present.search.hmacs();
    boolean ended = present.search.advance(AT_A_TIME);
    budget.spend(present.search.hmacs() - before);
    if (ended) {
      look = null;
      found(present, present.search.explanation());
    } else {
      present.nextNanos = now + PAUSE_NANOS;
    }
  }

  private void found(Look ended, HmacExplanation explanation) {
    Sender sender = ended.sender;
    long at = ended.arrivalNanos;
    boolean booting = isBooting(sender, explanation, at);
    sender.nextNanos = at + (booting ? AGAIN_WHILE_BOOTING_NANOS : sender.waitNanos);
    if (!booting) {
      sender.waitNanos = Math.min(AGAIN_AT_MOST_NANOS, 2 * sender.waitNanos);
    }
    HashMismatch mismatch =
        new HashMismatch(
            ended.watched.link(),
            ended.watched.vhid(),
            at,
            sender.source,
            ended.advbase,
            ended.advskew,
            explanation,
            booting,
            ended.master,
            sender.episode.times());
    List<HmacDifference> differences =
        explanation instanceof HmacExplanation.Explained explained
            ? explained.differences()
            : List.of();
    if (!differences.equals(sender.differences) || sender.episode.isDue(mismatch.severity(), at)) {
      sender.differences = differences;
      out.accept(sender.episode.told(mismatch));
    }
  }

  /** What a peer has on its interface may have got among its virtual addresses. */
  private List<InetAddress> sources() {
    return senders.values().stream().map(sender -> sender.source).toList();
  }

  /** Remembers how many addresses it hashes, and since when. */
  private static boolean isBooting(Sender sender, HmacExplanation explanation, long at) {
    if (!(explanation instanceof HmacExplanation.Explained explained)
        || !explained.onlyLacksAddresses()) {
      sender.lacking = false;
      return false;
    }
    int hashed = explained.hashedAddresses();
    boolean shrunk = sender.lacking && hashed < sender.hashedAddresses;
    if (!sender.lacking || hashed > sender.hashedAddresses) {
      sender.grownNanos = at;
    }
    sender.lacking = true;
    sender.hashedAddresses = hashed;
    if (shrunk) {
      sender.grownNanos = at - BOOTING_NANOS;
    }
    return at - sender.grownNanos - BOOTING_NANOS < 0;
  }

  /** A valid advert: what was wrong with its sender no longer is. */
  void accepted(IpPacket packet) {
    if (senders.isEmpty()) {
      return;
    }
    @Nullable Sender sender = senders.known(packet);
    if (sender != null) {
      end(sender, packet.arrivalNanos(), "its adverts are valid now");
    }
  }

  void tick(long now) {
    Look present = look;
    if (present != null && now - present.nextNanos >= 0) {
      goOn(present, now);
    }
    senders.forEach(sender -> endIfQuiet(sender, now));
    senders.removeIf(sender -> !sender.episode.isOpen());
  }

  void deadlines(Deadline earliest) {
    if (senders.isEmpty()) {
      return;
    }
    senders.forEach(sender -> earliest.of(sender.episode));
    if (look != null) {
      earliest.at(look.nextNanos);
    }
  }

  void ongoing(List<CarpDiagnosis> some) {
    senders.forEach(sender -> sender.episode.ongoing(some));
  }

  private void endIfQuiet(Sender sender, long now) {
    if (sender.episode.isOver(now)) {
      end(sender, now, "no longer heard");
    }
  }

  private void end(Sender sender, long now, String because) {
    if (look != null && look.sender == sender) {
      look = null;
    }
    sender.differences = List.of();
    CarpDiagnosis told = sender.episode.close();
    if (told != null) {
      out.accept(new Ended(told, now, because));
    }
  }
}
