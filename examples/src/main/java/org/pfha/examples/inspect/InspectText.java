package org.pfha.examples.inspect;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.function.LongToDoubleFunction;
import org.pfha.examples.inspect.Heard.Envelope;
import org.pfha.examples.inspect.RouterTrack.Contest;
import org.pfha.examples.inspect.RouterTrack.Failover;
import org.pfha.net.pcap.PcapReader;
import org.pfha.pf.StateText;
import org.pfha.pfsync.wire.Message;

/** What an inspection found, for people. Confined to one thread. */
final class InspectText {

  private static final double SECOND = 1e9;

  private final Inspection inspection;
  private final PrintWriter out;

  InspectText(Inspection inspection, PrintWriter out) {
    this.inspection = inspection;
    this.out = out;
  }

  /** One packet, on one line; with its states, one more for each. */
  void packet(Heard heard, boolean states) {
    Envelope envelope = heard.envelope();
    String remarks = remarks(heard);
    line(
        "%5d %12.6f  %s%s  %s%s",
        envelope.number(),
        inspection.seconds(envelope.atNanos()),
        envelope.from(),
        envelope.destination() == null ? "" : " > " + envelope.to(),
        heard.text(),
        remarks.isEmpty() ? "" : "  [" + remarks + "]");
    if (states && heard instanceof Heard.Pfsync pfsync) {
      for (Message message : pfsync.decoded().packet().messages()) {
        if (message instanceof Message.FullState full) {
          line("%20s%s", "", StateText.line(full.state()));
        }
      }
    }
  }

  private static String remarks(Heard heard) {
    StringJoiner remarks = new StringJoiner("; ");
    heard.envelope().rejects().forEach(remarks::add);
    if (heard instanceof Heard.Carp carp) {
      String why = carp.why();
      if (why != null) {
        remarks.add(why);
      } else if (carp.hmac() == Heard.Hmac.RIGHT) {
        remarks.add("hmac right");
      }
    }
    heard.envelope().notes().forEach(remarks::add);
    return remarks.toString();
  }

  /** Something that happened, beside the packets. */
  void news(long atNanos, String text) {
    line("%18.6f  * %s", inspection.seconds(atNanos), text);
  }

  void summary(String file, PcapReader.End end) {
    line(
        "%s: %d packets, %d of CARP, VRRP or pfsync, %.3f s from %s",
        file,
        inspection.records(),
        inspection.understood(),
        inspection.records() == 0 ? 0 : inspection.seconds(inspection.lastNanos()),
        Instant.ofEpochSecond(0, inspection.firstNanos()));
    if (end != PcapReader.End.COMPLETE && end != PcapReader.End.NOT_YET) {
      line("the file ends early: %s", end(end));
    }
    inspection.routers().forEach(this::router);
    sync();
    if (!inspection.notes().isEmpty()) {
      line("%nunusual, but nobody minds");
      inspection
          .notes()
          .forEach(
              (id, note) ->
                  line(
                      "  %s from %s: %s, %d packets, first #%d",
                      id.proto(), id.from(), id.what(), note.count(), note.firstPacket()));
    }
    List<String> problems = inspection.problems();
    if (!problems.isEmpty()) {
      line("%nproblems");
      problems.forEach(problem -> line("  %s", problem));
    }
  }

  static String end(PcapReader.End end) {
    return switch (end) {
      case NOT_YET, COMPLETE -> "it does not";
      case NOT_PCAP -> "it is neither pcap nor pcapng";
      case UNSUPPORTED_LINK_TYPE -> "its link type is not known";
      case TRUNCATED -> "within a packet";
      case OVERSIZED_RECORD -> "at a packet of impossible size";
      case BAD_BLOCK -> "at a block that makes no sense";
    };
  }

  private void router(Inspection.RouterId id, RouterTrack track) {
    line("%n%s", id);
    for (Span span : track.spans()) {
      line(
          "  %12.3f – %10.3f s  %-15s MASTER %-12s %d adverts%s",
          inspection.seconds(span.fromNanos()),
          inspection.seconds(span.lastNanos()),
          span.source(),
          span.text(),
          span.adverts(),
          intervals(span));
    }
    for (Failover failover : track.failovers()) {
      line("  %12.3f s  failover: %s", inspection.seconds(failover.atNanos()), failover(failover));
    }
    for (Contest contest : track.contests()) {
      line("  %s", contest(contest, inspection::seconds));
    }
    CounterTrack counters = inspection.counters(id);
    if (id.proto() == Heard.Proto.carp && counters != null) {
      line("  counters: %s", counters(counters));
    }
    if (track.hmacs().keySet().stream().anyMatch(word -> !word.equals("unknown"))) {
      StringJoiner words = new StringJoiner(", ");
      track.hmacs().forEach((word, count) -> words.add(count + " " + word));
      line("  HMACs: %s", words);
    }
  }

