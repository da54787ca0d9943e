package org.pfha.examples.inspect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pfha.examples.inspect.RouterTrack.Contest;
import org.pfha.examples.inspect.RouterTrack.Failover;
import org.pfha.net.pcap.PcapReader;

/**
 * What an inspection found, for programs: one object. Fields are added, never renamed. Times are
 * seconds since the first record, durations seconds.
 *
 * <pre>
 * file, end ("complete", "truncated" …), records, understood, begin (RFC 3339), seconds
 * routers[]   proto, link, vhid, family
 *   masters[]      source, from, to, said, adverts, interval {mean, min, max, jitter, late, missed}
 *   failovers[]    at, from, to, said, silence, cause, overlap
 *   two_masters[]  one, other, from, to, over
 *   counters       consecutive, lost, repeated, unrelated, half          (CARP)
 *   hmacs          right, wrong, unknown                                 (CARP)
 * pfsync      senders[] source, packets, bytes, formats[], rulesets[], messages{}, asked
 *             creators[] id, inserted, updates, deleted, alive, unknown
 *             bulks[] sender, at, seconds, states, ended, begun_again
 *             asked_states, answered_states, rulesets_differ, formats_differ
 * faults[], notes[]   proto, from, what, packets, first_packet, why
 * problems[]  texts
 * </pre>
 */
final class InspectJson {

  private final Inspection inspection;
  private final JsonGenerator json;

  private InspectJson(Inspection inspection, JsonGenerator json) {
    this.inspection = inspection;
    this.json = json;
  }

  static void write(Inspection inspection, String file, PcapReader.End end, Writer out)
      throws IOException {
    JsonGenerator json = new JsonFactory().createGenerator(out);
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    json.useDefaultPrettyPrinter();
    new InspectJson(inspection, json).write(file, end);
    json.close();
    out.write(System.lineSeparator());
  }

  private void write(String file, PcapReader.End end) throws IOException {
    json.writeStartObject();
    json.writeStringField("file", file);
    json.writeStringField("end", end.name().toLowerCase(Locale.ROOT));
    json.writeNumberField("records", inspection.records());
    json.writeNumberField("understood", inspection.understood());
    json.writeStringField("begin", Instant.ofEpochSecond(0, inspection.firstNanos()).toString());
    duration("seconds", inspection.lastNanos() - inspection.firstNanos());
    json.writeArrayFieldStart("routers");
    for (Map.Entry<Inspection.RouterId, RouterTrack> each : inspection.routers().entrySet()) {
      router(each.getKey(), each.getValue());
    }
    json.writeEndArray();
    sync(inspection.sync());
    faults("faults", inspection.faults());
    faults("notes", inspection.notes());
    texts("problems", inspection.problems());
    json.writeEndObject();
  }

