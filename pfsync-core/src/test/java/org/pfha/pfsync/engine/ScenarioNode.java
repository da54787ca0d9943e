package org.pfha.pfsync.engine;

import static org.pfha.pfsync.States.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.States;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.PfsyncReader;
import org.pfha.pfsync.wire.PfsyncWriter;
import org.pfha.pfsync.wire.StateFormat;
import org.pfha.pfsync.wire.StateView;

/**
 * The node of a scenario script: does what its verbs say and writes down what comes of it, each
 * line with the time in seconds. States of its own making have numbers, those of its peer {@code
 * b1}, {@code b2} and so on.
 */
final class ScenarioNode implements PfsyncSink {

  private static final int OWN = 0xa;
  private static final int PEER = 0xb;
  private static final long SECOND = 1_000_000_000L;
  private static final long START = Long.MAX_VALUE - 5 * SECOND; // the clock wraps in every script

  private final List<String> transcript = new ArrayList<>();
  private final StateTable table;
  private final PfsyncSettings settings;
  private final PfsyncEngine engine;
  private long now = START;
  private boolean linkUp = true;
  private boolean quiet;

  ScenarioNode(List<String> options) {
    PfsyncSettings.Builder builder = PfsyncSettings.builder(OWN).peers(1);
    int limit = 1_000;
    for (String option : options) {
      String[] pair = option.split("=", 2);
      switch (pair[0]) {
        case "maxupd" -> builder.maxUpdates(Integer.parseInt(pair[1]));
        case "buckets" -> builder.buckets(Integer.parseInt(pair[1]));
        case "mtu" -> builder.mtu(Integer.parseInt(pair[1]));
        case "delay" -> builder.flushDelayNanos(nanos(pair[1]));
        case "defer" -> builder.deferNanos(nanos(pair[1]));
        case "pace" -> builder.bulkPackets(Integer.parseInt(pair[1]));
        case "deadline" -> builder.bulkDeadlineNanos(nanos(pair[1]));
        case "silence" -> builder.silenceNanos(nanos(pair[1]));
        case "profile" -> builder.profile(PfsyncProfile.valueOf("FREEBSD_" + pair[1]));
        case "format" -> builder.format(StateFormat.valueOf("V" + pair[1]));
        case "apart" -> builder.oneStatePerSection();
        case "strict" -> builder.strictMerge(true);
        case "limit" -> limit = Integer.parseInt(pair[1]);
        case "peers" -> builder.peers(Integer.parseInt(pair[1]));
        case "quiet" -> quiet = true;
        default -> throw new IllegalArgumentException("no option " + option);
      }
    }
    settings = builder.build();
    table = StateTable.withLimit(limit);
    engine = new PfsyncEngine(table, settings, this, now);
  }

  List<String> transcript() {
    return transcript;
  }

  void perform(String line) {
    String[] words = line.split(" +", -1);
    switch (words[0]) {
      case "insert" -> insertion(engine.insert(state(words), now));
      case "observe" -> insertion(engine.observe(state(words), now));
      case "defer" -> insertion(engine.defer(state(words), now));
      case "insert-many" -> {
        for (int i = 1; i <= Integer.parseInt(words[1]); i++) {
          engine.insert(States.tcp(i, OWN), now);
        }
      }
      case "defer-many" -> {
        for (int i = 1; i <= Integer.parseInt(words[1]); i++) {
          engine.defer(States.tcp(i, OWN), now);
        }
        transcript.removeIf(each -> each.contains(" send INS "));
      }
      case "update" -> {
        StateId id = id(words[1]);
        if (!engine.update(id, end(words, 2, "4:1000"), end(words, 3, "4:5000"), now)) {
          note("no such state");
        }
      }
      case "remove" -> {
        if (!engine.remove(id(words[1]), now)) {
          note("no such state");
        }
      }
      case "clear" -> engine.clear(now);
      case "request-bulk" -> engine.requestBulk(now);
      case "advance" -> advance(nanos(words[1]));
      case "sleep" -> {
        now += nanos(words[1]);
        engine.tick(now);
      }
      case "link" -> linkUp = words[1].equals("up");
      case "receive" -> receive(0, line.substring("receive ".length()));
      case "receive-from-another" -> receive(1, line.substring("receive-from-another ".length()));
      case "table" -> table.states().forEach(state -> note(describe(state)));
      case "receiving" -> note(describe(engine.receiving(now)));
      case "sending" -> note(describe(engine.sending(now)));
      case "peer" -> note(describe(engine.peer(0, now)));
      case "counters" -> note(describe(engine.statistics()));
      case "stop" -> engine.stop(now);
      default -> throw new IllegalArgumentException("no verb " + words[0]);
    }
  }

