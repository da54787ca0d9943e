package org.pfha.net.sys;

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
