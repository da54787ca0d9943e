package org.pfha.examples.sync;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import org.pfha.configsync.SecondaryReport;
import org.pfha.configsync.SyncPlan;
import org.pfha.configsync.SyncReceipt;
import org.pfha.configsync.dialect.Outgoing.Withheld;

/** Plans, receipts and reports as one line of JSON. */
final class SyncJson {
  private static final JsonFactory FACTORY = new JsonFactory();

  private SyncJson() {}

  private interface Body {
    void write(JsonGenerator json) throws IOException;
  }

  private static String object(Body body) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      json.writeStartObject();
      body.write(json);
      json.writeEndObject();
    }
    return text.append('\n').toString();
  }

  static String of(SyncPlan plan) throws IOException {
    return object(
        json -> {
          json.writeStringField("peer", plan.peer());
          json.writeStringField("version", plan.version().text());
          json.writeStringField("node", plan.version().node());
          json.writeBooleanField("changes_nothing", plan.changesNothing());
          json.writeArrayFieldStart("sections");
          for (SyncPlan.Section section : plan.sections()) {
            json.writeStartObject();
            json.writeStringField("name", section.name());
            json.writeStringField("change", section.change().name());
            json.writeStringField("sent_digest", section.sentDigest());
            json.writeStringField("peer_digest", section.peerDigest());
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeFieldName("diff");
          json.writeRawValue(plan.diff().toJson());
          rest(json, plan.withheld(), plan.uncovered(), plan.warnings());
        });
  }

  static String of(SyncReceipt receipt) throws IOException {
    return object(
        json -> {
          json.writeStringField("peer", receipt.peer());
          json.writeStringField("version", receipt.peerVersion());
          json.writeStringField("at", receipt.at().toString());
          json.writeNumberField("milliseconds", receipt.duration().toMillis());
          json.writeNumberField("calls", receipt.attempts());
          json.writeBooleanField("sent", receipt.sent());
          json.writeBooleanField("verified", receipt.verified());
          json.writeArrayFieldStart("sections");
          for (SyncReceipt.Section section : receipt.sections()) {
            json.writeStartObject();
            json.writeStringField("name", section.name());
            json.writeStringField("outcome", section.outcome().name());
            json.writeStringField("sent_digest", section.sentDigest());
            json.writeStringField("peer_digest", section.peerDigest());
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeObjectFieldStart("steps");
          for (var step : receipt.steps().entrySet()) {
            json.writeNumberField(step.getKey().name(), step.getValue().toMillis());
          }
          json.writeEndObject();
          rest(json, receipt.withheld(), receipt.uncovered(), receipt.warnings());
        });
  }

  static String of(SecondaryReport report) throws IOException {
    return object(
        json -> {
          json.writeStringField("at", report.at().toString());
          json.writeStringField("caller", report.caller().getHostAddress());
          strings(json, "hops", report.hops());
          json.writeStringField("outcome", report.outcome().name());
          strings(json, "changed", report.changed());
          strings(json, "diff", report.diff());
          json.writeArrayFieldStart("effects");
          for (SecondaryReport.Result result : report.effects()) {
            json.writeStartObject();
            json.writeStringField("effect", result.effect());
            json.writeNumberField("milliseconds", result.took().toMillis());
            json.writeStringField("error", result.error());
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeStringField("error", report.error());
          json.writeNumberField("milliseconds", report.took().toMillis());
        });
  }

  private static void rest(
      JsonGenerator json, List<Withheld> withheld, List<String> uncovered, List<String> warnings)
      throws IOException {
    json.writeArrayFieldStart("withheld");
    for (Withheld kept : withheld) {
      json.writeStartObject();
      json.writeStringField("path", kept.path());
      json.writeStringField("reason", kept.reason());
      json.writeEndObject();
    }
    json.writeEndArray();
    strings(json, "uncovered", uncovered);
    strings(json, "warnings", warnings);
  }

  private static void strings(JsonGenerator json, String name, List<String> values)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }
}
