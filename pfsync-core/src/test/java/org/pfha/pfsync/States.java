package org.pfha.pfsync;

import com.google.common.net.InetAddresses;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StatePeer;

/** Connections to test with: the number is the id and the initiator's port. */
public final class States {

  private States() {}

  public static PfState tcp(int number, int creatorId) {
    return state(number, creatorId, PfState.TCP, peer(4, 1000), peer(4, 5000));
  }

  public static PfState udp(int number, int creatorId) {
    return state(number, creatorId, 17, StatePeer.of(1), StatePeer.of(0));
  }

  public static PfState state(int number, int creatorId, int proto, StatePeer src, StatePeer dst) {
    StateKey key =
        StateKey.of(
            InetAddresses.forString("192.0.2.10"),
            number & 0xffff,
            InetAddresses.forString("198.51.100.20"),
            443);
    return PfState.of(number, creatorId, "em0", key, proto, PfState.IN, src, dst);
  }

  public static StatePeer peer(int state, int seqlo) {
    return new StatePeer(state, seqlo, seqlo + 65_535, 0, 65_535, 1460, 7, null);
  }
}
