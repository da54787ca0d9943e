package org.pfha.net.sys;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

class GenericNetlinkFuzzTest {

  /** A kernel that answers each request with a part of the same bytes, then falls silent. */
  private record Babbler(Deque<byte[]> answers) implements SystemCalls {

    @Override
    public int socket(int domain, int type, int protocol) {
      return 3;
    }

    @Override
    public void setSocketOption(int fd, int level, int option, byte[] value) {}

    @Override
    public void send(int fd, byte[] message) {
      assertThat(NetlinkMessage.parse(message)).hasSize(1);
    }

    @Override
    public byte[] receive(int fd, int limit) throws SystemCallException {
      byte[] answer = answers.poll();
      if (answer == null) {
        throw new SystemCallException("recv", 35, "nothing more");
      }
      return answer;
    }

    @Override
    public void close(int fd) {}

    @Override
    public int open(String path, int flags) {
      return -1;
    }

    @Override
    public int ioctl(int fd, long request, ByteBuffer argument) {
      return -1;
    }

    @Override
    public int ioctl(int fd, long request, ByteBuffer argument, int offset, ByteBuffer pointee) {
      return -1;
    }

    @Override
    public byte[] sysctl(String name) {
      return new byte[0];
    }

    @Override
    public void sysctl(String name, byte[] value) {}
  }

  @FuzzTest(maxDuration = "70s")
  void whateverTheKernelSaysIsAnAnswerOrAnException(byte[] data) {
    Deque<byte[]> answers = new ArrayDeque<>();
    int cut = data.length == 0 ? 0 : Math.min(data.length, 4 * (data[0] & 0xff));
    answers.add(Arrays.copyOf(data, cut));
    answers.add(Arrays.copyOfRange(data, cut, data.length));
    try (GenericNetlink netlink =
        GenericNetlink.open(new Babbler(answers), NetlinkHost.FREEBSD, "pfctl")) {
      assertThat(netlink.id()).isGreaterThanOrEqualTo(16);
      netlink.dump(
          1,
          List.of(),
          reply -> {
            assertThat(reply.body().isWhole()).isTrue();
            assertThat(reply.body().eachNested()).hasSameSizeAs(reply.attributes());
          });
    } catch (SystemCallException e) {
      assertThat(e.call()).isNotEmpty();
    }
  }
}
