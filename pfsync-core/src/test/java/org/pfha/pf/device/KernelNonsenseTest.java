package org.pfha.pf.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;
import org.pfha.pf.device.InMemoryPf.Release;

/** Answers that no kernel gives are named, and nothing is allocated because of them. */
class KernelNonsenseTest {

  /** A kernel that answers one request otherwise. */
  private static final class Answering extends ForwardingCalls {
    private final PfRequest request;
    private final BiConsumer<ByteBuffer, ByteBuffer> change;

    Answering(SystemCalls kernel, PfRequest request, BiConsumer<ByteBuffer, ByteBuffer> change) {
      super(kernel);
      this.request = request;
      this.change = change;
    }

    @Override
    public int ioctl(int fd, long word, ByteBuffer argument, int offset, ByteBuffer pointee)
        throws SystemCallException {
      int result = super.ioctl(fd, word, argument, offset, pointee);
      if (word == request.word()) {
        change.accept(argument, pointee);
      }
      return result;
    }
  }

  private static PfDevice answering(PfRequest request, BiConsumer<ByteBuffer, ByteBuffer> change)
      throws PfException {
    InMemoryPf kernel = Kernels.of(Release.V14);
    kernel.insert(Kernels.udp(1));
    return Kernels.open(new Answering(kernel, request, change));
  }

  private static PfDevice answering(PfRequest request, NvList reply) throws PfException {
    return answering(
        request,
        (argument, data) -> {
          byte[] packed = reply.toBytes();
          data.put(0, packed);
          argument.putLong(Layouts.NV_LEN, packed.length);
        });
  }

  /** Killing them once more would kill others. */
  private static void assertCountLost(PfDevice device, String why) {
    assertThatThrownBy(() -> device.states().kill(KillFilter.ofState(1, Kernels.HOST)))
        .isInstanceOf(PfCountLostException.class)
        .hasMessageContainingAll("DIOCKILLSTATESNV", "do not repeat it", why);
  }

  private static void assertRefused(ThrowingCallable call, String... words) {
    assertThatThrownBy(call).isExactlyInstanceOf(PfException.class).hasMessageContainingAll(words);
  }

  @ParameterizedTest
  @ValueSource(longs = {1L << 32, -1, Long.MIN_VALUE})
  void statesRemovedBeyondWhatTheKernelCounts(long removed) throws PfException {
    try (PfDevice device =
        answering(PfRequest.DIOCKILLSTATESNV, NvList.builder().number("killed", removed).build())) {
      assertCountLost(device, Long.toUnsignedString(removed));
    }
  }

  @Test
  void asManyStatesRemovedAsTheKernelCanCount() throws PfException {
    try (PfDevice device =
        answering(
            PfRequest.DIOCKILLSTATESNV, NvList.builder().number("killed", 0xffff_ffffL).build())) {
      assertThat(device.states().kill(KillFilter.ofState(1, Kernels.HOST))).isEqualTo(0xffff_ffffL);
    }
  }

  @Test
  void nobodySaysHowManyStatesWereRemoved() throws PfException {
    try (PfDevice device =
        answering(PfRequest.DIOCKILLSTATESNV, NvList.builder().number("kill", 1).build())) {
      assertCountLost(device, "the answer has no count");
    }
  }

  @Test
  void whatAnswersAKillIsNoList() throws PfException {
    try (PfDevice device =
        answering(
            PfRequest.DIOCKILLSTATESNV,
            (argument, data) -> argument.putLong(Layouts.NV_LEN, 1 << 20))) {
      assertCountLost(device, "1048576 bytes");
    }
    try (PfDevice device =
        answering(PfRequest.DIOCKILLSTATESNV, (argument, data) -> data.put(0, (byte) 0))) {
      assertCountLost(device, "malformed nvlist");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, Struct.MOST_BYTES + 1})
  void sourceNodesOfASizeThatNoKernelHas(int bytes) throws PfException {
    try (PfDevice device =
        answering(
            PfRequest.DIOCGETSRCNODES,
            (argument, records) -> argument.putInt(Layouts.SRC_NODES_LEN, bytes))) {
      assertRefused(() -> device.sourceNodes().list(), "DIOCGETSRCNODES", Integer.toString(bytes));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 20})
  void tablesOfANumberThatNoKernelHas(int tables) throws PfException {
    try (PfDevice device =
        answering(
            PfRequest.DIOCRGETTABLES,
            (argument, elements) -> argument.putInt(Layouts.PFRIO_SIZE, tables))) {
      assertRefused(() -> device.tables().listAll(), "DIOCRGETTABLES");
    }
  }

  @Test
  void synCookiesWhoseMarksMakeNoSense() throws PfException {
    try (PfDevice device =
        answering(
            PfRequest.DIOCGETSYNCOOKIES,
            NvList.builder().number("highwater", 10).number("lowwater", 20).build())) {
      assertRefused(
          () -> device.settings().synCookies(), "DIOCGETSYNCOOKIES", "low mark 20", "high mark 10");
    }
  }

  @Test
  void anInterfaceOfPfsyncThatIsNoText() throws PfException {
    SystemCalls kernel =
        new ForwardingCalls(Kernels.of(Release.V13_1)) {
          @Override
          public int ioctl(int fd, long word, ByteBuffer argument, int offset, ByteBuffer pointee)
              throws SystemCallException {
            int result = super.ioctl(fd, word, argument, offset, pointee);
            if (word == KernelPfsync.SIOCGETPFSYNC) {
              byte[] name = new byte[Layouts.IFNAME - 1];
              Arrays.fill(name, (byte) 0xff);
              pointee.put(PfsyncRequest.SYNCDEV_OFFSET, name);
            }
            return result;
          }
        };
    try (KernelPfsync pfsync = KernelPfsync.open(kernel)) {
      assertRefused(pfsync::config, "SIOCGETPFSYNC answered nonsense", "interface");
    }
  }

  @Test
  void aKernelWhoseListMakesNoSenseOnceIsAskedForAListAgain() throws PfException {
    InMemoryPf kernel = Kernels.of(Release.V15);
    AtomicBoolean sense = new AtomicBoolean();
    SystemCalls garbling =
        new ForwardingCalls(kernel) {
          @Override
          public int ioctl(int fd, long word, ByteBuffer argument, int offset, ByteBuffer pointee)
              throws SystemCallException {
            int result = super.ioctl(fd, word, argument, offset, pointee);
            if (word == KernelPfsync.SIOCGETPFSYNCNV && !sense.get()) {
              pointee.put(0, (byte) 0);
            }
            return result;
          }
        };
    try (KernelPfsync pfsync = KernelPfsync.open(garbling)) {
      assertRefused(pfsync::config, "SIOCGETPFSYNCNV", "malformed nvlist");
      sense.set(true);
      assertThat(pfsync.config().version()).as("known to lists only").isEqualTo(1500);
    }
  }

  @Test
  void aReleaseOfThreeBytesIsNone() throws PfException {
    InMemoryPf kernel = Kernels.of(Release.V14);
    SystemCalls short3 =
        new ForwardingCalls(kernel) {
          @Override
          public byte[] sysctl(String name) throws SystemCallException {
            return name.equals("kern.osreldate") ? new byte[3] : super.sysctl(name);
          }
        };
    try (PfDevice device = Kernels.open(short3);
        KernelPfsync pfsync = KernelPfsync.open(short3)) {
      assertThat(device.settings().limit(PfLimit.STATES)).isPositive();
      assertThat(pfsync.config()).isNotNull();
    }
  }
}
