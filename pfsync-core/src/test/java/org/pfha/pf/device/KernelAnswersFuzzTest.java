package org.pfha.pf.device;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;
import org.pfha.pf.PfState;
import org.pfha.pf.StateTable;

/** Whatever a kernel says of pf: values, or one of the exceptions that are documented. */
class KernelAnswersFuzzTest {

  private static final int STATE_BUFFER = 1 << 16;
  private static final int MOST_CALLS = 2_000;

  /** A kernel whose answers are changed here and there. */
  private static final class Garbled extends ForwardingCalls {
    private final FuzzedDataProvider input;
    private int calls;

    Garbled(SystemCalls kernel, FuzzedDataProvider input) {
      super(kernel);
      this.input = input;
    }

    private void garble(ByteBuffer answer) throws SystemCallException {
      if (++calls > MOST_CALLS) {
        throw new SystemCallException("ioctl", 5, "enough");
      }
      while (answer.capacity() > 0 && input.remainingBytes() > 0 && input.consumeBoolean()) {
        int at = input.consumeInt(0, answer.capacity() - 1);
        byte[] bytes = input.consumeBytes(Math.min(8, answer.capacity() - at));
        answer.put(at, bytes);
      }
    }

    @Override
    public int ioctl(int fd, long request, ByteBuffer argument) throws SystemCallException {
      int result = super.ioctl(fd, request, argument);
      garble(argument);
      return result;
    }

    @Override
    public int ioctl(int fd, long request, ByteBuffer argument, int offset, ByteBuffer pointee)
        throws SystemCallException {
      int result = super.ioctl(fd, request, argument, offset, pointee);
      garble(argument);
      garble(pointee);
      return result;
    }

    @Override
    public byte[] sysctl(String name) throws SystemCallException {
      byte[] value = super.sysctl(name);
      return input.remainingBytes() > 0 && input.consumeInt(0, 9) == 0
          ? input.consumeBytes(value.length + 1)
          : value;
    }
  }

  private interface Question {
    void ask() throws PfException;
  }

  private static void ask(Question... questions) {
    for (Question question : questions) {
      try {
        question.ask();
      } catch (PfException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
  }

  @FuzzTest(maxDuration = "1m")
  void aKernelThatAnswersOtherwise(FuzzedDataProvider input) throws PfException {
    InMemoryPf kernel =
        InMemoryPf.of(input.pickValue(InMemoryPf.Release.values()), StateTable.withLimit(20));
    kernel.addInterface("em0");
    kernel.addRule("", NvList.builder().number("nr", 0).text("ifname", "em0").build());
    for (int i = 1; i <= 3; i++) {
      kernel.insert(Kernels.udp(i));
    }
    Garbled garbled = new Garbled(kernel, input);
    PfDevice device;
    try {
      device = PfDevice.open(garbled, STATE_BUFFER);
    } catch (PfException e) {
      return;
    }
    ask(
        () -> assertThat(device.status().toString()).isNotEmpty(),
        () -> device.states().list(state -> assertThat(state.stateId()).isNotNull()),
        () -> assertThat(device.states().get(1, Kernels.HOST)).isNotNull(),
        () -> assertThat(device.states().kill(KillFilter.ofState(1, Kernels.HOST))).isNotNegative(),
        () -> assertThat(device.rules().list(PfRules.Ruleset.FILTER, "")).doesNotContainNull(),
        () -> assertThat(device.rules().anchors("")).doesNotContainNull(),
        () -> assertThat(device.tables().listAll()).doesNotContainNull(),
        () -> assertThat(device.tables().statistics("")).doesNotContainNull(),
        () -> device.tables().create(List.of(new PfTable(TableName.of("t"), PfTable.PERSIST))),
        () -> assertThat(device.tables().addresses(TableName.of("t"))).doesNotContainNull(),
        () -> assertThat(device.interfaces().list("")).doesNotContainNull(),
        () -> assertThat(device.sourceNodes().list()).doesNotContainNull(),
        () -> assertThat(device.settings().limit(PfLimit.STATES)).isNotNegative(),
        () -> assertThat(device.settings().synCookies()).isNotNull());
    ask(() -> sync(garbled));
    InetAddress host = InetAddresses.forString("10.1.0.50");
    ask(
        () -> assertThat(device.settings().timeout(PfTimeout.INTERVAL)).isNotNegative(),
        () -> assertThat(device.states().translation(host, 1, host, 2, 17, 1)).isNotNull(),
        () -> assertThat(device.tables().addressStatistics(TableName.of("t"))).isNotNull(),
        () -> assertThat(device.states().clear("em0")).isNotNegative(),
        () ->
            assertThat(device.sourceNodes().kill(HostMatch.of("10.1.0.50"), HostMatch.ANY))
                .isNotNegative(),
        device::close);
  }

  private static void sync(SystemCalls kernel) throws PfException {
    try (KernelPfsync pfsync = KernelPfsync.open(kernel)) {
      ask(
          () -> assertThat(pfsync.config().toString()).isNotEmpty(),
          () -> assertThat(pfsync.counters().iacts()).doesNotContainNull(),
          pfsync::carpDemotionFactor,
          pfsync::deferDelayMillis);
    }
  }

  /** Bytes of the right size are refused, or stay what was read of them. */
  @FuzzTest(maxDuration = "1m")
  void structures(byte[] bytes) {
    same(bytes, Layouts.PFI_KIF, PfInterface::ofBytes, PfInterface::toBytes);
    same(bytes, Layouts.PFR_TABLE, PfTable::ofBytes, PfTable::toBytes);
    same(bytes, Layouts.PFR_ADDR, TableAddress::ofBytes, TableAddress::toBytes);
    same(bytes, Layouts.PFR_TSTATS, TableStatistics::ofBytes, TableStatistics::toBytes);
    same(bytes, Layouts.PFR_ASTATS, AddressStatistics::ofBytes, AddressStatistics::toBytes);
    assertThat(PfStatus.ofBytes(Arrays.copyOf(bytes, Layouts.PF_STATUS.size())).packets())
        .hasSize(8);
    assertThat(KernelPfsyncCounters.decode(bytes).iacts()).doesNotContainNull();
    for (StateRecord record : StateRecord.values()) {
      ByteBuffer buffer = Struct.wrap(Arrays.copyOf(bytes, record.size()));
      PfState state = record.decode(buffer, 0);
      if (state != null) {
        assertThat(state.toString()).isNotEmpty();
      }
    }
  }

  private static <T> void same(
      byte[] bytes, KernelLayout layout, Function<byte[], T> read, Function<T, byte[]> write) {
    T value;
    try {
      value = read.apply(Arrays.copyOf(bytes, layout.size()));
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotEmpty();
      return;
    }
    if (value.toString().indexOf('\ufffd') < 0) { // a name that is no text cannot be written again
      assertThat(read.apply(write.apply(value))).isEqualTo(value);
    }
  }
}
