package org.pfha.pf.device;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;

/**
 * Turns the states of a kernel into events, by listing them again and again. The kernel does not
 * freeze its table meanwhile and may leave out a state that is there, so one is gone only when
 * several listings in a row lack it. Keeps the last snapshot of each state. Confined to one thread.
 */
public final class KernelWatch {

  /** Listings in a row that have to lack a state, unless told otherwise. */
  public static final int DEFAULT_MISSES = 2;

  /** Something that happened to a kernel's states. */
  public sealed interface Event {

    /**
     * A state is there that was not.
     *
     * @param state as it is
     */
    record Appeared(PfState state) implements Event {}

    /**
     * A state has got further: a peer or the timeout changed. Counters and age do not count.
     *
     * @param before as it was
     * @param now as it is
     */
    record Progressed(PfState before, PfState now) implements Event {}

    /**
     * A state is gone.
     *
     * @param last as it was when it was last listed
     */
    record Gone(PfState last) implements Event {}
  }

  private static final class Seen {
    private PfState state;
    private long round;

    private Seen(PfState state, long round) {
      this.state = state;
      this.round = round;
    }
  }

  private final PfStates states;
  private final int misses;
  private final Consumer<Event> listener;
  private final Map<StateId, Seen> seen = new HashMap<>();
  private long round;

  /**
   * Watches states.
   *
   * @param states of a kernel
   * @param misses listings in a row that have to lack a state, at least 1
   * @param listener hears of each event, on the thread that polls
   */
  public KernelWatch(PfStates states, int misses, Consumer<Event> listener) {
    checkArgument(misses >= 1, "%s misses in a row is not positive", misses);
    this.states = states;
    this.misses = misses;
    this.listener = listener;
  }

  /**
   * Lists the states once and reports what has changed since the last time. The first time, all
   * states appear.
   *
   * @return how the listing went
   * @throws PfException if the kernel refuses; nothing is taken to be gone then
   */
  public StateListing poll() throws PfException {
    round++;
    StateListing listing;
    try {
      listing = states.list(this::listed);
    } catch (PfException e) {
      round--;
      throw e;
    }
    Iterator<Seen> all = seen.values().iterator();
    while (all.hasNext()) {
      Seen each = all.next();
      if (round - each.round >= misses) {
        all.remove();
        listener.accept(new Event.Gone(each.state));
      }
    }
    return listing;
  }

  private void listed(PfState state) {
    @Nullable Seen before = seen.get(state.stateId());
    if (before == null) {
      seen.put(state.stateId(), new Seen(state, round));
      listener.accept(new Event.Appeared(state));
      return;
    }
    PfState was = before.state;
    before.state = state;
    before.round = round;
    if (was.timeout() != state.timeout()
        || !was.src().equals(state.src())
        || !was.dst().equals(state.dst())) {
      listener.accept(new Event.Progressed(was, state));
    }
  }
}
