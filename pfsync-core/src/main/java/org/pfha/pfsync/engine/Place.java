package org.pfha.pfsync.engine;

import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.StateFormat;

/** The queues of a bucket, numbered in the order of their sections (spec pfsync 11.2). */
final class Place {

  static final int INS = 0;
  static final int INS_ACK = 1;
  static final int UPD = 2;
  static final int UPD_C = 3;
  static final int DEL_C = 4;

  /** Not a state's place: it names states there are none of. */
  static final int UPD_REQ = 5;

  static final int COUNT = 6;

  private Place() {}

  static int action(int place, StateFormat format) {
    return switch (place) {
      case INS -> format.insertAction();
      case INS_ACK -> Action.INS_ACK;
      case UPD -> format.updateAction();
      case UPD_C -> Action.UPD_C;
      case DEL_C -> Action.DEL_C;
      default -> Action.UPD_REQ;
    };
  }
}
