package org.pfha.configsync;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.SyncPlan.Change;
import org.pfha.configsync.SyncReceipt.Outcome;
import org.pfha.configsync.config.ConfigDiff;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.dialect.Dialect;
import org.pfha.configsync.dialect.Envelope;
import org.pfha.configsync.dialect.Outgoing;
import org.pfha.configsync.dialect.PeerSession;
import org.pfha.configsync.dialect.PeerVersion;
import org.pfha.configsync.rpc.RpcAnswer;
import org.pfha.configsync.rpc.RpcFault;
import org.pfha.configsync.rpc.TlsIdentity;

/** One plan, push or sync with one peer. Confined to one thread. */
final class SyncRun {
  private static final Duration CLOCKS = Duration.ofSeconds(60);

  private final ConfigPrimaryBuilder options;
  private final Dialect dialect;
  private final PeerCalls calls;
  private final PeerSession session;
  private final Instant begun;
  private final List<String> warnings = new ArrayList<>();
  private PeerVersion version = new PeerVersion("", "");

  SyncRun(ConfigPrimaryBuilder options, PeerCalls calls) {
    this.options = options;
    this.dialect = options.dialect;
    this.calls = calls;
    this.session = dialect.open(calls);
    this.begun = options.clock.instant();
  }

  Outgoing prepare(ConfigTree config) throws SyncException {
    step(SyncStep.PREPARE);
    try {
      return without(options.scope.excluded(), dialect.outgoing(config, options.scope));
    } catch (IllegalArgumentException e) {
      throw new SyncException.Unsendable(calls.at(), String.valueOf(e.getMessage()));
    }
  }

  private static Outgoing without(List<ConfigPath> excluded, Outgoing all) {
    Fields sections = new Fields(all.sections());
    List<Outgoing.Withheld> withheld = new ArrayList<>(all.withheld());
    for (ConfigPath path : excluded) {
      Fields left = path.removeFrom(sections);
      if (!left.equals(sections)) {
        withheld.add(new Outgoing.Withheld(path.toString(), "excluded"));
        sections = left;
      }
    }
    return new Outgoing(sections.map(), withheld);
  }

  void greet(ConfigTree config) throws SyncException {
    step(SyncStep.GREET);
    if (!options.role.getAsBoolean()) {
      throw new SyncException.NotPrimary(calls.at());
    }
    version = session.greet(config);
    watchClockAndCertificate();
    if (version.isPfha() && version.node().equals(options.node)) {
      throw new SyncException.PeerConflict(calls.at(), "the peer is this node itself");
    }
  }

  /** Logs, certificates and schedules of two nodes only make sense with the same time. */
  private void watchClockAndCertificate() {
    RpcAnswer answer = calls.last();
    Instant now = options.clock.instant();
    if (answer != null && answer.peerTime() != null) {
      Duration ahead = Duration.between(now, answer.peerTime());
      if (ahead.abs().compareTo(CLOCKS) > 0) {
        warn(
            "the peer's clock is "
                + ahead.abs().toSeconds()
                + " s "
                + (ahead.isNegative() ? "behind" : "ahead"));
      }
    }
    if (answer != null && answer.certificate() != null) {
      Instant end = answer.certificate().getNotAfter().toInstant();
      if (end.isBefore(now.plus(TlsIdentity.RENEWAL))) {
        warn("the peer's certificate expires at " + end);
      }
    }
  }

  SyncPlan plan(ConfigTree config, Outgoing outgoing) throws SyncException {
    step(SyncStep.READ);
    Map<String, ConfigNode> held = isReadable() ? contents(wanted(outgoing)) : Map.of();
    List<SyncPlan.Section> sections = new ArrayList<>();
    Fields before = Fields.NONE;
    Fields after = Fields.NONE;
    for (Map.Entry<String, ConfigNode> section : outgoing.sections().entrySet()) {
      String name = section.getKey();
      ConfigNode sent = section.getValue();
      ConfigNode there = held.getOrDefault(name, Fields.NONE);
      ConfigNode then = dialect.merged(name, sent, held);
      Change change = change(held.get(name), there, then);
      sections.add(
          new SyncPlan.Section(
              name, dialect.digest(sent), isReadable() ? dialect.digest(there) : "", change));
      if (change == Change.CHANGED || change == Change.ADDED) {
        before = held.containsKey(name) ? before.with(name, there) : before;
        after = after.with(name, then);
      }
    }
    ConfigDiff diff =
        dialect.diff(new ConfigTree(config.root(), before), new ConfigTree(config.root(), after));
    warn(outgoing, held);
    return new SyncPlan(
        begun,
        options.peer,
        version,
        config,
        outgoing,
        sections,
        diff,
        Coverage.uncovered(config, outgoing),
        warnings);
  }

