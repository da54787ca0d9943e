package org.pfha.cluster;

import com.google.common.collect.ImmutableSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.pfha.carp.DemotionLedger;
import org.pfha.carp.VirtualRouter;
import org.pfha.carp.engine.CarpProfile;
import org.pfha.net.InternetChecksum;
import org.pfha.net.IpPacket;
import org.pfha.net.IpTransport;
import org.pfha.net.PacketReceiver;
import org.pfha.net.Subscription;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pfsync.PfsyncNodeBuilder;
import org.pfha.pfsync.engine.PfsyncEvent.Kind;

/** Firmware with a known mistake each, and the rules that it must be found by. */
enum PlantedBug implements Firmware {
  /** A late timer believes the silence without looking into the receive queue. */
  NO_DRAIN_AFTER_A_PAUSE(Rule.NO_CAUSELESS_FLAPPING) {
    @Override
    public IpTransport transport(ClusterNode node, IpTransport host) {
      return new WrappedTransport(host) {
        @Override
        public int drain() {
          return 0;
        }
      };
    }
  },

  /** What a peer knows better is not taken. */
  MERGE_KEEPS_STALE_DATA(Rule.TABLES_CONVERGE, Rule.NO_BACKWARD_MERGE) {
    @Override
    public void pfsync(ClusterNode node, PfsyncNodeBuilder builder) {
      Map<StateId, PfState> first = new HashMap<>();
      builder.onEvent(
          event -> {
            StateId id = new StateId(event.id(), event.creatorId());
            PfState now = event.state();
            if (event.kind() == Kind.INSERT && now != null) {
              first.put(id, now);
            }
            PfState before = first.get(id);
            int row = node.table().find(id.id(), id.creatorId());
            if (event.kind() == Kind.UPDATE && before != null && row >= 0) {
              long at = node.host().loop().clock().nanoTime();
              node.table().update(row, before.src(), before.dst(), before.timeout(), at);
            }
          });
    }
  },

  /** What a peer knows worse is taken. */
  MERGE_TAKES_STALE_DATA(Rule.NO_BACKWARD_MERGE, Rule.TABLES_CONVERGE) {
    @Override
    public void behave(ClusterNode node, PfsyncNodeBuilder builder) {
      builder.rememberRemoved(REMEMBERED);
    }
  },

  /** The penalty for an unfinished bulk transfer stays. */
  DEMOTION_NOT_REMOVED(Rule.DEMOTION_RETURNS, Rule.DEMOTED_YIELDS) {
    @Override
    public void pfsync(ClusterNode node, PfsyncNodeBuilder builder) {
      builder
          .demoting(new DemotionLedger())
          .onEvent(
              event -> {
                if (event.kind() == Kind.BULK_REQUESTED) {
                  node.carp().demotion().demote("pfsync", "waiting for a bulk update", 240);
                }
              });
    }
  },

  /** An update that comes behind the removal inserts the state again. */
  DEL_OVERTAKEN_BY_UPD_REINSERTS(Rule.DELETED_STAYS_DELETED) {
    @Override
    public void behave(ClusterNode node, PfsyncNodeBuilder builder) {
      builder.strictMerge();
    }
  },

  /** Equal masters both yield and both come back, for ever. */
  EQUAL_ADVERTS_WITHOUT_TIE_RULE(Rule.NO_CAUSELESS_FLAPPING, Rule.SOME_MASTER) {
    @Override
    public VirtualRouter virtualRouter(ClusterNode node, VirtualRouter planned) {
      return planned.profile(CarpProfile.FREEBSD_14);
    }
  },

  /** A master hears itself, and yields. */
  OWN_ECHO_ACCEPTED(Rule.NO_CAUSELESS_FLAPPING, Rule.SOME_MASTER) {
    @Override
    public IpTransport transport(ClusterNode node, IpTransport host) {
      return new WrappedTransport(host) {
        @Override
        public Subscription receive(int protocol, PacketReceiver receiver) {
          return super.receive(protocol, packet -> receiver.received(disguised(packet, node)));
        }
      };
    }
  };

  private final ImmutableSet<Rule> foundBy;

  PlantedBug(Rule... foundBy) {
    this.foundBy = ImmutableSet.copyOf(foundBy);
  }

  Set<Rule> foundBy() {
    return foundBy;
  }

  /** An own packet, as if it came from somebody else. */
  private static IpPacket disguised(IpPacket packet, ClusterNode node) {
    boolean own =
        node.host().links().stream()
            .flatMap(link -> link.addresses().stream())
            .anyMatch(address -> packet.isFrom(address.address().getAddress()));
    if (!own || packet.isIpv6()) {
      return packet;
    }
    byte[] bytes = packet.copy();
    bytes[15] = (byte) 250;
    bytes[10] = 0;
    bytes[11] = 0;
    int sum = InternetChecksum.finish(InternetChecksum.sum(bytes, 0, 20));
    bytes[10] = (byte) (sum >> 8);
    bytes[11] = (byte) sum;
    IpPacket other = new IpPacket();
    other.wrap(bytes, 0, bytes.length, packet.link(), packet.arrivalNanos());
    if (other.check() != IpPacket.Check.OK) {
      throw new AssertionError("a changed source is still a packet");
    }
    return other;
  }
}