  private void advance(long nanos) {
    long until = now + nanos;
    while (engine.nextDeadlineNanos() - until <= 0) {
      now = engine.nextDeadlineNanos() - now > 0 ? engine.nextDeadlineNanos() : now;
      engine.tick(now);
    }
    now = until;
  }

  private void insertion(StateTable.Insertion insertion) {
    if (insertion != StateTable.Insertion.INSERTED) {
      note("insert: " + insertion);
    }
  }

  /**
   * {@code receive UPD_C b1 4:2000 4:6000}, {@code receive BUS end 3}, {@code receive UPD_REQ *};
   * what stands behind a semicolon is another section of the packet.
   */
  private void receive(int peer, String line) {
    byte[] buffer = new byte[1480];
    PfsyncWriter writer = new PfsyncWriter(settings.format());
    writer.begin(buffer, 0, buffer.length, new byte[16]);
    for (String section : line.split(" ; ", -1)) {
      write(writer, section.split(" +", -1));
    }
    engine.received(buffer, 0, writer.end(), 255, peer, now);
  }

  private void write(PfsyncWriter writer, String[] words) {
    StateFormat format = settings.format();
    switch (words[0]) {
      case "INS" -> writer.state(format.insertAction(), state(words));
      case "UPD" -> writer.state(format.updateAction(), withEnds(words));
      case "UPD_C" -> {
        PfState state = withEnds(words);
        writer.update(state.id(), state.creatorId(), state.src(), state.dst(), state.timeout());
      }
      case "UPD_REQ" -> {
        for (String name : List.of(words).subList(1, words.length)) {
          StateId id = name.equals("*") ? new StateId(0, 0) : id(name);
          writer.name(Action.UPD_REQ, id.id(), id.creatorId());
        }
      }
      case "DEL_C" -> writer.name(Action.DEL_C, id(words[1]).id(), id(words[1]).creatorId());
      case "INS_ACK" -> writer.name(Action.INS_ACK, id(words[1]).id(), id(words[1]).creatorId());
      case "CLR" -> writer.clear(words.length > 1 ? words[1] : "", PEER);
      case "BUS" -> {
        int status = words[1].equals("start") ? 1 : words[1].equals("end") ? 2 : 3;
        writer.bus(PEER, words.length > 2 ? Integer.parseInt(words[2]) : 0, status);
      }
      default -> throw new IllegalArgumentException("no action " + words[0]);
    }
  }

  private static PfState withEnds(String[] words) {
    PfState state = state(words);
    return state.withProgress(end(words, 2, "4:2000"), end(words, 3, "4:6000"), state.timeout());
  }

