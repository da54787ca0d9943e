package org.pfha.net.sys;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class SystemCallsTest {

  private static final long FIONREAD = 0x541b;
  private static final long TIOCGWINSZ = 0x5413;

  private final SystemCalls calls = SystemCalls.ofThisMachine();

  @Test
  void ioctlFillsTheCallersBuffer(@TempDir Path directory) throws IOException {
    Path file = Files.write(directory.resolve("file"), new byte[1234]);
    int fd = calls.open(file.toString(), 0);
    for (ByteBuffer buffer :
        new ByteBuffer[] {ByteBuffer.allocate(4), ByteBuffer.allocateDirect(4)}) {
      assertThat(calls.ioctl(fd, FIONREAD, buffer)).isZero();
      assertThat(buffer.order(ByteOrder.nativeOrder()).getInt(0)).isEqualTo(1234);
    }
    calls.close(fd);
    assertThatThrownBy(() -> calls.close(fd))
        .asInstanceOf(type(SystemCallException.class))
        .returns(9, SystemCallException::errno);
  }

  @Test
  void failuresCarryErrnoAndCall() throws IOException {
    assertThatThrownBy(() -> calls.open("/no/such/file", 0))
        .hasMessageContaining("open(/no/such/file)")
        .asInstanceOf(type(SystemCallException.class))
        .returns(2, SystemCallException::errno);
    int fd = calls.open("/dev/null", 0);
    assertThatThrownBy(() -> calls.ioctl(fd, TIOCGWINSZ, ByteBuffer.allocate(8)))
        .asInstanceOf(type(SystemCallException.class))
        .returns(25, SystemCallException::errno);
    calls.close(fd);
  }

  @Test
  void aReplayAnswersAsRecordedAndRefusesToDiverge(@TempDir Path directory) throws IOException {
    Path file = Files.write(directory.resolve("a file"), new byte[1234]);
    List<String> journal = new ArrayList<>();
    List<Object> recorded = use(SystemCallJournal.recording(calls, journal::add), file);
    assertThat(use(SystemCallJournal.replaying(journal), file)).isEqualTo(recorded);
    assertThat(recorded).containsSubsequence(1234, 25);
    assertThatThrownBy(() -> SystemCallJournal.replaying(journal).close(77))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("close 77", journal.get(0));
  }

  @Test
  void aPointerReachesItsBufferAndIsPutBack() throws IOException {
    List<String> journal = new ArrayList<>();
    List<Object> heap =
        interfaces(SystemCallJournal.recording(calls, journal::add), ByteBuffer.allocate(400));
    assertThat(heap).contains("lo");
    assertThat(interfaces(calls, ByteBuffer.allocateDirect(400))).isEqualTo(heap);
    assertThat(interfaces(SystemCallJournal.replaying(journal), ByteBuffer.allocate(400)))
        .isEqualTo(heap);
  }

  /** SIOCGIFCONF: length at 0, pointer at 8 to 40 bytes for each interface. */
  private static List<Object> interfaces(SystemCalls calls, ByteBuffer names) throws IOException {
    int fd = calls.socket(2, 2, 0);
    ByteBuffer ifconf = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder());
    ifconf.putInt(0, names.capacity()).putLong(8, 77);
    assertThat(calls.ioctl(fd, 0x8912, ifconf, 8, names)).isZero();
    assertThat(ifconf.getLong(8)).isEqualTo(77);
    calls.close(fd);
    List<Object> seen = new ArrayList<>();
    seen.add(ifconf.getInt(0));
    for (int at = 0; at < ifconf.getInt(0); at += 40) {
      seen.add(new String(new byte[] {names.get(at), names.get(at + 1)}, US_ASCII));
    }
    return seen;
  }

  @Test
  void socketsSendAndReceive() throws IOException {
    List<String> journal = new ArrayList<>();
    SystemCalls recording = SystemCallJournal.recording(calls, journal::add);
    int fd = recording.socket(16, 2 | 0x80000, 16);
    recording.setSocketOption(fd, 1, 20, new byte[16]); // SO_RCVTIMEO, which nothing here waits for
    byte[] request = NetlinkMessage.generic(16, 5, 1, 3, 0, List.of()).toBytes();
    recording.send(fd, request);
    byte[] refused = recording.receive(fd, 65536);
    assertThat(NetlinkMessage.parse(refused))
        .singleElement()
        .returns(2, NetlinkMessage::type)
        .returns(1, NetlinkMessage::sequence);
    recording.close(fd);
    SystemCalls replay = SystemCallJournal.replaying(journal);
    assertThat(replay.socket(16, 2 | 0x80000, 16)).isEqualTo(fd);
    replay.setSocketOption(fd, 1, 20, new byte[16]);
    replay.send(fd, request);
    assertThat(replay.receive(fd, 65536)).isEqualTo(refused);
    replay.close(fd);
    assertThatThrownBy(() -> calls.socket(9999, 1, 0))
        .asInstanceOf(type(SystemCallException.class))
        .returns(97, SystemCallException::errno);
  }

  @Test
  void pipesAndPollAreRecordedAndReplayed() throws IOException {
    List<String> journal = new ArrayList<>();
    List<Integer> recorded = wake(SystemCallJournal.recording(calls, journal::add));
    assertThat(recorded).containsExactly(-1, 0, 1, 1, 42, -1);
    assertThat(wake(SystemCallJournal.replaying(journal))).isEqualTo(recorded);
  }

  private static List<Integer> wake(SystemCalls calls) throws IOException {
    List<Integer> seen = new ArrayList<>();
    int[] pipe = calls.pipe();
    ByteBuffer pollfd = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
    pollfd.putInt(0, pipe[0]).putShort(4, (short) 1);
    ByteBuffer room = ByteBuffer.allocateDirect(16);
    seen.add(calls.read(pipe[0], room));
    seen.add(calls.poll(pollfd, 1, 1_000));
    calls.write(pipe[1], room.put(0, (byte) 42), 1);
    seen.add(calls.poll(pollfd, 1, Long.MAX_VALUE));
    seen.add(calls.read(pipe[0], room.put(0, (byte) 0)));
    seen.add((int) room.get(0));
    seen.add(calls.read(pipe[0], room));
    calls.close(pipe[0]);
    calls.close(pipe[1]);
    return seen;
  }

  @Test
  void datagramsAndWhatTheKernelSaysBesideThemAreRecordedAndReplayed() throws IOException {
    List<String> journal = new ArrayList<>();
    List<Object> recorded = talk(SystemCallJournal.recording(calls, journal::add));
    assertThat(recorded).containsExactly("hello", false, "hel", true, "none", "filtered");
    assertThat(talk(SystemCallJournal.replaying(journal))).isEqualTo(recorded);
  }

  /** A datagram socket of no file that talks to itself. */
  private static List<Object> talk(SystemCalls calls) throws IOException {
    byte[] address = "\1\0\0pfha-%016x".formatted(ProcessHandle.current().pid()).getBytes(US_ASCII);
    ByteBuffer to = ByteBuffer.allocateDirect(address.length).put(0, address);
    ByteBuffer hello = ByteBuffer.allocateDirect(8).put(0, "hello".getBytes(US_ASCII));
    List<Object> seen = new ArrayList<>();
    int fd = calls.socket(1, 2 | 0x80800, 0);
    calls.bind(fd, address);
    calls.setSocketOption(fd, 1, 29, new byte[] {1, 0, 0, 0}); // SO_TIMESTAMP
    for (int room : new int[] {100, 3}) {
      try (ReceivedMessage message = new ReceivedMessage(calls, room)) {
        calls.sendTo(fd, hello, 5, to);
        assertThat(calls.receive(fd, message)).isTrue();
        byte[] data = new byte[message.length()];
        message.copyTo(data, 0);
        seen.add(new String(data, US_ASCII));
        seen.add(message.isTruncated());
        assertThat(message.sourceByte(3)).isEqualTo('p');
        int stamp = message.control(1, 29, 16);
        assertThat(message.controlLong(stamp)).isGreaterThan(1_700_000_000L);
        assertThat(message.control(1, 30, 16)).as("another type").isEqualTo(-1);
        assertThat(message.control(1, 29, 17)).as("more than there is").isEqualTo(-1);
      }
    }
    try (ReceivedMessage message = new ReceivedMessage(calls, 8)) {
      seen.add(calls.receive(fd, message) ? "some" : "none");
      ByteBuffer refuseAll = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
      refuseAll.putShort(0, (short) 6);
      byte[] program = new byte[16];
      program[0] = 1;
      calls.setSocketOption(fd, 1, 26, program, 8, refuseAll);
      calls.sendTo(fd, hello, 5, to);
      seen.add(calls.receive(fd, message) ? "not filtered" : "filtered");
    }
    calls.close(fd);
    return seen;
  }

  @Test
  void aPointedToBufferIsReplayedFromAJournal() throws IOException {
    String line = "ioctl 5 0xc0104419 e4010000 @8 8:01 = 0 f2000000 8:0203";
    List<String> again = new ArrayList<>();
    SystemCalls recording =
        SystemCallJournal.recording(SystemCallJournal.replaying(List.of(line)), again::add);
    ByteBuffer argument = ByteBuffer.allocate(4).putInt(0, 0xe401_0000);
    ByteBuffer pointed = ByteBuffer.allocate(8).put(0, (byte) 1);
    assertThat(recording.ioctl(5, 0xc010_4419L, argument, 8, pointed)).isZero();
    assertThat(argument.getInt(0)).isEqualTo(0xf200_0000);
    assertThat(pointed.getLong(0)).isEqualTo(0x0203_0000_0000_0000L);
    assertThat(again).containsExactly(line);
  }

  @Test
  void nativeMemoryIsFilledInPlace() {
    try (NativeMemory memory = calls.allocate(4096)) {
      assertThat(memory.buffer().isDirect()).isTrue();
      assertThat(memory.buffer().capacity()).isEqualTo(4096);
      memory.buffer().putLong(4088, -1);
      assertThat(memory.buffer().getLong(4088)).isEqualTo(-1);
    }
  }

  @Test
  void sysctlIsRefusedOnLinuxAndTheRefusalReplayed() {
    List<String> journal = new ArrayList<>();
    refusesSysctl(SystemCallJournal.recording(calls, journal::add), "FreeBSD only");
    assertThat(journal).hasSize(2);
    refusesSysctl(SystemCallJournal.replaying(journal), "as recorded");
  }

  private static void refusesSysctl(SystemCalls calls, String reason) {
    assertThatThrownBy(() -> calls.sysctl("net.inet.carp.demotion"))
        .hasMessageContainingAll("net.inet.carp.demotion", reason)
        .asInstanceOf(type(SystemCallException.class))
        .returns(38, SystemCallException::errno);
    assertThatThrownBy(() -> calls.sysctl("net.inet.carp.demotion", new byte[4]))
        .asInstanceOf(type(SystemCallException.class))
        .returns(38, SystemCallException::errno);
  }

  @Test
  void sysctlIsReplayedFromAJournal() throws IOException {
    SystemCalls replay =
        SystemCallJournal.replaying(
            List.of(
                "sysctl net.inet.carp.demotion = f0000000",
                "sysctl net.inet.carp.demotion 00010000 = 0"));
    List<String> again = new ArrayList<>();
    SystemCalls recording = SystemCallJournal.recording(replay, again::add);
    assertThat(recording.sysctl("net.inet.carp.demotion"))
        .containsExactly((byte) 0xf0, (byte) 0, (byte) 0, (byte) 0);
    recording.sysctl("net.inet.carp.demotion", new byte[] {0, 1, 0, 0});
    assertThat(again)
        .containsExactly(
            "sysctl net.inet.carp.demotion = f0000000",
            "sysctl net.inet.carp.demotion 00010000 = 0");
  }

  private static List<Object> use(SystemCalls calls, Path file) throws IOException {
    List<Object> seen = new ArrayList<>();
    int fd = calls.open(file.toString(), 0);
    ByteBuffer buffer = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder());
    seen.add(fd);
    seen.add(calls.ioctl(fd, FIONREAD, buffer));
    seen.add(buffer.getInt(0));
    try {
      seen.add(calls.ioctl(fd, TIOCGWINSZ, ByteBuffer.allocate(8)));
    } catch (SystemCallException e) {
      seen.add(e.errno());
    }
    calls.close(fd);
    return seen;
  }
}
