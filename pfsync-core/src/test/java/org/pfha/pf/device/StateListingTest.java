package org.pfha.pf.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfha.net.sys.NativeMemory;
import org.pfha.net.sys.NetlinkMessage;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;
import org.pfha.pf.PfState;
import org.pfha.pf.StateTable;
import org.pfha.pf.device.InMemoryPf.Release;

/** Lists that are complete although the kernel cuts them silently, and as large as they come. */
class StateListingTest {

  private static final int MILLION = 1_000_000;

  /** A kernel that serves synthetic states, and lets more appear between estimate and listing. */
  private static final class Synthetic extends ForwardingCalls {

    private final SystemCalls memory;
    private final byte[] template = new byte[StateRecord.EXPORT.size()];
    private final List<Long> buffers = new ArrayList<>();
    private int states;
    private int growth;
    private int open;

    Synthetic(SystemCalls memory, int states, int growth) {
      super(InMemoryPf.of(Release.V14));
      this.memory = memory;
      this.states = states;
      this.growth = growth;
      StateRecord.EXPORT.encode(
          Kernels.udp(1), ByteBuffer.wrap(template), 0, StateRecord.VERSION_14);
    }

    @Override
    public int ioctl(int fd, long request, ByteBuffer argument, int offset, ByteBuffer pointee)
        throws SystemCallException {
      if (request != PfRequest.DIOCGETSTATESV2.word()) {
        return super.ioctl(fd, request, argument, offset, pointee);
      }
      int length = argument.getInt(0);
      if (length == 0) {
        argument.putInt(0, states * template.length);
        states += growth;
        return 0;
      }
      int fit = Math.min(states, length / template.length);
      ByteBuffer out = pointee.duplicate().order(ByteOrder.BIG_ENDIAN);
      for (int i = 0; i < fit; i++) {
        int at = i * template.length;
        out.put(at, template);
        out.putLong(at + 8, i + 1L);
        out.putInt(at + 48 + 16, 0x0a00_0000 + i);
        out.putInt(at + 84 + 16, 0x0a00_0000 + i);
      }
      argument.putInt(0, fit * template.length);
      return 0;
    }

    @Override
    public NativeMemory allocate(int bytes) {
      buffers.add((long) bytes);
      open++;
      NativeMemory allocated = memory.allocate(bytes);
      return new NativeMemory() {
        @Override
        public ByteBuffer buffer() {
          return allocated.buffer();
        }

        @Override
        public void close() {
          open--;
          allocated.close();
        }
      };
    }
  }

  private static Synthetic synthetic(int states, int growth) {
    return new Synthetic(InMemoryPf.of(Release.V14), states, growth);
  }

  @Test
  void theBufferStartsAtTwiceTheEstimate() throws IOException {
    Synthetic kernel = synthetic(1000, 0);
    try (PfDevice device = Kernels.open(kernel)) {
      StateListing listing = device.states().list(state -> {});
      assertThat(listing.states()).isEqualTo(1000);
      assertThat(kernel.buffers).containsExactly(2L * 1000 * 384);
      assertThat(kernel.open).isZero();
    }
  }

  @Test
  void aFullOrNearlyFullBufferIsNotBelieved() throws IOException {
    // 1000 when asked, 3000 when listed: the first buffer is full, the second nearly
    Synthetic kernel = synthetic(1000, 2000);
    Set<Long> ids = new HashSet<>();
    try (PfDevice device = Kernels.open(kernel)) {
      StateListing listing = device.states().list(state -> ids.add(state.id()));
      assertThat(ids).hasSize(3000);
      assertThat(listing.states()).isEqualTo(3000);
      assertThat(listing.rounds()).isEqualTo(2);
      assertThat(kernel.buffers).containsExactly(2000L * 384, 4000L * 384);
      assertThat(kernel.open).isZero();
    }
  }

  @Test
  void noStateIsHandedOnBeforeTheListIsBelieved() throws IOException {
    Synthetic kernel = synthetic(100, 1000);
    List<Long> ids = new ArrayList<>();
    try (PfDevice device = Kernels.open(kernel)) {
      device.states().list(state -> ids.add(state.id()));
    }
    assertThat(ids).doesNotHaveDuplicates().hasSize(1100);
  }

  @Test
  void aListThatDoesNotFitUnderTheCapIsNoList() throws IOException {
    Synthetic kernel = synthetic(1000, 0);
    try (PfDevice device = PfDevice.open(kernel, 1000L * 384)) {
      assertThatThrownBy(() -> device.states().list(state -> {}))
          .isInstanceOf(PfException.class)
          .hasMessageContainingAll("384000 bytes", "state buffer");
      assertThat(kernel.buffers).containsExactly(1000L * 384);
      assertThat(kernel.open).isZero();
    }
  }

