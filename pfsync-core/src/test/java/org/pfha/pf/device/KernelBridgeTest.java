package org.pfha.pf.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfha.net.sys.SystemCallException;
import org.pfha.pf.PfState;
import org.pfha.pf.StateDiff;
import org.pfha.pf.StateId;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateTable;
import org.pfha.pf.StateTable.Insertion;
import org.pfha.pf.device.InMemoryPf.Release;
import org.pfha.pf.device.KernelWatch.Event;

/** Between a kernel and a table: import, push, compare, watch. */
class KernelBridgeTest {

  private static final long SECOND = 1_000_000_000L;

  @ParameterizedTest
  @EnumSource
  void aKernelsStatesComeIntoATableAndIntoAnotherKernel(Release release) throws IOException {
    InMemoryPf kernel = Kernels.of(release);
    for (int i = 1; i <= 50; i++) {
      kernel.insert(Kernels.udp(i));
      kernel.insert(Kernels.tcp6(1000 + i));
    }
    StateTable table = StateTable.withLimit(1000);
    try (PfDevice device = Kernels.open(kernel)) {
      StateImport imported = device.states().importInto(table, 7 * SECOND);
      assertThat(imported.inserted()).isEqualTo(100);
      assertThat(imported.listing().states()).isEqualTo(100);
      assertThat(device.states().importInto(table, 7 * SECOND).count(Insertion.DUPLICATE_ID))
          .isEqualTo(100);
    }
    assertThat(table.identityDigest()).isEqualTo(kernel.table().identityDigest());
    PfState aged = table.get(1, Kernels.HOST, 17 * SECOND);
    assertThat(aged.creation()).isEqualTo(15);
    assertThat(aged.expire()).isEqualTo(50);

    InMemoryPf other = Kernels.of(release);
    try (PfDevice here = Kernels.open(kernel);
        PfDevice there = Kernels.open(other)) {
      StatePush pushed = there.states().push(table, 17 * SECOND);
      assertThat(pushed.added()).as(pushed.toString()).isEqualTo(100);
      assertThat(there.states().push(table, 17 * SECOND).present()).isEqualTo(100);
      assertThat(there.states().get(1, Kernels.HOST))
          .hasValueSatisfying(state -> assertThat(state.expire()).isEqualTo(50));
      assertThat(here.states().diff(there.states(), 1000).isEmpty()).isTrue();
    }
  }

  @Test
  void aStateWithNoTimeLeftIsNotGivenAFullTimeout() throws IOException {
    StateTable table = StateTable.withLimit(10);
    table.insert(Kernels.udp(1), 0);
    InMemoryPf kernel = Kernels.of(Release.V14);
    try (PfDevice device = Kernels.open(kernel)) {
      assertThat(device.states().push(table, 60 * SECOND).added()).isOne();
      assertThat(device.states().get(1, Kernels.HOST).orElseThrow().expire()).isOne();
    }
    StateTable imported = StateTable.withLimit(10);
    InMemoryPf expiring = Kernels.of(Release.V14);
    expiring.insert(Kernels.udp(2).withTimes(3, 1));
    try (PfDevice device = Kernels.open(new FreshlyExpired(expiring))) {
      assertThat(device.states().importInto(imported, 0).inserted()).isOne();
    }
    assertThat(imported.get(2, Kernels.HOST, 0).expire()).isOne();
  }

  /** Says 0 seconds left of the first state. */
  private static final class FreshlyExpired extends ForwardingCalls {

    FreshlyExpired(InMemoryPf kernel) {
      super(kernel);
    }

    @Override
    public int ioctl(int fd, long request, ByteBuffer argument, int offset, ByteBuffer pointee)
        throws SystemCallException {
      int result = super.ioctl(fd, request, argument, offset, pointee);
      if (request == PfRequest.DIOCGETSTATESV2.word() && pointee.capacity() > 0) {
        pointee.putInt(216, 0);
      }
      return result;
    }
  }