  private void router(Inspection.RouterId id, RouterTrack track) throws IOException {
    json.writeStartObject();
    json.writeStringField("proto", id.proto().name());
    json.writeStringField("link", id.link());
    json.writeNumberField("vhid", id.vhid());
    json.writeNumberField("family", id.ipv6() ? 6 : 4);
    json.writeArrayFieldStart("masters");
    for (Span span : track.spans()) {
      span(span);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("failovers");
    for (Failover failover : track.failovers()) {
      json.writeStartObject();
      at("at", failover.atNanos());
      json.writeStringField("from", failover.from());
      json.writeStringField("to", failover.to());
      json.writeStringField("said", failover.said());
      duration("silence", failover.silenceNanos());
      json.writeStringField("cause", failover.cause().word());
      duration("overlap", failover.overlapNanos());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("two_masters");
    for (Contest contest : track.contests()) {
      json.writeStartObject();
      json.writeStringField("one", contest.one());
      json.writeStringField("other", contest.other());
      at("from", contest.fromNanos());
      at("to", contest.untilNanos());
      json.writeBooleanField("over", contest.isOver());
      json.writeEndObject();
    }
    json.writeEndArray();
    counters(id.proto() == Heard.Proto.carp ? inspection.counters(id) : null);
    if (!track.hmacs().isEmpty()) {
      json.writeObjectFieldStart("hmacs");
      for (Map.Entry<String, Integer> each : track.hmacs().entrySet()) {
        json.writeNumberField(each.getKey(), each.getValue());
      }
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private void span(Span span) throws IOException {
    json.writeStartObject();
    json.writeStringField("source", span.source());
    at("from", span.fromNanos());
    at("to", span.lastNanos());
    json.writeStringField("said", span.text());
    json.writeNumberField("adverts", span.adverts());
    if (span.gaps() > 0) {
      json.writeObjectFieldStart("interval");
      seconds("mean", span.meanSeconds());
      seconds("min", span.leastSeconds());
      seconds("max", span.mostSeconds());
      seconds("jitter", span.jitterSeconds());
      json.writeNumberField("late", span.late());
      json.writeNumberField("missed", span.missed());
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private void counters(@Nullable CounterTrack counters) throws IOException {
    if (counters == null) {
      return;
    }
    json.writeObjectFieldStart("counters");
    json.writeNumberField("consecutive", counters.consecutive());
    json.writeNumberField("lost", counters.lost());
    json.writeNumberField("repeated", counters.repeated());
    json.writeNumberField("unrelated", counters.unrelated());
    json.writeBooleanField("half", counters.isHalf());
    json.writeEndObject();
  }

  private void sync(SyncTrack sync) throws IOException {
    json.writeObjectFieldStart("pfsync");
    json.writeArrayFieldStart("senders");
    for (Map.Entry<String, SyncTrack.Sender> each : sync.senders().entrySet()) {
      SyncTrack.Sender sender = each.getValue();
      json.writeStartObject();
      json.writeStringField("source", each.getKey());
      json.writeNumberField("packets", sender.packets());
      json.writeNumberField("bytes", sender.bytes());
      texts("formats", sender.formats());
      texts("rulesets", sender.rulesets());
      json.writeObjectFieldStart("messages");
      for (Map.Entry<String, Long> count : sender.messages().entrySet()) {
        json.writeNumberField(count.getKey(), count.getValue());
      }
      json.writeEndObject();
      json.writeNumberField("asked", sender.asked());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("creators");
    for (Map.Entry<Integer, SyncTrack.Creator> each : sync.creators().entrySet()) {
      SyncTrack.Creator creator = each.getValue();
      json.writeStartObject();
      json.writeStringField("id", "%08x".formatted(each.getKey()));
      json.writeNumberField("inserted", creator.inserted());
      json.writeNumberField("updates", creator.updates());
      json.writeNumberField("deleted", creator.deleted());
      json.writeNumberField("alive", creator.alive());
      json.writeNumberField("unknown", creator.unknown());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("bulks");
    for (SyncTrack.Bulk bulk : sync.bulks()) {
      json.writeStartObject();
      json.writeStringField("sender", bulk.sender());
      at("at", bulk.fromNanos());
      duration("seconds", bulk.untilNanos() - bulk.fromNanos());
      json.writeNumberField("states", bulk.states());
      json.writeBooleanField("ended", bulk.isEnded());
      json.writeBooleanField("begun_again", bulk.isBegunAgain());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeNumberField("asked_states", sync.askedStates());
    json.writeNumberField("answered_states", sync.answeredStates());
    json.writeBooleanField("rulesets_differ", sync.rulesetsDiffer());
    json.writeBooleanField("formats_differ", sync.formatsDiffer());
    json.writeEndObject();
  }

  private void faults(String name, Map<Inspection.FaultId, Inspection.Fault> faults)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (Map.Entry<Inspection.FaultId, Inspection.Fault> each : faults.entrySet()) {
      json.writeStartObject();
      json.writeStringField("proto", each.getKey().proto().name());
      json.writeStringField("from", each.getKey().from());
      json.writeStringField("what", each.getKey().what());
      json.writeNumberField("packets", each.getValue().count());
      json.writeNumberField("first_packet", each.getValue().firstPacket());
      json.writeStringField("why", each.getValue().why());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void texts(String name, Collection<String> texts) throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }

  private void at(String name, long nanos) throws IOException {
    duration(name, nanos - inspection.firstNanos());
  }

  private void duration(String name, long nanos) throws IOException {
    seconds(name, (double) nanos / 1e9);
  }

  /** Microseconds are what captures have. */
  private void seconds(String name, double seconds) throws IOException {
    json.writeNumberField(name, Math.round(seconds * 1e6) / 1e6);
  }
}
