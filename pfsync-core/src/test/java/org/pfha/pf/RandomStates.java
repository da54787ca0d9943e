package org.pfha.pf;

import java.net.InetAddress;
import java.util.Random;
import org.pfha.pf.StatePeer.Scrub;

/**
 * States from a seed: both families, translated or not, few keys and names so that they collide.
 */
public final class RandomStates {

  private static final String[] IFNAMES = {"all", "em0", "em1", "lagg0.4094", "abcdefghijklmno"};
  private static final int[] PROTOS = {PfState.TCP, PfState.TCP, 17, 1, 58, 132};

  private final Random random;
  private final int variety;

  /**
   * Makes a source.
   *
   * @param random where they come from
   * @param variety how many ids and ports there are
   */
  public RandomStates(Random random, int variety) {
    this.random = random;
    this.variety = variety;
  }

  public StateId id() {
    return new StateId(random.nextInt(variety), 0xc0ffee00 + random.nextInt(3));
  }

  public PfState state() {
    StateId id = id();
    int family = random.nextInt(3) == 0 ? StateKey.INET6 : StateKey.INET;
    StateKey wire = key(family);
    PfStateBuilder state =
        PfState.builder(id.id(), id.creatorId(), wire, PROTOS[random.nextInt(PROTOS.length)])
            .ifname(IFNAMES[random.nextInt(IFNAMES.length)])
            .direction(random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(2))
            .src(peer())
            .dst(peer())
            .timeout(random.nextInt(Timeouts.COUNT))
            .creation(random.nextInt(1000))
            .expire(random.nextInt(4) == 0 ? 0 : random.nextInt(200_000))
            .rule(random.nextInt(5) - 1)
            .anchor(random.nextInt(3) - 1)
            .natRule(random.nextInt(3) - 1)
            .packets(random.nextLong(), random.nextLong())
            .bytes(random.nextLong(), random.nextLong())
            .log(random.nextInt(256))
            .stateFlags(random.nextInt(1 << 16))
            .syncFlags(random.nextInt(256));
    if (random.nextInt(3) == 0) {
      state.stack(key(random.nextInt(5) == 0 ? StateKey.INET + StateKey.INET6 - family : family));
    }
    if (random.nextInt(20) == 0) {
      state.stackProto(random.nextInt(256));
    }
    if (random.nextInt(3) == 0) {
      extend(state);
    }
    return state.build();
  }

  private void extend(PfStateBuilder state) {
    if (random.nextBoolean()) {
      InetAddress hop = random.nextInt(3) == 0 ? null : key(StateKey.INET).address(0);
      state.route(new StateRoute(random.nextInt(5), random.nextBoolean() ? "em7" : "", hop));
    }
    if (random.nextBoolean()) {
      state.options(
          new StateOptions(
              random.nextInt(1 << 16),
              random.nextInt(1 << 16),
              random.nextInt(1 << 16),
              random.nextInt(1 << 16),
              random.nextInt(3) - 1,
              random.nextInt(3) - 1,
              random.nextInt(256),
              random.nextInt(256),
              random.nextInt(1 << 16),
              random.nextInt(256),
              random.nextInt(256)));
    }
    if (random.nextBoolean()) {
      state.tag("t".repeat(random.nextInt(64))).originalIfname("em" + random.nextInt(10));
    }
  }

  private StateKey key(int family) {
    return new StateKey(
        family,
        0x0a000000_00000000L,
        1,
        0xc6336400_00000000L + ((long) random.nextInt(2) << 32),
        2,
        random.nextInt(variety) & 0xffff,
        443,
        random.nextInt(10) == 0 ? 1 : 0);
  }

  public StatePeer peer() {
    Scrub scrub =
        random.nextInt(3) == 0
            ? new Scrub(random.nextInt(2), random.nextInt(256), random.nextInt())
            : null;
    return new StatePeer(
        random.nextInt(13),
        random.nextInt(),
        random.nextInt(),
        random.nextInt(),
        random.nextInt(1 << 16),
        random.nextInt(1 << 16),
        random.nextInt(256),
        scrub);
  }
}