  @Test
  void whatAKernelRefusesIsCountedAndDoesNotKeepTheOthersOut() throws IOException {
    StateTable table = StateTable.withLimit(10);
    table.insert(Kernels.udp(1).toBuilder().ifname("gone0").build(), 0);
    table.insert(Kernels.udp(2), 0);
    InMemoryPf kernel = Kernels.of(Release.V14);
    try (PfDevice device = Kernels.open(kernel)) {
      StatePush pushed = device.states().push(table, 0);
      assertThat(pushed.added()).isOne();
      assertThat(pushed.refused())
          .containsExactly(java.util.Map.entry(new StateId(1, Kernels.HOST), Errno.EINVAL.code));
      assertThat(pushed).hasToString("1 added, 0 present, 1 refused {EINVAL=1}");
      kernel.securelevel(3);
      assertThatThrownBy(() -> device.states().push(table, 0))
          .isInstanceOf(PfSecurelevelException.class);
    }
  }

  @Test
  void twoKernelsAreCompared() throws IOException {
    InMemoryPf here = Kernels.of(Release.V14);
    InMemoryPf there = Kernels.of(Release.V13_0);
    for (int i = 1; i <= 5; i++) {
      here.insert(Kernels.udp(i));
      there.insert(Kernels.udp(i + 1));
    }
    there.table().update(3, Kernels.HOST, StatePeer.of(2), StatePeer.of(2), 8, 0);
    try (PfDevice a = Kernels.open(here);
        PfDevice b = Kernels.open(there)) {
      StateDiff diff = a.states().diff(b.states(), 100);
      assertThat(diff.onlyHere()).containsExactly(new StateId(1, Kernels.HOST));
      assertThat(diff.onlyThere()).containsExactly(new StateId(6, Kernels.HOST));
      assertThat(diff.differing()).containsExactly(new StateId(3, Kernels.HOST));
      assertThatThrownBy(() -> a.states().diff(b.states(), 4))
          .isInstanceOf(PfException.class)
          .hasMessageContaining("1 states more than the 4");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWatchTellsWhatAppearsProgressesAndGoes(Release release) throws IOException {
    InMemoryPf kernel = Kernels.of(release);
    kernel.insert(Kernels.udp(1));
    kernel.insert(Kernels.udp(2));
    List<Event> events = new ArrayList<>();
    try (PfDevice device = Kernels.open(kernel)) {
      KernelWatch watch = new KernelWatch(device.states(), 1, events::add);
      watch.poll();
      assertThat(events).hasSize(2).allMatch(Event.Appeared.class::isInstance);
      events.clear();
      kernel.advance(Duration.ofSeconds(3));
      watch.poll();
      assertThat(events).as("age is no event").isEmpty();
      kernel
          .table()
          .update(1, Kernels.HOST, StatePeer.of(2), StatePeer.of(2), 8, kernel.nowNanos());
      kernel.table().remove(2, Kernels.HOST);
      kernel.insert(Kernels.udp(3));
      watch.poll();
      assertThat(events)
          .hasSize(3)
          .anySatisfy(
              event ->
                  assertThat(event)
                      .isInstanceOfSatisfying(
                          Event.Progressed.class,
                          progressed -> {
                            assertThat(progressed.before().src().state()).isOne();
                            assertThat(progressed.now().src().state()).isEqualTo(2);
                          }))
          .anyMatch(event -> event instanceof Event.Gone gone && gone.last().id() == 2)
          .anyMatch(event -> event instanceof Event.Appeared added && added.state().id() == 3);
    }
  }

  @Test
  void aStateThatOneListingLeavesOutIsNotGone() throws IOException {
    InMemoryPf kernel = Kernels.of(Release.V14);
    kernel.insert(Kernels.udp(1));
    List<Event> events = new ArrayList<>();
    try (PfDevice device = Kernels.open(kernel)) {
      KernelWatch watch = new KernelWatch(device.states(), KernelWatch.DEFAULT_MISSES, events::add);
      watch.poll();
      events.clear();
      kernel.table().remove(1, Kernels.HOST);
      watch.poll();
      kernel.insert(Kernels.udp(1));
      watch.poll();
      assertThat(events).isEmpty();
      kernel.table().remove(1, Kernels.HOST);
      watch.poll();
      kernel.failNext(PfRequest.DIOCGETSTATESV2, Errno.ENOMEM.code);
      assertThatThrownBy(watch::poll).isInstanceOf(PfException.class);
      assertThat(events).as("a listing that failed lacks nothing").isEmpty();
      watch.poll();
      assertThat(events).singleElement().isInstanceOf(Event.Gone.class);
    }
  }
}
