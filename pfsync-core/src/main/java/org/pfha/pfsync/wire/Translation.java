package org.pfha.pfsync.wire;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.PfState;

/**
 * A message as another release understands it, and what had to be left out (spec pfsync 17).
 * Immutable.
 *
 * @param message the message in the other release's words, or null if it has none for it
 * @param lost what it cannot say, with the value that is missing there
 */
public record Translation(@Nullable Message message, Map<LostField, String> lost) {

  private static final int FIRST_SCTP = 20;
  private static final int LAST_SCTP = 24;

  /** {@code other.first}, {@code other.single}, {@code other.multiple}, by SCTP's five. */
  private static final int[] OTHER = {11, 12, 13, 12, 12};

  /** Copies the map. */
  public Translation {
    lost = Map.copyOf(lost);
  }

  /**
   * Translates a message.
   *
   * @param message as it was read
   * @param from the newest format of the release that sent it
   * @param to the newest format of the release that is to understand it
   * @return what can be sent there, its full states in the format {@code to}
   */
  public static Translation of(Message message, StateFormat from, StateFormat to) {
    Map<LostField, String> lost = new EnumMap<>(LostField.class);
    Message translated = message;
    if (message instanceof Message.FullState full) {
      translated = state(full, from, to, lost);
    } else if (message instanceof Message.Update update) {
      translated = update(update, to, lost);
    } else if (message instanceof Message.Clear clear) {
      boolean wouldClearAll = from == StateFormat.V1500 || from == StateFormat.OPENBSD6;
      boolean looksOnly = to == StateFormat.V1301 || to == StateFormat.V1400;
      if (!clear.ifname().isEmpty() && wouldClearAll && looksOnly) {
        lost.put(LostField.CLEAR_INTERFACE, clear.ifname());
        translated = null;
      }
    } else if (message instanceof Message.Tdb && from.version != to.version) {
      lost.put(LostField.IPSEC_COUNTERS, message.toString());
      translated = null;
    }
    return new Translation(translated, lost);
  }

  private static @Nullable Message state(
      Message.FullState full, StateFormat from, StateFormat to, Map<LostField, String> lost) {
    PfState state = full.state();
    if (full.action() == Action.DEL && to.messageSize(Action.DEL) < 0) {
      return new Message.Named(Action.DEL_C, state.id(), state.creatorId());
    }
    PfState target = state.toBuilder().timeout(timeout(state.timeout(), to)).build();
    if (to == StateFormat.V1500
        && target.originalIfname().isEmpty()
        && !target.ifname().equals(PfState.ALL)) {
      // A bound state's real interface is the one it is bound to; the receiver insists on one.
      target = target.toBuilder().originalIfname(target.ifname()).build();
    }
    int action = full.action();
    if (action != Action.DEL) {
      action = from.isInsert(action) ? to.insertAction() : to.updateAction();
    }
    // What comes back is what the format can say.
    byte[] bytes = new byte[to.size()];
    StateCodec.write(bytes, 0, target, to);
    PfState said = StateCodec.read(bytes, 0, to);
    for (LostField field : LostField.values()) {
      Object meant = field.in(state);
      boolean added = field == LostField.ORIGINAL_INTERFACE && state.originalIfname().isEmpty();
      if (meant != null && !added && !meant.equals(field.in(said))) {
        lost.put(field, meant.toString());
      }
    }
    return lost.containsKey(LostField.FAMILY_TRANSLATION)
        ? null
        : new Message.FullState(action, said);
  }

  private static Message update(
      Message.Update update, StateFormat to, Map<LostField, String> lost) {
    int timeout = timeout(update.timeout(), to);
    if (timeout != update.timeout()) {
      lost.put(LostField.TIMEOUT, Integer.toString(update.timeout()));
    }
    int flags = to == StateFormat.OPENBSD6 ? update.stateFlags() : 0;
    if (flags != update.stateFlags()) {
      lost.put(LostField.UPDATE_FLAGS, Integer.toString(update.stateFlags()));
    }
    return new Message.Update(
        update.id(),
        update.creatorId(),
        update.src(),
        update.dst(),
        timeout,
        update.expire(),
        flags);
  }

  /** A release without SCTP treats it as any other protocol. */
  private static int timeout(int index, StateFormat to) {
    return index >= to.timeouts && index >= FIRST_SCTP && index <= LAST_SCTP
        ? OTHER[index - FIRST_SCTP]
        : index;
  }
}
