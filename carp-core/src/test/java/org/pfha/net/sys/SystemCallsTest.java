package org.pfha.net.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
