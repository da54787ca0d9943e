package org.pfha.pf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.pf.StateTable.Insertion;

/** The table does what a plain map of states does, whatever comes in whatever order. */
class StateTableModelTest {

  private static final long SECOND = 1_000_000_000L;
  private static final int LIMIT = 300;
  private static final int CREATOR_LIMIT = 150;
  private static final int STEPS = 2_000;

  private static final class Known {
    PfState state;
    final long createdNanos;
    long expiresNanos;

    Known(PfState state, long createdNanos, long expiresNanos) {
      this.state = state;
      this.createdNanos = createdNanos;
      this.expiresNanos = expiresNanos;
    }
  }

  /** The same rules without any cleverness. */
  private static final class Model {
    final Timeouts timeouts;
    final Map<StateId, Known> states = new LinkedHashMap<>();

    Model(Timeouts timeouts) {
      this.timeouts = timeouts;
    }

    Insertion insert(PfState state, long now) {
      if (states.containsKey(state.stateId())) {
        return Insertion.DUPLICATE_ID;
      }
      List<Known> inTheWay = states.values().stream().filter(k -> collide(k.state, state)).toList();
      if (!inTheWay.stream().allMatch(k -> isClosed(k.state))) {
        return Insertion.KEY_COLLISION;
      }
      if (inTheWay.isEmpty() && states.size() >= LIMIT) {
        return Insertion.LIMIT;
      }
      long ofCreator =
          states.keySet().stream().filter(id -> id.creatorId() == state.creatorId()).count();
      if (inTheWay.isEmpty() && ofCreator >= CREATOR_LIMIT) {
        return Insertion.CREATOR_LIMIT;
      }
      inTheWay.forEach(k -> states.remove(k.state.stateId()));
      long life = state.expire() != 0 ? state.expire() : timeouts.seconds(state.timeout());
      states.put(
          state.stateId(), new Known(state, now - state.creation() * SECOND, now + life * SECOND));
      return inTheWay.isEmpty() ? Insertion.INSERTED : Insertion.REPLACED_CLOSED;
    }

    private static boolean isClosed(PfState old) {
      return old.proto() == PfState.TCP && old.src().state() >= 9 && old.dst().state() >= 9;
    }

    private static boolean collide(PfState old, PfState state) {
      return old.ifname().equals(state.ifname())
          && old.direction() == state.direction()
          && ((old.wire().equals(state.wire()) && old.proto() == state.proto())
              || (old.stack().equals(state.stack()) && old.stackProto() == state.stackProto()));
    }

    boolean isDue(Known known, long now) {
      int index = known.state.timeout();
      long early = timeouts.shortenedBy(index, states.size()) * SECOND;
      return timeouts.allDue(states.size()) || known.expiresNanos - early - now <= 0;
    }

