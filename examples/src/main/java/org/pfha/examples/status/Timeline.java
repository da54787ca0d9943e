package org.pfha.examples.status;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.pfha.carp.CarpEvent;
import org.pfha.carp.DecisionMade;
import org.pfha.carp.DemotionChange;
import org.pfha.carp.Diagnosed;
import org.pfha.carp.HookResult;
import org.pfha.carp.LoopDelay;
import org.pfha.carp.ProbeStatus;
import org.pfha.carp.RoleChange;
import org.pfha.carp.json.JsonObject;
import org.pfha.pfsync.engine.PfsyncEvent;

/** The last things that have happened to a node, or to all nodes of a demo. Thread-safe. */
public final class Timeline {

  private static final int LONGEST = 200;

  /** What an event is about. */
  public enum Kind {
    /** A virtual router has another role. */
    ROLE,
    /** A penalty has come or gone. */
    DEMOTION,
    /** Something is wrong, or no longer is. */
    DIAGNOSIS,
    /** States are transferred. */
    BULK,
    /** A peer fell silent or is heard again. */
    PEER,
    /** Configuration was pushed. */
    CONFIG,
    /** A probe, a hook or the event loop. */
    HEALTH,
    /** Somebody has done something. */
    OPERATOR
  }

  /**
   * One event.
   *
   * @param number counted from 1
   * @param at when
   * @param node where
   * @param kind what it is about
   * @param text what, with its cause
   */
  public record Entry(long number, Instant at, String node, Kind kind, String text) {

    JsonObject json() {
      return new JsonObject()
          .field("number", number)
          .field("at", at.toString())
          .field("node", node)
          .field("kind", kind.name().toLowerCase(Locale.ROOT))
          .field("text", text);
    }

    @Override
    public String toString() {
      return "%s %s: %s".formatted(at, node, text);
    }
  }

  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private final Consumer<Entry> listener;
  private long count;

  /**
   * Empty.
   *
   * @param listener hears of each event on the thread that adds it
   */
  public Timeline(Consumer<Entry> listener) {
    this.listener = listener;
  }

  /**
   * Adds what has happened; the oldest makes room.
   *
   * @param at when
   * @param node where
   * @param kind what it is about
   * @param text what, with its cause
   */
  public void add(Instant at, String node, Kind kind, String text) {
    Entry entry;
    synchronized (this) {
      entry = new Entry(++count, at, node, kind, text);
      if (entries.size() == LONGEST) {
        entries.removeFirst();
      }
      entries.addLast(entry);
    }
    listener.accept(entry);
  }

  /**
   * Adds what CARP did, unless it is of no interest to an operator.
   *
   * @param at when
   * @param node where
   * @param event of its node
   */
  public void add(Instant at, String node, CarpEvent event) {
    kind(event).ifPresent(kind -> add(at, node, kind, event.toString()));
  }

  /**
   * Adds what pfsync did, unless it is about single states.
   *
   * @param at when
   * @param node where
   * @param event of its node
   */
  public void add(Instant at, String node, PfsyncEvent event) {
    words(event).ifPresent(words -> add(at, node, kind(event), words));
  }

  private static Optional<Kind> kind(CarpEvent event) {
    // No pattern switch in Java 17; the interface is sealed, the test knows all of its records.
    if (event instanceof RoleChange) {
      return Optional.of(Kind.ROLE);
    }
    if (event instanceof DemotionChange) {
      return Optional.of(Kind.DEMOTION);
    }
    if (event instanceof Diagnosed) {
      return Optional.of(Kind.DIAGNOSIS);
    }
    boolean health =
        event instanceof ProbeStatus || event instanceof HookResult || event instanceof LoopDelay;
    assert health || event instanceof DecisionMade : event;
    return health ? Optional.of(Kind.HEALTH) : Optional.empty();
  }

  private static Kind kind(PfsyncEvent event) {
    return switch (event.kind()) {
      case PEER_SILENT, PEER_HEARD_AGAIN -> Kind.PEER;
      default -> Kind.BULK;
    };
  }

  /** What an event that is not about a single state means to an operator. */
  private static Optional<String> words(PfsyncEvent event) {
    return Optional.ofNullable(
        switch (event.kind()) {
          case BULK_REQUESTED -> "pfsync asks its peers for all their states";
          case BULK_RECEIVE_START -> "pfsync: a peer begins to send all its states";
          case BULK_RECEIVE_DONE -> "pfsync has all states of its peers";
          case BULK_FAILED -> "pfsync gave up waiting for its peers' states; goes on with its own";
          case BULK_SEND_START -> "pfsync sends all its states to a peer that asked";
          case BULK_SEND_DONE -> "pfsync has sent all its states";
          case BULK_SEND_FAILED -> "pfsync could not send all its states: the network took no more";
          case PEER_SILENT -> "pfsync peer " + event.detail() + " is silent";
          case PEER_HEARD_AGAIN -> "pfsync peer " + event.detail() + " is heard again";
          default -> null;
        });
  }

  /**
   * What there is.
   *
   * @return at most 200, oldest first
   */
  public synchronized List<Entry> entries() {
    return List.copyOf(entries);
  }
}