  private static String intervals(Span span) {
    if (span.gaps() == 0) {
      return "";
    }
    return String.format(
        Locale.ROOT,
        " every %.3f s (%.3f–%.3f, jitter %.3f)%s",
        span.meanSeconds(),
        span.leastSeconds(),
        span.mostSeconds(),
        span.jitterSeconds(),
        span.late() == 0 ? "" : ", %d late, about %d lost".formatted(span.late(), span.missed()));
  }

  private static String counters(CounterTrack counters) {
    if (counters.isHalf()) {
      return "every second one; the other family was not captured";
    }
    StringJoiner text = new StringJoiner(", ");
    text.add(counters.consecutive() + " consecutive");
    text.add(counters.lost() + " lost");
    if (counters.repeated() > 0) {
      text.add(counters.repeated() + " repeated");
    }
    if (counters.unrelated() > 0) {
      text.add(counters.unrelated() + " unrelated (a master that never heard another)");
    }
    return text.toString();
  }

  static String failover(Failover failover) {
    String overlap =
        failover.overlapNanos() == 0
            ? ""
            : String.format(
                Locale.ROOT,
                "; the old one was heard %.3f s longer",
                failover.overlapNanos() / SECOND);
    return String.format(
        Locale.ROOT,
        "%s takes over from %s (%s) after %.3f s of silence: %s%s",
        failover.to(),
        failover.from(),
        failover.said(),
        failover.silenceNanos() / SECOND,
        failover.cause().text(),
        overlap);
  }

  static String contest(Contest contest, LongToDoubleFunction seconds) {
    return String.format(
        Locale.ROOT,
        "two masters, %s and %s, from %.3f to %.3f s%s",
        contest.one(),
        contest.other(),
        seconds.applyAsDouble(contest.fromNanos()),
        seconds.applyAsDouble(contest.untilNanos()),
        contest.isOver() ? "" : ", not settled when the capture ended");
  }

  static String change(RouterTrack.Change change) {
    if (change instanceof RouterTrack.Change.First first) {
      return "%s is MASTER, %s"
          .formatted(first.master().source(), first.master().standing().text());
    }
    if (change instanceof RouterTrack.Change.Handover handover) {
      return failover(handover.failover());
    }
    if (change instanceof RouterTrack.Change.Two two) {
      return "two masters, %s and %s".formatted(two.contest().one(), two.contest().other());
    }
    RouterTrack.Change.One one = (RouterTrack.Change.One) change;
    return "one master again, %s".formatted(one.survivor().source());
  }

  private void sync() {
    SyncTrack sync = inspection.sync();
    if (sync.senders().isEmpty()) {
      return;
    }
    line("%npfsync");
    sync.senders()
        .forEach(
            (name, sender) -> {
              line(
                  "  %s: %d packets, %d bytes%s, ruleset %s",
                  name,
                  sender.packets(),
                  sender.bytes(),
                  sender.formats().isEmpty()
                      ? ""
                      : ", format " + String.join(" and ", sender.formats()),
                  String.join(" then ", sender.rulesets()));
              StringJoiner messages = new StringJoiner(", ");
              sender.messages().forEach((action, count) -> messages.add(action + " " + count));
              line("    %s", messages);
            });
    sync.creators()
        .forEach(
            (id, creator) ->
                line(
                    "  creator %08x: %d inserted, %d updates, %d deleted, %d alive at the end%s",
                    id,
                    creator.inserted(),
                    creator.updates(),
                    creator.deleted(),
                    creator.alive(),
                    creator.unknown() == 0
                        ? ""
                        : ", %d named but never seen in full".formatted(creator.unknown())));
    for (SyncTrack.Bulk bulk : sync.bulks()) {
      line(
          "  %12.3f s  bulk transfer by %s: %d states in %.3f s%s",
          inspection.seconds(bulk.fromNanos()),
          bulk.sender(),
          bulk.states(),
          (bulk.untilNanos() - bulk.fromNanos()) / SECOND,
          bulk.isEnded()
              ? ""
              : bulk.isBegunAgain() ? ", begun again" : ", its end was not captured");
    }
    if (sync.askedStates() > 0) {
      line(
          "  %d states asked for again, because their insert was lost; %d sent in full then",
          sync.askedStates(), sync.answeredStates());
    }
    if (sync.rulesetsDiffer()) {
      line("  the rulesets differ: states keep their rule numbers on their own node only");
    }
    if (sync.formatsDiffer()) {
      line("  the formats differ: an older release drops what it does not know");
    }
  }

  private void line(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
  }
}