  private static StatePeer end(String[] words, int index, String otherwise) {
    String[] parts = (index < words.length ? words[index] : otherwise).split(":", 2);
    return peer(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
  }

  private static StateId id(String name) {
    return name.startsWith("b")
        ? new StateId(Long.parseLong(name.substring(1)), PEER)
        : new StateId(Long.parseLong(name), OWN);
  }

  /**
   * {@code insert 1 udp no-sync}: the words behind the name are what is unusual, such as the key of
   * another state, {@code key=b1}.
   */
  private static PfState state(String[] words) {
    StateId id = id(words[1]);
    StateId key = id;
    int flags = 0;
    boolean udp = false;
    int proto = 0;
    boolean closed = false;
    for (String trait : List.of(words).subList(2, words.length)) {
      switch (trait.split("=", 2)[0]) {
        case "udp" -> udp = true;
        case "closed" -> closed = true;
        case "proto" -> proto = Integer.parseInt(trait.substring("proto=".length()));
        case "no-sync" -> flags |= PfState.FLAG_NO_SYNC;
        case "ack" -> flags |= PfState.FLAG_ACK;
        case "key" -> key = id(trait.substring("key=".length()));
        default -> {}
      }
    }
    int number = (int) key.id() + (key.creatorId() == PEER ? 10_000 : 0);
    PfState state =
        (udp ? States.udp(number, OWN) : States.tcp(number, OWN))
            .createdBy(id.id(), id.creatorId());
    if (proto != 0) {
      state = state.toBuilder().proto(proto).build();
    }
    if (closed) {
      state = state.withProgress(peer(10, 1000), peer(10, 5000), 5);
    }
    return state.toBuilder().stateFlags(flags).build();
  }

  static long nanos(String text) {
    if (text.endsWith("ms")) {
      return (long) (Double.parseDouble(text.substring(0, text.length() - 2)) * 1e6);
    }
    if (text.endsWith("h")) {
      return (long) (Double.parseDouble(text.substring(0, text.length() - 1)) * 3600e9);
    }
    return (long) (Double.parseDouble(text.substring(0, text.length() - 1)) * 1e9);
  }

  private void note(String line) {
    transcript.add(String.format(Locale.ROOT, "%.3f %s", (now - START) / 1e9, line));
  }

  @Override
  public boolean send(byte[] buffer, int length) {
    note((linkUp ? "send " : "lose ") + describe(buffer, length));
    return linkUp;
  }

  @Override
  public void event(PfsyncEvent event) {
    if (!quiet) {
      String name = event.id() == 0 ? "" : " " + name(event.id(), event.creatorId());
      String detail = event.detail().isEmpty() ? "" : " " + event.detail();
      note(event.kind().text() + name + detail + (event.value() == 0 ? "" : " " + event.value()));
    }
  }

  @Override
  public void deferred(long id, int creatorId, DeferOutcome outcome) {
    note((outcome.isReleased() ? "release " : "drop ") + name(id, creatorId) + " " + outcome);
  }

  @Override
  public void demote(boolean demoted) {
    note(demoted ? "demoted" : "not demoted any more");
  }

  private static String name(long id, int creatorId) {
    return (creatorId == PEER ? "b" : creatorId == OWN ? "" : "?") + id;
  }

  private String describe(byte[] buffer, int length) {
    PfsyncReader reader = new PfsyncReader(StateFormat.V1500).wrap(buffer, 0, length);
    if (reader.check() != PfsyncReader.Check.OK) {
      return "garbage";
    }
    StringBuilder text = new StringBuilder();
    PfsyncReader.Step step;
    while ((step = reader.next(true)) == PfsyncReader.Step.SECTION) {
      text.append(text.length() == 0 ? "" : " | ").append(Action.name(reader.action()));
      boolean many = reader.count() > 12;
      for (int i = 0; i < reader.count() && !many; i++) {
        text.append(' ').append(message(reader, buffer, i));
      }
      text.append(many ? " x" + reader.count() : "");
    }
    return step == PfsyncReader.Step.EOF ? text.toString() : text + " | " + step;
  }

  private static String message(PfsyncReader reader, byte[] buffer, int index) {
    StateFormat carried = reader.stateFormat();
    if (carried != null) {
      StateView view = new StateView(carried).wrap(buffer, reader.messageAt(index));
      boolean ack = (view.stateFlags() & PfState.FLAG_ACK) != 0;
      return name(view.id(), view.creatorId()) + (ack ? "+ack" : "");
    }
    return switch (reader.action()) {
      case Action.UPD_C -> {
        var view =
            new org.pfha.pfsync.wire.UpdateView(StateFormat.V1500)
                .wrap(buffer, reader.messageAt(index));
        yield name(view.id(), view.creatorId());
      }
      case Action.BUS ->
          (reader.busStatus(index) == 1 ? "start " : "end ") + reader.busEndTime(index);
      case Action.CLR -> "creator " + Integer.toHexString(reader.creatorId(index));
      default ->
          reader.id(index) == 0 && reader.creatorId(index) == 0
              ? "*"
              : name(reader.id(index), reader.creatorId(index));
    };
  }

  private static String describe(PfState state) {
    return "%s %d:%d %d:%d timeout %d"
        .formatted(
            name(state.id(), state.creatorId()),
            state.src().state(),
            state.src().seqlo(),
            state.dst().state(),
            state.dst().seqlo(),
            state.timeout());
  }

  private static String describe(BulkProgress progress) {
    return "%s: %d of %s, request %d, %d ms"
        .formatted(
            progress.phase(),
            progress.states(),
            progress.expected().isPresent() ? progress.expected().getAsLong() : "?",
            progress.requests(),
            progress.ageNanos() / 1_000_000L);
  }

  private static String describe(PeerStatus status) {
    return "%d packets, heard %s ms ago, heard us %s ms ago%s"
        .formatted(
            status.packets(),
            status.heardNanos().isPresent() ? status.heardNanos().getAsLong() / 1_000_000L : "?",
            status.effectNanos().isPresent() ? status.effectNanos().getAsLong() / 1_000_000L : "?",
            status.silent() ? ", silent" : "");
  }

  private static String describe(PfsyncStatistics s) {
    return "stale %d badact %d badstate %d oerrors %d refusals %s"
        .formatted(s.stale(), s.badact(), s.badstate(), s.oerrors(), s.refusals());
  }
}
