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
 * starting. Confined to one thread.
 */
final class MismatchWatch {

  /** As many senders are looked into; their addresses can be forged. */
  static final int MOST_SOURCES = 8;

  /** A sender that starts has all its addresses after this, or will not have them. */
  static final long BOOTING_NANOS = 60_000_000_000L;

  private static final long AGAIN_WHILE_BOOTING_NANOS = 2_000_000_000L;
  private static final long AGAIN_NANOS = 10_000_000_000L;
  private static final long AGAIN_AT_MOST_NANOS = 600_000_000_000L;
  private static final long LEAST_QUIET_NANOS = 10_000_000_000L;

  private final HmacBudget budget;
  private final Consumer<CarpDiagnosis> out;
  private final SourceTable<Sender> senders =
      new SourceTable<>(MOST_SOURCES, Sender::new, sender -> !sender.episode.isOpen());

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
    if (at - sender.nextNanos < 0 || !budget.isLeft(at)) {
      return;
    }
    HmacExplanation explanation = explainer.get().withOtherAddresses(sources()).explain(advert);
    budget.spend(explanation.hmacs());
    boolean booting = isBooting(sender, explanation, at);
    sender.nextNanos = at + (booting ? AGAIN_WHILE_BOOTING_NANOS : sender.waitNanos);
    if (!booting) {
      sender.waitNanos = Math.min(AGAIN_AT_MOST_NANOS, 2 * sender.waitNanos);
    }
    HashMismatch mismatch =
        new HashMismatch(
            watched.link(),
            watched.vhid(),
            at,
            sender.source,
            advert.advbase(),
            advert.advskew(),
            explanation,
            booting,
            master,
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
    senders.forEach(sender -> endIfQuiet(sender, now));
    senders.removeIf(sender -> !sender.episode.isOpen());
  }

  void deadlines(Deadline earliest) {
    if (senders.isEmpty()) {
      return;
    }
    senders.forEach(sender -> earliest.of(sender.episode));
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
    sender.differences = List.of();
    CarpDiagnosis told = sender.episode.close();
    if (told != null) {
      out.accept(new Ended(told, now, because));
    }
  }
}