  private Change change(@Nullable ConfigNode held, ConfigNode there, ConfigNode then) {
    if (!isReadable()) {
      return Change.UNKNOWN;
    }
    if (dialect.digest(there).equals(dialect.digest(then))) {
      return Change.SAME;
    }
    return held == null ? Change.ADDED : Change.CHANGED;
  }

  private Set<String> wanted(Outgoing outgoing) {
    Set<String> names = new LinkedHashSet<>(outgoing.sections().keySet());
    names.addAll(dialect.consulted(outgoing));
    return names;
  }

  private void warn(Outgoing outgoing, Map<String, ConfigNode> held) {
    if (outgoing.sections().isEmpty()) {
      warn("no area has anything to send");
    }
    if (isReadable()) {
      dialect.warnings(version, outgoing, held).forEach(this::warn);
    } else {
      warn("the peer cannot be read: nobody will know whether it holds what was sent");
    }
  }

  void warn(String warning) {
    warnings.add(warning);
    options.tell(listener -> listener.warned(options.peer, warning));
  }

  /**
   * Whether what the plan was made from is still so; makes the digests the peer must still hold.
   */
  Map<String, String> unchangedSince(SyncPlan plan, Outgoing now) throws SyncException {
    step(SyncStep.READ);
    List<String> changed = new ArrayList<>();
    Map<String, String> planned = new LinkedHashMap<>();
    plan.outgoing().sections().forEach((name, node) -> planned.put(name, dialect.digest(node)));
    Map<String, String> own = new LinkedHashMap<>();
    now.sections().forEach((name, node) -> own.put(name, dialect.digest(node)));
    differing(planned, own).forEach(name -> changed.add(name + " of this node"));
    Map<String, String> expected = new LinkedHashMap<>();
    if (isReadable()) {
      plan.sections().forEach(section -> expected.put(section.name(), section.peerDigest()));
      Map<String, String> held = digests(expected.keySet());
      differing(expected, held).forEach(name -> changed.add(name + " of the peer"));
    }
    if (!changed.isEmpty()) {
      throw new SyncException.StalePlan(calls.at(), String.join(", ", changed) + " changed");
    }
    return expected;
  }

  private static Set<String> differing(Map<String, String> a, Map<String, String> b) {
    Set<String> names = new LinkedHashSet<>(a.keySet());
    names.addAll(b.keySet());
    names.removeIf(name -> a.getOrDefault(name, "").equals(b.getOrDefault(name, "")));
    return names;
  }

  /** The digests the peer holds now, and whether a push would change any of them. */
  Map<String, String> look(Outgoing outgoing) throws SyncException {
    step(SyncStep.READ);
    Set<String> consulted = dialect.consulted(outgoing);
    Map<String, ConfigNode> more = consulted.isEmpty() ? Map.of() : contents(consulted);
    warn(outgoing, more);
    return digests(outgoing.sections().keySet());
  }

  /** Whether the peer holds what it would hold after a push. */
  boolean alreadyHeld(Outgoing outgoing, Map<String, String> digests) throws SyncException {
    Map<String, ConfigNode> unclear = new LinkedHashMap<>();
    outgoing
        .sections()
        .forEach(
            (name, node) -> {
              if (!dialect.digest(node).equals(digests.get(name))) {
                unclear.put(name, node);
              }
            });
    if (unclear.keySet().stream().anyMatch(dialect::replaces)) {
      return false;
    }
    if (unclear.isEmpty()) {
      return true;
    }
    Set<String> names = new LinkedHashSet<>(unclear.keySet());
    names.addAll(dialect.consulted(outgoing));
    Map<String, ConfigNode> held = contents(names);
    return unclear.entrySet().stream()
        .allMatch(
            section -> {
              String name = section.getKey();
              ConfigNode there = held.getOrDefault(name, Fields.NONE);
              ConfigNode then = dialect.merged(name, section.getValue(), held);
              return dialect.digest(then).equals(dialect.digest(there));
            });
  }

  void write(Outgoing outgoing, List<String> hops, Map<String, String> expected)
      throws SyncException {
    step(SyncStep.WRITE);
    List<String> trail = new ArrayList<>(hops);
    if (!options.node.isEmpty()) {
      trail.add(options.node);
    }
    if (trail.contains(version.node())) {
      throw new SyncException.PeerConflict(
          calls.at(), "the configuration came from the peer itself, over " + trail);
    }
    session.write(outgoing, new Envelope(trail, expected, false));
  }

