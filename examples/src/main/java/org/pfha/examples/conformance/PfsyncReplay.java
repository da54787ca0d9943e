package org.pfha.examples.conformance;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pfha.examples.conformance.PfsyncCapture.Dump;
import org.pfha.examples.conformance.PfsyncCapture.Frame;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StatePeer;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.Message;

/**
 * Plays captured packets to the engine and compares its table with the kernels' at each dump.
 *
 * <p>A third host that hears everything must hold what each host told of its own states: equal in
 * id, creator, interface, keys, direction, flags, timeout and peers. What a host has not told yet
 * nobody can hold; it counts as untold only if the capture never told it before, or if what the
 * capture tells later confirms that the kernel had moved on: the table's copy is not ahead of the
 * dump, nor the dump of the next message.
 *
 * <p>A host that creates no states has a replica, which hears what that host heard and must hold
 * exactly what its kernel held, acknowledge what it acknowledged, ask for what it asked for.
 */
final class PfsyncReplay {

  /** A message on the link: when, from which host. */
  private record Told(double seconds, int host, Message message) {

    boolean ends(StateId id) {
      return (message instanceof Message.Named named
              && named.action() == Action.DEL_C
              && named.stateId().equals(id))
          || (message instanceof Message.Clear clear && clear.creatorId() == id.creatorId());
    }

    boolean carries(StateId id) {
      return message instanceof Message.FullState full && full.state().stateId().equals(id);
    }

    /** The initiator and responder of a state, if the message is about it. */
    @Nullable List<StatePeer> peers(StateId id) {
      if (message instanceof Message.Update update) {
        return id.equals(new StateId(update.id(), update.creatorId()))
            ? List.of(update.src(), update.dst())
            : null;
      }
      return carries(id) && message instanceof Message.FullState full
          ? List.of(full.state().src(), full.state().dst())
          : null;
    }
  }

  /** A kernel counts whole seconds, and its clock and ours do not beat together. */
  private static final long NEARLY_EXPIRED_SECONDS = 1;

  private static final String SAME = "the same";

  private final PfsyncCapture capture;
  private final List<Frame> frames;
  private final List<Told> told;
  private int compared;

  private PfsyncReplay(PfsyncCapture capture, List<Frame> frames) {
    this.capture = capture;
    this.frames = frames;
    told = new ArrayList<>();
    for (Frame frame : frames) {
      int host = capture.host(frame);
      for (Message message : frame.messages()) {
        told.add(new Told(frame.seconds(), host, message));
      }
    }
  }

  static void run(PfsyncCapture capture, Report report) {
    for (Map.Entry<String, List<Frame>> link : capture.links().entrySet()) {
      if (!PfsyncCapture.isSyncLink(link.getValue())) {
        continue;
      }
      String title = capture.name() + "." + link.getKey();
      try {
        PfsyncReplay replay = new PfsyncReplay(capture, link.getValue());
        replay.listen(title, report);
        report.check(title + " compared states", true, replay.compared > 0);
        for (int host : replay.receivers()) {
          replay.replicate(host, title, report);
        }
      } catch (RuntimeException e) {
        report.failed(title, "a replay", e.toString());
      }
    }
  }

  /** Hosts whose table is nothing but what they were told. */
  private Set<Integer> receivers() {
    Set<Integer> creators = new HashSet<>();
    capture.dumps().forEach(dump -> dump.states().forEach(s -> creators.add(s.creatorId())));
    Set<Integer> receivers = new TreeSet<>();
    for (Dump dump : capture.dumps()) {
      if (!creators.contains(dump.hostId())) {
        receivers.add(dump.host());
      }
    }
    return receivers;
  }

  private void listen(String title, Report report) {
    PfsyncListener listener = new PfsyncListener(~0, new byte[16], 0);
    int next = 0;
    for (Dump dump : capture.dumps()) {
      next = play(listener, next, dump.seconds(), 0);
      listener.advance(dump.seconds());
      boolean creates = dump.states().stream().anyMatch(s -> s.creatorId() == dump.hostId());
      if (creates) {
        List<String> problems = heard(listener, dump);
        report.check(title + " listener at " + dump.file(), SAME, verdict(problems));
      }
    }
    play(listener, next, Double.POSITIVE_INFINITY, 0);
  }

  /** Plays what was captured until then and is not from {@code deaf}; returns where it stopped. */
  private int play(PfsyncListener listener, int from, double until, int deaf) {
    int next = from;
    double unplugged = capture.unplugged().getOrDefault(deaf, Double.POSITIVE_INFINITY);
    while (next < frames.size() && frames.get(next).seconds() <= until) {
      Frame frame = frames.get(next++);
      if (capture.host(frame) != deaf && frame.seconds() < unplugged) {
        listener.hear(PfsyncFrames.payload(frame.ip()), frame.seconds());
      } else if (capture.host(frame) == deaf) {
        listener.advance(frame.seconds());
        frame.messages().forEach(message -> listener.did(message, frame.seconds()));
      }
    }
    return next;
  }