    PfState shown(Known known, long now) {
      long early = timeouts.shortenedBy(known.state.timeout(), states.size()) * SECOND;
      long remaining = Math.max(0, (known.expiresNanos - early - now) / SECOND);
      return known.state.withTimes((now - known.createdNanos) / SECOND, remaining);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 20261121, -7})
  void behavesAsAMapWould(long seed) {
    run(seed, Timeouts.DEFAULT);
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 5, 6})
  void behavesAsAMapWouldWhenTimeoutsShrink(long seed) {
    run(seed, Timeouts.DEFAULT.with(2, 3600).adaptive(LIMIT / 4, LIMIT));
  }

  private static void run(long seed, Timeouts timeouts) {
    Random random = new Random(seed);
    RandomStates source = new RandomStates(random, 400);
    Model model = new Model(timeouts);
    StateTable table =
        StateTable.builder(LIMIT)
            .timeouts(timeouts)
            .creatorLimit(CREATOR_LIMIT)
            .hashSeed(random.nextLong())
            .build();
    long now = random.nextLong();
    for (int step = 0; step < STEPS; step++) {
      String at = "seed " + seed + ", step " + step;
      now += random.nextInt(4) == 0 ? random.nextInt(20) * SECOND : random.nextInt(1 << 20);
      if (random.nextInt(500) == 0) {
        now += 100_000L * SECOND; // paused
      }
      switch (random.nextInt(20)) {
        case 0 -> expire(table, model, now, at);
        case 1, 2, 3 -> update(table, model, source, random, now, at);
        case 4, 5, 6 -> remove(table, model, source.id(), at);
        case 7 -> {
          if (random.nextInt(40) == 0) {
            clear(table, model, random, now, at);
          }
        }
        default -> insert(table, model, source.state(), now, at);
      }
      assertThat(table.size()).as(at).isEqualTo(model.states.size());
      if (step % 100 == 0) {
        compare(table, model, source, now, at);
      }
    }
    compare(table, model, source, now, "seed " + seed + ", end");
  }

  private static void insert(StateTable table, Model model, PfState state, long now, String at) {
    assertThat(table.insert(state, now)).as(at).isEqualTo(model.insert(state, now));
  }

  private static void update(
      StateTable table, Model model, RandomStates source, Random random, long now, String at) {
    StateId id = source.id();
    StatePeer src = source.peer();
    StatePeer dst = source.peer();
    int timeout = random.nextInt(Timeouts.COUNT);
    PfState updated = table.update(id.id(), id.creatorId(), src, dst, timeout, now);
    Known known = model.states.get(id);
    if (known == null) {
      assertThat(updated).as(at).isNull();
      return;
    }
    known.state = known.state.withProgress(src, dst, timeout);
    known.expiresNanos = now + model.timeouts.seconds(timeout) * SECOND;
    assertThat(updated).as(at).isEqualTo(model.shown(known, now));
  }

  private static void remove(StateTable table, Model model, StateId id, String at) {
    PfState gone = table.remove(id.id(), id.creatorId());
    Known known = model.states.remove(id);
    assertThat(gone == null ? null : gone.stateId())
        .as(at)
        .isEqualTo(known == null ? null : known.state.stateId());
  }

  /** With adaptive scaling it depends on the order who goes; that those who stay may, does not. */
  private static void expire(StateTable table, Model model, long now, String at) {
    List<StateId> gone = new ArrayList<>();
    table.expire(
        now,
        state -> {
          Known known = model.states.get(state.stateId());
          assertThat(known).as(at + ": " + state).isNotNull();
          assertThat(model.isDue(known, now)).as(at + ": " + state + " is due").isTrue();
          model.states.remove(state.stateId());
          gone.add(state.stateId());
        });
    assertThat(gone).as(at).doesNotHaveDuplicates();
    assertThat(model.states.values().stream().filter(known -> model.isDue(known, now)))
        .as(at + ": due and still there")
        .isEmpty();
  }

  private static void clear(StateTable table, Model model, Random random, long now, String at) {
    int creator = 0xc0ffee00 + random.nextInt(3);
    boolean byInterface = random.nextBoolean();
    StateFilter filter =
        byInterface ? StateFilter.all().ifname("em0") : StateFilter.all().creator(creator);
    Predicate<PfState> same =
        byInterface ? s -> s.ifname().equals("em0") : s -> s.creatorId() == creator;
    List<StateId> gone = new ArrayList<>();
    int count =
        table.removeAll(filter, now, row -> gone.add(new StateId(row.id(), row.creatorId())));
    assertThat(gone)
        .as(at)
        .hasSize(count)
        .containsExactlyInAnyOrderElementsOf(
            model.states.values().stream()
                .map(known -> known.state)
                .filter(same)
                .map(PfState::stateId)
                .toList());
    gone.forEach(model.states::remove);
  }

  private static void compare(
      StateTable table, Model model, RandomStates source, long now, String at) {
    Collection<Known> known = model.states.values();
    table.expire(now, state -> model.states.remove(state.stateId()));
    assertThat(table.states())
        .as(at)
        .containsExactlyElementsOf(known.stream().map(k -> model.shown(k, now)).toList());
    for (Known each : known) {
      PfState state = model.shown(each, now);
      assertThat(table.get(state.id(), state.creatorId(), now)).as(at).isEqualTo(state);
      PfState byWire = table.find(state.wire(), state.proto(), state.direction(), state.ifname());
      PfState byStack =
          table.findByStack(state.stack(), state.stackProto(), state.direction(), state.ifname());
      assertThat(byWire).as(at).isEqualTo(state);
      assertThat(byStack).as(at).isEqualTo(state);
    }
    StateId other = source.id();
    assertThat(table.get(other.id(), other.creatorId()) != null)
        .as(at)
        .isEqualTo(model.states.containsKey(other));
    digests(table, known, now, at);
  }

  private static void digests(StateTable table, Collection<Known> known, long now, String at) {
    assertThat(table.digestFromScratch()).as(at).isEqualTo(table.digest());
    StateTable shuffled = StateTable.withLimit(LIMIT);
    Map<Integer, Integer> perCreator = new HashMap<>();
    known.stream()
        .map(each -> each.state)
        .sorted(Comparator.comparingLong(state -> Long.reverse(state.id() * 0x9e3779b97f4a7c15L)))
        .forEach(
            state -> {
              assertThat(shuffled.insert(state, now).isPresent()).as(at).isTrue();
              perCreator.merge(state.creatorId(), 1, Integer::sum);
            });
    assertThat(shuffled.digest()).as(at).isEqualTo(table.digest());
    assertThat(shuffled.digests()).as(at).isEqualTo(table.digests());
    assertThat(table.diff(shuffled).isEmpty()).as(at).isTrue();
    perCreator.forEach(
        (creator, count) -> assertThat(table.digest(creator).states()).as(at).isEqualTo(count));
  }
}