  @Test
  void anOldKernelIsNotAskedForAnAbsurdLength() throws IOException {
    List<Integer> lengths = new ArrayList<>();
    SystemCalls crowded =
        new ForwardingCalls(InMemoryPf.of(Release.V13_0)) {
          @Override
          public int ioctl(
              int fd, long request, ByteBuffer argument, int offset, ByteBuffer pointee)
              throws SystemCallException {
            if (request != PfRequest.DIOCGETSTATES.word()) {
              return super.ioctl(fd, request, argument, offset, pointee);
            }
            int size = StateRecord.PACKED.size();
            int length = argument.getInt(0);
            argument.putInt(0, length == 0 ? 5_000_000 * size : length / size * size);
            return 0;
          }

          @Override
          public NativeMemory allocate(int bytes) {
            lengths.add(bytes);
            return super.allocate(1);
          }
        };
    try (PfDevice device = Kernels.open(crowded)) {
      assertThatThrownBy(() -> device.states().list(state -> {}))
          .isInstanceOf(PfException.class)
          .hasMessageContaining("the states fill a buffer");
    }
    assertThat(lengths).containsExactly((int) StateLister.PACKED_CAP);
  }

  @ParameterizedTest
  @EnumSource
  void aKernelThatStopsBeforeAWholeRowIsStillReadToTheEnd(Release release) throws IOException {
    InMemoryPf kernel = InMemoryPf.of(release);
    kernel.hashSize(4);
    for (int i = 1; i <= 400; i++) {
      kernel.insert(Kernels.udp(i));
    }
    try (PfDevice device = Kernels.open(kernel)) {
      assertThat(Kernels.list(device)).extracting(PfState::id).doesNotHaveDuplicates().hasSize(400);
    }
  }

  @Test
  void anEmptyTableIsListed() throws IOException {
    try (PfDevice device = Kernels.open(InMemoryPf.of(Release.V13_0))) {
      assertThat(Kernels.list(device)).isEmpty();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aMillionStatesNeedNoHeapBeyondTheTable() throws IOException {
    Synthetic kernel = new Synthetic(SystemCalls.ofThisMachine(), MILLION, 0);
    try (PfDevice device = Kernels.open(kernel)) {
      long before = usedHeap();
      long[] seen = {0, 0};
      StateListing listing =
          device
              .states()
              .list(
                  state -> {
                    if (++seen[0] % (MILLION / 4) == 0) {
                      seen[1] = Math.max(seen[1], usedHeap());
                    }
                  });
      assertThat(listing.states()).isEqualTo(MILLION);
      assertThat(listing.bufferBytes()).isEqualTo(2L * MILLION * 384);
      assertThat(seen[1] - before).as("bytes of live heap while listing").isLessThan(8L << 20);

      StateTable table = StateTable.withLimit(MILLION);
      StateImport imported = device.states().importInto(table, 0);
      assertThat(imported.inserted()).isEqualTo(MILLION);
      long withTable = usedHeap() - before;
      assertThat(kernel.open).isZero();
      assertThat(table.size()).isEqualTo(MILLION);
      System.getLogger(StateListingTest.class.getName())
          .log(
              System.Logger.Level.INFO,
              "1 M states: {0} bytes of heap while listing, {1} for the table",
              seen[1] - before,
              withTable);
    }
  }

  /** A kernel of release 15 that repeats the first datagram of its list of states. */
  private static final class Talkative extends ForwardingCalls {

    private final int datagrams;
    private boolean asked;
    private byte[] first = {};
    private int sent;

    Talkative(InMemoryPf kernel, int datagrams) {
      super(kernel);
      this.datagrams = datagrams;
    }

    @Override
    public void send(int fd, byte[] message) throws SystemCallException {
      NetlinkMessage request = NetlinkMessage.parse(message).get(0);
      asked = request.type() > 16 && request.command() == PfctlMessage.GETSTATES;
      super.send(fd, message);
    }

    @Override
    public byte[] receive(int fd, int limit) throws SystemCallException {
      if (!asked || sent == datagrams) {
        return super.receive(fd, limit);
      }
      if (sent++ == 0) {
        first = super.receive(fd, limit);
      }
      return first.clone();
    }
  }

  @Test
  void aMillionStatesByNetlinkNeedOneDatagramAtATime() throws IOException {
    InMemoryPf kernel = InMemoryPf.of(Release.V15);
    kernel.compatible(false);
    for (int i = 1; i <= 200; i++) {
      kernel.insert(Kernels.udp(i));
    }
    Talkative talkative = new Talkative(kernel, 20_000);
    try (PfDevice device = Kernels.open(talkative)) {
      long before = usedHeap();
      long[] seen = {0, 0};
      StateListing listing =
          device
              .states()
              .list(
                  state -> {
                    if (++seen[0] % (MILLION / 4) == 0) {
                      seen[1] = Math.max(seen[1], usedHeap());
                    }
                  });
      assertThat(listing.method()).isEqualTo(StateListing.Method.NETLINK);
      assertThat(listing.states()).isGreaterThan(MILLION);
      assertThat(talkative.first).hasSizeLessThanOrEqualTo(64 << 10);
      assertThat(seen[1] - before).as("bytes of live heap while listing").isLessThan(2L << 20);
    }
  }

  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
