package org.pfha.pfsync.engine;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.PfState;

/**
 * Something that pfsync did with a message or on its own. Immutable.
 *
 * @param kind what
 * @param id the state it is about, or 0
 * @param creatorId its creator, or 0
 * @param detail reason of a skip or reject, field of a bad value, number of a peer counted from 0;
 *     empty otherwise
 * @param value stale peers of an update (1 src, 2 dst), end time of a bulk marker in seconds,
 *     seconds of a peer's silence; 0 otherwise
 * @param state the state as it is afterwards, for a removal as it was, or null
 */
public record PfsyncEvent(
    Kind kind, long id, int creatorId, String detail, long value, @Nullable PfState state) {

  /** What happened; the names are those of the protocol reference, section 18. */
  public enum Kind {
    /** A peer's state is in the table. */
    INSERT,
    /** A closed state had to make room for a new one with its key. */
    CLOSED_REPLACED,
    /** A message was silently left out. */
    SKIP,
    /** A message was refused. */
    REJECT,
    /** A field is out of range. */
    BAD_VALUE,
    /** A state has moved along. */
    UPDATE,
    /** One end of a state has moved along; the other was ahead here. */
    UPDATE_PARTLY_STALE,
    /** Both ends were ahead here. */
    UPDATE_STALE,
    /** Our own version goes out. */
    QUEUE_OWN_UPDATE,
    /** A full update goes out. */
    QUEUE_FULL_UPDATE,
    /** An acknowledgement of an insert goes out. */
    QUEUE_INSERT_ACK,
    /** A full update is asked for. */
    REQUEST_UPDATE,
    /** A peer took out a state. */
    REMOVE,
    /** A message names a state there is none of. */
    UNKNOWN_STATE,
    /** A peer has our state. */
    ACK,
    /** A peer acknowledges a state there is none of. */
    ACK_UNKNOWN_STATE,
    /** A clear of an interface that is not known. */
    SKIP_CLEAR,
    /** A peer wants everything. */
    BULK_SEND_START,
    /** A peer has been sent everything. */
    BULK_SEND_DONE,
    /** The network would not take what a peer asked for; it is left to ask again. */
    BULK_SEND_FAILED,
    /** We asked for everything. */
    BULK_REQUESTED,
    /** Everything is coming. */
    BULK_RECEIVE_START,
    /** Everything has come. */
    BULK_RECEIVE_DONE,
    /** Nobody answered; going on without. */
    BULK_FAILED,
    /** A bulk transfer has ended that began before we asked. */
    BULK_END_BAD_TIMESTAMP,
    /** A bulk marker that nobody waits for. */
    BUS_IGNORED,
    /** A bulk marker of unknown meaning. */
    BUS_UNKNOWN_STATUS,
    /** IPsec counters were stepped over. */
    TDB_SKIPPED,
    /** A state has outlived its time here. */
    EXPIRED,
    /** A peer was asked for a sign of life and has given none. */
    PEER_SILENT,
    /** A peer that was silent is not any more. */
    PEER_HEARD_AGAIN;

    /**
     * Whether the table has changed by it.
     *
     * @return true if the event's state has come, moved along or gone
     */
    public boolean changesTable() {
      return switch (this) {
        case INSERT, CLOSED_REPLACED, UPDATE, UPDATE_PARTLY_STALE, REMOVE, EXPIRED -> true;
        default -> false;
      };
    }

    /**
     * The name in the protocol reference.
     *
     * @return such as {@code queue-own-update}
     */
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  static PfsyncEvent of(Kind kind) {
    return new PfsyncEvent(kind, 0, 0, "", 0, null);
  }

  static PfsyncEvent of(Kind kind, long id, int creatorId) {
    return new PfsyncEvent(kind, id, creatorId, "", 0, null);
  }

  static PfsyncEvent of(Kind kind, PfState state) {
    return new PfsyncEvent(kind, state.id(), state.creatorId(), "", 0, state);
  }

  static PfsyncEvent of(Kind kind, long id, int creatorId, String detail) {
    return new PfsyncEvent(kind, id, creatorId, detail, 0, null);
  }

  static PfsyncEvent ofPeer(Kind kind, int peer, long seconds) {
    return new PfsyncEvent(kind, 0, 0, Integer.toString(peer), seconds, null);
  }

  static PfsyncEvent of(Kind kind, long endTime) {
    return new PfsyncEvent(kind, 0, 0, "", endTime, null);
  }
}
