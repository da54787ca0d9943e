package org.pfha.carp.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.pfha.net.sys.NetlinkAttribute;
import org.pfha.net.sys.NetlinkAttributes;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;

/** Whatever a kernel says of its carp: a value within its range, or a typed exception. */
class KernelCarpFuzzTest {

  private static final int ENOPROTOOPT = 43;

  /** A kernel without netlink that answers everything with the next bytes. */
  private record Babbler(FuzzedDataProvider input) implements SystemCalls {

    @Override
    public int socket(int domain, int type, int protocol) throws SystemCallException {
      if (domain != 2) {
        throw new SystemCallException("socket", ENOPROTOOPT, "no netlink");
      }
      return 3;
    }

    private int answer(ByteBuffer into) throws SystemCallException {
      if (input.consumeBoolean()) {
        throw new SystemCallException("ioctl", input.consumeInt(0, 90), "as it likes");
      }
      into.put(0, Arrays.copyOf(input.consumeBytes(into.capacity()), into.capacity()));
      return 0;
    }

    @Override
    public int ioctl(int fd, long request, ByteBuffer argument) throws SystemCallException {
      return answer(argument);
    }

    @Override
    public int ioctl(int fd, long request, ByteBuffer argument, int offset, ByteBuffer pointee)
        throws SystemCallException {
      return answer(pointee);
    }

    @Override
    public byte[] sysctl(String name) {
      return input.consumeBytes(200);
    }

    @Override
    public void sysctl(String name, byte[] value) throws SystemCallException {
      if (input.consumeBoolean()) {
        throw new SystemCallException("sysctl", input.consumeInt(0, 90), "as it likes");
      }
    }

    @Override
    public int open(String path, int flags) {
      return 3;
    }

    @Override
    public void setSocketOption(int fd, int level, int option, byte[] value) {}

    @Override
    public void send(int fd, byte[] message) {}

    @Override
    public byte[] receive(int fd, int limit) {
      return new byte[0];
    }

    @Override
    public void close(int fd) {}
  }

  private interface Question {
    void ask(KernelCarp kernel) throws KernelCarpException;
  }

  @FuzzTest(maxDuration = "1m")
  void whateverTheKernelSays(FuzzedDataProvider input) throws KernelCarpException {
    try (KernelCarp kernel = KernelCarp.open(new Babbler(input))) {
      assertThat(kernel.knowsPeers()).isFalse();
      ask(
          kernel,
          each ->
              each.vhid("em0", 7)
                  .ifPresent(
                      vhid -> {
                        assertThat(vhid.vhid()).isBetween(1, 255);
                        assertThat(vhid.advskew()).isBetween(0, 254);
                      }));
      ask(kernel, KernelCarp::demotion);
      ask(kernel, each -> assertThat(each.preempts()).isIn(true, false));
      ask(kernel, each -> assertThat(each.counters().toString()).isNotEmpty());
      ask(kernel, each -> each.setPreempts(true));
    }
  }

  private static void ask(KernelCarp kernel, Question question) {
    try {
      question.ask(kernel);
    } catch (KernelCarpException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }

  @FuzzTest(maxDuration = "1m")
  void whateverNetlinkReplies(byte[] reply) {
    KernelVhid vhid;
    try {
      vhid = CarpNetlink.decode("em0", NetlinkAttributes.of(reply, 0, reply.length));
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotEmpty();
      return;
    }
    byte[] again = NetlinkAttribute.toBytes(CarpNetlink.set(vhid, vhid.role(), null));
    assertThat(CarpNetlink.decode("em0", NetlinkAttributes.of(again, 0, again.length)))
        .isEqualTo(vhid);
  }

  @FuzzTest(maxDuration = "1m")
  void requests(byte[] bytes) {
    try {
      CarpRequest request = CarpRequest.ofBytes(bytes);
      assertThat(request.toBytes()).isEqualTo(bytes);
      assertThat(request.toString()).doesNotContain("key");
    } catch (IllegalArgumentException e) {
      assertThat(bytes.length).isNotEqualTo(CarpRequest.SIZE);
    }
  }
}
