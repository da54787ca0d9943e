package org.pfha.pf.device;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StateRow;

/**
 * Inserts the rows of a table into a kernel, one at a time, and keeps count. Confined to one
 * thread.
 */
final class StatePusher implements Consumer<StateRow> {

  private final PfStates kernel;
  private final long nowNanos;
  private final Map<StateId, Integer> reasons = new LinkedHashMap<>();
  private long added;
  private long present;
  private long refused;
  private @Nullable PfException failure;

  StatePusher(PfStates kernel, long nowNanos) {
    this.kernel = kernel;
    this.nowNanos = nowNanos;
  }

  @Override
  public void accept(StateRow row) {
    if (failure != null) {
      return;
    }
    PfState state = row.state(nowNanos);
    try {
      if (kernel.add(PfStates.aboutToExpire(state))) {
        added++;
      } else {
        present++;
      }
    } catch (PfException e) {
      refused(state, e);
    }
  }

  /** What is wrong with one state does not keep the others out; anything else does. */
  private void refused(PfState state, PfException e) {
    if (!Errno.EINVAL.is(e.errno()) && !Errno.ENOMEM.is(e.errno())) {
      failure = e;
      return;
    }
    refused++;
    if (reasons.size() < StatePush.MAX_NAMED) {
      reasons.put(state.stateId(), e.errno());
    }
  }

  StatePush result() throws PfException {
    if (failure != null) {
      throw failure;
    }
    return new StatePush(added, present, reasons, refused);
  }
}
