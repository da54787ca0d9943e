package org.pfha.pfsync.engine;

import org.jspecify.annotations.Nullable;
import org.pfha.pf.StateDraft;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.wire.FieldCheck;
import org.pfha.pfsync.wire.StateView;

/** Messages of INS, made into drafts whose places in the table are looked up together. */
final class Arrivals {

  private final StateTable table;
  private final StateImport stateImport;
  private final StateDraft[] drafts;
  private final StateDraft[] accepted;
  private final FieldCheck[] checks;
  private final @Nullable Refusal[] refusals;
  private int count;
  private int acceptedCount;

  Arrivals(StateTable table, StateImport stateImport, int most) {
    this.table = table;
    this.stateImport = stateImport;
    drafts = new StateDraft[most];
    accepted = new StateDraft[most];
    checks = new FieldCheck[most];
    refusals = new @Nullable Refusal[most];
    for (int i = 0; i < most; i++) {
      drafts[i] = table.draft();
    }
  }

  void clear() {
    count = 0;
    acceptedCount = 0;
  }

  int count() {
    return count;
  }

  int room() {
    return drafts.length - count;
  }

  void add(StateView view, @Nullable RuleMapping rules) {
    FieldCheck check = view.check();
    Refusal refusal = check == FieldCheck.OK ? stateImport.read(view, drafts[count], rules) : null;
    if (check == FieldCheck.OK && refusal == null) {
      accepted[acceptedCount++] = drafts[count];
    }
    checks[count] = check;
    refusals[count++] = refusal;
  }

  void fetch() {
    table.prepare(accepted, acceptedCount);
  }

  FieldCheck check(int number) {
    return checks[number];
  }

  StateImport.Outcome insert(int number, StateView view, long now) {
    return stateImport.insert(view, drafts[number], refusals[number], now);
  }
}
