package org.pfha.examples.inspect;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who was master of one virtual router when, worked out of who advertises. Confined to one thread.
 *
 * <p>A master stays one however long it is silent, as long as nobody else speaks. Another speaker
 * takes over if it is better, or if the master was silent long enough for it; the old one may still
 * be heard for a moment, which is an overlap. Another speaker while the master is there means two
 * masters, until one of them falls silent.
 */
final class RouterTrack {

  /** Why the mastership changed hands. */
  enum Cause {
    /** The old master said that it goes. */
    RESIGNED("it resigned"),
    /** The old master was silent for too long. */
    TIMED_OUT("timed out"),
    /** The new one is better than what the old one said last. */
    PREEMPTED("preempted"),
    /** One that is no better took over although the old one was there, and won. */
    OUT_OF_TURN("out of turn, although the old one was no worse");

    private final String text;

    Cause(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** A change of masters. */
  static final class Failover {
    private final long atNanos;
    private final Span from;
    private final Span to;
    private final long silenceNanos;
    private final Cause cause;
    private final String said;
    private long overlapNanos;

    private Failover(long atNanos, Span from, Span to, long silenceNanos, Cause cause) {
      this.atNanos = atNanos;
      this.from = from;
      this.to = to;
      this.silenceNanos = silenceNanos;
      this.cause = cause;
      this.said = from.standing().text();
    }

    long atNanos() {
      return atNanos;
    }

    String from() {
      return from.source();
    }

    String to() {
      return to.source();
    }

    /** From the old master's last advert to the new one's first. */
    long silenceNanos() {
      return silenceNanos;
    }

    Cause cause() {
      return cause;
    }

    /** What the old master said last. */
    String said() {
      return said;
    }

    /** How long the old master was heard behind the new one's first advert. */
    long overlapNanos() {
      return overlapNanos;
    }
  }

  /** Two masters at once. */
  static final class Contest {
    private final Span one;
    private final Span other;
    private final long fromNanos;
    private final long silenceNanos;
    private long untilNanos;
    private boolean over;

    private Contest(Span one, Span other, long atNanos) {
      this.silenceNanos = atNanos - one.lastNanos();
      this.one = one;
      this.other = other;
      this.fromNanos = atNanos;
      this.untilNanos = atNanos;
    }

    String one() {
      return one.source();
    }

    String other() {
      return other.source();
    }

    long fromNanos() {
      return fromNanos;
    }

    /** When the loser, or while it lasts anybody, was last heard. */
    long untilNanos() {
      return untilNanos;
    }

    boolean isOver() {
      return over;
    }
  }

  private static final long SECOND = 1_000_000_000L;

  private final List<Span> spans = new ArrayList<>();
  private final List<Failover> failovers = new ArrayList<>();
  private final List<Contest> contests = new ArrayList<>();
  private final Map<String, Integer> hmacs = new TreeMap<>();
  private @Nullable Span master;
  private @Nullable Span former;
  private @Nullable Contest contest;

  /** What an advert changed. */
  sealed interface Change {

    /** The first master of the capture. */
    record First(Span master) implements Change {}

    /** Another master. */
    record Handover(Failover failover) implements Change {}

    /** Two masters. */
    record Two(Contest contest) implements Change {}

    /** One master again. */
    record One(Contest contest, Span survivor) implements Change {}
  }

  /** A valid advert; returns what it changed, if anything. */
  @Nullable Change heard(long atNanos, String source, Standing said) {
    Span current = master;
    if (current == null) {
      return new Change.First(start(atNanos, source, said));
    }
    if (contest != null) {
      return duringContest(contest, atNanos, source, said);
    }
    if (current.source().equals(source)) {
      current.heard(atNanos, said);
      return null;
    }
    long silence = atNanos - current.lastNanos();
    if (current.standing().resigns()) {
      return handOver(current, atNanos, source, said, Cause.RESIGNED);
    }
    if (said.resigns()) {
      return null; // goodbye of one that was not believed to be master
    }
    if (silence >= said.downNanos()) {
      return handOver(current, atNanos, source, said, Cause.TIMED_OUT);
    }
    if (said.isBetterThan(current.standing())) {
      return handOver(current, atNanos, source, said, Cause.PREEMPTED);
    }
    Failover last = failovers.isEmpty() ? null : failovers.get(failovers.size() - 1);
    Span old = former;
    if (old != null && last != null && old.source().equals(source)) {
      long overlap = atNanos - last.atNanos;
      if (overlap <= old.standing().intervalNanos() * 3 / 2 + SECOND) {
        last.overlapNanos = overlap;
        return null;
      }
    }
    Contest begun = new Contest(current, new Span(source, atNanos, said), atNanos);
    contests.add(begun);
    contest = begun;
    return new Change.Two(begun);
  }

  private @Nullable Change duringContest(Contest two, long atNanos, String source, Standing said) {
    Span speaker = two.one.source().equals(source) ? two.one : two.other;
    Span opponent = speaker == two.one ? two.other : two.one;
    if (!speaker.source().equals(source)) {
      return null; // a third one; the two have to settle first
    }
    speaker.heard(atNanos, said);
    long silence = atNanos - opponent.lastNanos();
    boolean gone = opponent.standing().resigns();
    if (!gone && silence <= Math.max(opponent.standing().downNanos(), SECOND)) {
      two.untilNanos = atNanos;
      return null;
    }
    two.untilNanos = opponent.lastNanos();
    two.over = true;
    contest = null;
    if (speaker == two.other) {
      Failover won =
          new Failover(two.fromNanos, two.one, speaker, two.silenceNanos, Cause.OUT_OF_TURN);
      won.overlapNanos = two.untilNanos - two.fromNanos;
      failovers.add(won);
      spans.add(speaker);
      former = two.one;
      master = speaker;
    }
    return new Change.One(two, speaker);
  }

  private Change handOver(Span current, long atNanos, String source, Standing said, Cause cause) {
    Span next = start(atNanos, source, said);
    Failover failover = new Failover(atNanos, current, next, atNanos - current.lastNanos(), cause);
    failovers.add(failover);
    former = current;
    return new Change.Handover(failover);
  }

  private Span start(long atNanos, String source, Standing said) {
    Span span = new Span(source, atNanos, said);
    spans.add(span);
    master = span;
    return span;
  }

  /** Counts an advert by what is known of its HMAC. */
  void count(Heard.Hmac hmac) {
    hmacs.merge(hmac.name().toLowerCase(Locale.ROOT), 1, Integer::sum);
  }

  /** Adverts by {@code right}, {@code wrong} and {@code unknown}. */
  Map<String, Integer> hmacs() {
    return hmacs;
  }

  List<Span> spans() {
    return spans;
  }

  List<Failover> failovers() {
    return failovers;
  }

  List<Contest> contests() {
    return contests;
  }
}