  /** Asks the peer what it holds now. A peer that cannot be asked any more is a partial sync. */
  List<SyncReceipt.Section> verify(Outgoing outgoing) throws SyncException {
    step(SyncStep.VERIFY);
    if (!isReadable()) {
      return sections(outgoing, Map.of(), Map.of());
    }
    try {
      Map<String, String> digests = digests(outgoing.sections().keySet());
      Set<String> unclear = new LinkedHashSet<>();
      outgoing
          .sections()
          .forEach(
              (name, node) -> {
                if (!dialect.digest(node).equals(digests.get(name))) {
                  unclear.add(name);
                }
              });
      return sections(outgoing, digests, unclear.isEmpty() ? Map.of() : contents(unclear));
    } catch (SyncException.Cancelled e) {
      throw e;
    } catch (SyncException e) {
      SyncException partial =
          new SyncException.PartialSync(
              calls.at(),
              List.copyOf(outgoing.sections().keySet()),
              "the peer confirmed, but could not be read back (" + e.getMessage() + "):");
      partial.initCause(e);
      throw partial;
    }
  }

  private List<SyncReceipt.Section> sections(
      Outgoing outgoing, Map<String, String> digests, Map<String, ConfigNode> contents) {
    List<SyncReceipt.Section> sections = new ArrayList<>();
    outgoing
        .sections()
        .forEach(
            (name, sent) -> {
              String digest = dialect.digest(sent);
              String there = isReadable() ? digests.getOrDefault(name, "") : "";
              Outcome outcome = Outcome.NOT_VERIFIABLE;
              if (isReadable()) {
                boolean held =
                    digest.equals(there)
                        || dialect.holds(name, sent, contents.getOrDefault(name, Fields.NONE));
                outcome = held ? Outcome.VERIFIED : Outcome.DIFFERS;
              }
              sections.add(new SyncReceipt.Section(name, digest, there, outcome));
            });
    return sections;
  }

  SyncReceipt receipt(
      ConfigTree config, Outgoing outgoing, boolean sent, List<SyncReceipt.Section> sections) {
    return new SyncReceipt(
        begun,
        calls.elapsed(),
        options.peer,
        version.text(),
        calls.attempts(),
        sent,
        sections,
        outgoing.withheld(),
        Coverage.uncovered(config, outgoing),
        warnings,
        calls.steps());
  }

  boolean isReadable() {
    return version.isPfha() || session.readable();
  }

  /** Of a pfHA peer only the digests travel. */
  private Map<String, String> digests(Collection<String> names) throws SyncException {
    Map<String, String> digests = new LinkedHashMap<>();
    if (!version.isPfha()) {
      contents(names).forEach((name, node) -> digests.put(name, dialect.digest(node)));
    } else if (calls.call(NodeMethods.DESCRIBE, List.copyOf(names)) instanceof Map<?, ?> answer
        && answer.containsKey("sections")) {
      // Without any section the table is empty, and travels as an array.
      if (answer.get("sections") instanceof Map<?, ?> sections) {
        sections.forEach((name, digest) -> digests.put(name.toString(), digest.toString()));
      }
    } else {
      throw new SyncException.MalformedAnswer(calls.at(), "a description without sections");
    }
    // A section the peer does not have is an empty one.
    names.forEach(name -> digests.putIfAbsent(name, dialect.digest(Fields.NONE)));
    return digests;
  }

  private Map<String, ConfigNode> contents(Collection<String> names) throws SyncException {
    if (!version.isPfha()) {
      return session.read(names);
    }
    Map<String, ConfigNode> held = new LinkedHashMap<>();
    if (!(calls.call(NodeMethods.FETCH, List.copyOf(names)) instanceof Map<?, ?> answer)) {
      return held; // an empty table travels as an array
    }
    try {
      for (Map.Entry<?, ?> section : answer.entrySet()) {
        String name = section.getKey().toString();
        held.put(name, dialect.fromWire(name, section.getValue()));
      }
    } catch (RpcFault e) {
      throw new SyncException.MalformedAnswer(calls.at(), String.valueOf(e.getMessage()));
    }
    return held;
  }

  PeerCalls calls() {
    return calls;
  }

  private void step(SyncStep step) {
    calls.step(step);
    options.tell(listener -> listener.step(options.peer, step));
  }
}
