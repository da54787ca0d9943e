package org.pfha.examples.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Constructor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfha.carp.CarpEvent;
import org.pfha.carp.LoopDelay;
import org.pfha.carp.RoleChange;
import org.pfha.carp.engine.Role;
import org.pfha.carp.engine.RoleReason;
import org.pfha.examples.conformance.Json;
import org.pfha.pfsync.engine.PfsyncEvent;

/** What is kept of all that happens. */
class TimelineTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private final List<Timeline.Entry> heard = new ArrayList<>();
  private final Timeline timeline = new Timeline(heard::add);

  @Test
  void theOldestMakesRoom() {
    for (int i = 1; i <= 250; i++) {
      timeline.add(NOON, "a", Timeline.Kind.OPERATOR, "event " + i);
    }
    assertThat(timeline.entries()).hasSize(200);
    assertThat(timeline.entries().get(0).text()).isEqualTo("event 51");
    assertThat(timeline.entries().get(199).number()).isEqualTo(250);
    assertThat(heard).hasSize(250);
  }

  @Test
  void anEntryIsTextWhateverItSays() throws Exception {
    timeline.add(NOON, "<b>", Timeline.Kind.CONFIG, "\"quoted\" \\ \u0007 </script> \ud800");
    Json json = Json.parse("entry", timeline.entries().get(0).json().toString());
    assertThat(json.get("node").text()).isEqualTo("<b>");
    assertThat(json.get("kind").text()).isEqualTo("config");
    assertThat(json.get("text").text()).startsWith("\"quoted\" \\ \u0007 </script>");
    assertThat(json.get("at").text()).isEqualTo("2026-03-01T12:00:00Z");
  }

  /** Whoever adds an event has to say whether an operator wants to hear of it. */
  @Test
  void everyKindOfCarpEventIsKnown() {
    assertThat(CarpEvent.class.getPermittedSubclasses()).hasSize(7);
    timeline.add(NOON, "a", new LoopDelay("late timer", Duration.ofMillis(80), 5));
    assertThat(heard.get(0).kind()).isEqualTo(Timeline.Kind.HEALTH);
    assertThat(heard.get(0).text()).contains("80 ms");
  }

  @ParameterizedTest
  @EnumSource
  void ofPfsyncOnlyWhatIsNotAboutSingleStatesIsKept(PfsyncEvent.Kind kind) throws Exception {
    Constructor<?> record = PfsyncEvent.class.getConstructors()[0];
    timeline.add(NOON, "a", (PfsyncEvent) record.newInstance(kind, 0L, 0, "1", 0L, null));
    Set<PfsyncEvent.Kind> wanted =
        EnumSet.of(
            PfsyncEvent.Kind.BULK_REQUESTED,
            PfsyncEvent.Kind.BULK_RECEIVE_START,
            PfsyncEvent.Kind.BULK_RECEIVE_DONE,
            PfsyncEvent.Kind.BULK_FAILED,
            PfsyncEvent.Kind.BULK_SEND_START,
            PfsyncEvent.Kind.BULK_SEND_DONE,
            PfsyncEvent.Kind.BULK_SEND_FAILED,
            PfsyncEvent.Kind.PEER_SILENT,
            PfsyncEvent.Kind.PEER_HEARD_AGAIN);
    assertThat(heard).hasSize(wanted.contains(kind) ? 1 : 0);
    assertThat(heard).allMatch(entry -> entry.text().startsWith("pfsync"));
  }

  @Test
  void aRoleChangeSaysItsCause() {
    RoleChange change =
        new RoleChange("em1", 1, Role.BACKUP, Role.MASTER, RoleReason.MASTER_TIMED_OUT, 7);
    timeline.add(NOON, "a", change);
    assertThat(heard.get(0).text()).isEqualTo("1@em1: BACKUP -> MASTER (master timed out)");
  }
}
