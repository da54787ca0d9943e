package org.pfha.pf.device;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A transaction over the tables of some anchors (spec pf-ioctl 5.11, DIOCX*). Never committed, it
 * changes nothing. Confined to one thread.
 */
final class TableTransaction {

  /** The number of the ruleset "tables". */
  private static final int TABLES = 6;

  private final PfChannel channel;
  private final List<String> anchors;
  private final ByteBuffer elements;

  private TableTransaction(PfChannel channel, List<String> anchors) {
    this.channel = channel;
    this.anchors = anchors;
    int size = Layouts.PFIOC_TRANS_E.size();
    elements = Struct.of(size * anchors.size());
    for (int i = 0; i < anchors.size(); i++) {
      elements.putInt(size * i + Layouts.TRANS_E_RS_NUM, TABLES);
      Struct.putString(elements, size * i + Layouts.TRANS_E_ANCHOR, anchors.get(i));
    }
  }

  static TableTransaction begin(PfChannel channel, List<String> anchors) throws PfException {
    TableTransaction transaction = new TableTransaction(channel, anchors);
    transaction.call(PfRequest.DIOCXBEGIN);
    return transaction;
  }

  int ticket(String anchor) {
    return elements.getInt(
        Layouts.PFIOC_TRANS_E.size() * anchors.indexOf(anchor) + Layouts.TRANS_E_TICKET);
  }

  void commit() throws PfException {
    call(PfRequest.DIOCXCOMMIT);
  }

  /** Drops it; a failure to do so is noted with the reason for it. */
  void rollback(PfException reason) {
    try {
      call(PfRequest.DIOCXROLLBACK);
    } catch (PfException e) {
      reason.addSuppressed(e);
    }
  }

  private void call(PfRequest request) throws PfException {
    ByteBuffer argument = Struct.of(Layouts.PFIOC_TRANS);
    argument.putInt(Layouts.TRANS_SIZE, anchors.size());
    argument.putInt(Layouts.TRANS_ESIZE, Layouts.PFIOC_TRANS_E.size());
    channel.call(request, argument, Layouts.TRANS_ARRAY, elements);
  }
}