  private List<String> heard(PfsyncListener listener, Dump dump) {
    List<String> problems = new ArrayList<>();
    Set<StateId> dumped = new HashSet<>();
    for (PfState theirs : dump.states()) {
      StateId id = theirs.stateId();
      dumped.add(id);
      if (theirs.creatorId() != dump.hostId()) {
        continue;
      }
      PfState ours = listener.get(id, dump.seconds());
      if (ours == null) {
        if (wasTold(id, dump.seconds()) && theirs.expire() > NEARLY_EXPIRED_SECONDS) {
          problems.add("lacks " + KernelText.shared(theirs));
        }
      } else if (KernelText.shared(ours).equals(KernelText.shared(theirs))) {
        compared++;
      } else if (!isUntold(ours, theirs, dump)) {
        problems.add("has " + KernelText.shared(ours) + " for " + KernelText.shared(theirs));
      }
    }
    for (PfState ours : listener.states()) {
      StateId id = ours.stateId();
      boolean gone =
          told.stream().anyMatch(news -> news.seconds > dump.seconds() && news.ends(id))
              || listener.remaining(id, dump.seconds()) <= NEARLY_EXPIRED_SECONDS;
      if (ours.creatorId() == dump.hostId() && !dumped.contains(id) && !gone) {
        problems.add("still has " + KernelText.shared(ours));
      }
    }
    return problems;
  }

  /** Whether the link has told of a state and not of its end. */
  private boolean wasTold(StateId id, double until) {
    boolean known = false;
    for (Told news : told) {
      if (news.seconds <= until) {
        known = (known || news.carries(id)) && !news.ends(id);
      }
    }
    return known;
  }

  /** Whether the kernel had moved on and told so later. */
  private boolean isUntold(PfState ours, PfState theirs, Dump dump) {
    StateId id = theirs.stateId();
    if (!KernelText.identity(ours).equals(KernelText.identity(theirs))
        || !isNotAhead(ours.src(), theirs.src())
        || !isNotAhead(ours.dst(), theirs.dst())) {
      return false;
    }
    for (Told news : told) {
      if (news.seconds > dump.seconds() && news.host == dump.host()) {
        List<StatePeer> peers = news.peers(id);
        if (peers != null) {
          return isNotAhead(theirs.src(), peers.get(0)) && isNotAhead(theirs.dst(), peers.get(1));
        } else if (news.ends(id)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isNotAhead(StatePeer one, StatePeer other) {
    return one.state() <= other.state() && one.seqlo() - other.seqlo() <= 0;
  }

  private void replicate(int host, String title, Report report) {
    List<Dump> dumps = capture.dumps().stream().filter(dump -> dump.host() == host).toList();
    Dump first = dumps.get(0);
    PfsyncListener replica = new PfsyncListener(first.hostId(), first.checksum(), capture.rules());
    for (PfState state : first.states()) {
      if (state.creation() > first.seconds() && !wasTold(state.stateId(), first.seconds())) {
        replica.had(state, first.seconds());
      }
    }
    int next = 0;
    for (Dump dump : dumps) {
      next = play(replica, next, dump.seconds(), host);
      replica.advance(dump.seconds());
      report.check(title + " replica at " + dump.file(), SAME, verdict(differences(replica, dump)));
    }
    play(replica, next, Double.POSITIVE_INFINITY, host);
    report.check(
        title + " acknowledgements of host" + host,
        named(host, Action.INS_ACK).toString(),
        replica.named(Action.INS_ACK).toString());
    // The kernel of this release may keep a request for itself until something else flushes it.
    Set<StateId> asked = named(host, Action.UPD_REQ);
    asked.removeAll(replica.named(Action.UPD_REQ));
    report.check(title + " requests of host" + host, Set.of(), asked);
    // It may also still hand on what has expired but was not purged yet.
    Set<StateId> lacking = updated(host, NEARLY_EXPIRED_SECONDS);
    Set<StateId> beyond = replica.updated();
    lacking.removeAll(replica.updated());
    beyond.removeAll(updated(host, -1));
    report.check(
        title + " bulk transfers of host" + host,
        "lacking [], beyond []",
        "lacking " + lacking + ", beyond " + beyond);
  }

  private static List<String> differences(PfsyncListener replica, Dump dump) {
    List<String> problems = new ArrayList<>();
    Set<StateId> dumped = new HashSet<>();
    for (PfState theirs : dump.states()) {
      dumped.add(theirs.stateId());
      PfState ours = replica.get(theirs.stateId(), dump.seconds());
      if (ours == null) {
        if (theirs.expire() > NEARLY_EXPIRED_SECONDS) {
          problems.add("lacks " + KernelText.shared(theirs));
        }
      } else if (!kept(ours).equals(kept(theirs))) {
        problems.add("has " + kept(ours) + " for " + kept(theirs));
      }
    }
    for (PfState ours : replica.states()) {
      if (!dumped.contains(ours.stateId())
          && replica.remaining(ours.stateId(), dump.seconds()) > NEARLY_EXPIRED_SECONDS) {
        problems.add("still has " + KernelText.shared(ours));
      }
    }
    return problems;
  }

  /** With equal rulesets a receiver keeps the rule's number, too. */
  private static Map<String, Object> kept(PfState state) {
    Map<String, Object> text = KernelText.shared(state);
    text.put("rule", state.rule());
    return text;
  }

  private Set<StateId> named(int host, int action) {
    Set<StateId> ids = new LinkedHashSet<>();
    for (Told news : told) {
      if (news.host == host
          && news.message instanceof Message.Named named
          && named.action() == action
          && named.id() != 0) {
        ids.add(named.stateId());
      }
    }
    return ids;
  }

  /** The states that a host has sent in full with some lifetime left. */
  private Set<StateId> updated(int host, long moreThanSeconds) {
    Set<StateId> ids = new LinkedHashSet<>();
    for (Told news : told) {
      if (news.host == host
          && news.message instanceof Message.FullState full
          && full.state().expire() > moreThanSeconds) {
        ids.add(full.state().stateId());
      }
    }
    return ids;
  }

  private static String verdict(List<String> problems) {
    return problems.isEmpty() ? SAME : Objects.toString(problems);
  }
}
