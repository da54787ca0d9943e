package org.pfha.net.raw;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.pfha.net.Link;
import org.pfha.net.LinkAddress;
import org.pfha.net.MacAddress;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;

/** Whatever a read from BPF returns: packets for this host, within what was read. */
class FreebsdPortFuzzTest {

  /** As small as a buffer can be, so that reading behind its end is noticed. */
  private static final int BUFFER = 512;

  private static final int BIOCSBLEN = 0x4266;
  private static final LinkAddress OWN = LinkAddress.parse("192.0.2.2/24");

  /** A kernel whose BPF says the same bytes once. */
  private static final class Bpf implements SystemCalls {
    private final byte[] records;
    private boolean read;
    private int descriptors = 3;

    Bpf(byte[] records) {
      this.records = records;
    }

    @Override
    public int open(String path, int flags) {
      return descriptors++;
    }

    @Override
    public int ioctl(int fd, long request, ByteBuffer argument) {
      if ((request & 0xffff) == BIOCSBLEN) {
        argument.putInt(0, BUFFER);
      }
      return 0;
    }

    @Override
    public int ioctl(int fd, long request, ByteBuffer argument, int offset, ByteBuffer pointee) {
      return 0;
    }

    @Override
    public int socket(int domain, int type, int protocol) {
      return descriptors++;
    }

    @Override
    public void setSocketOption(int fd, int level, int option, byte[] value) {}

    @Override
    public int[] pipe() {
      return new int[] {descriptors++, descriptors++};
    }

    @Override
    public int read(int fd, ByteBuffer into) {
      if (read) {
        return -1;
      }
      read = true;
      int length = Math.min(records.length, into.capacity());
      into.put(0, records, 0, length);
      return length;
    }

    @Override
    public void write(int fd, ByteBuffer bytes, int length) {}

    @Override
    public void send(int fd, byte[] message) {}

    @Override
    public byte[] receive(int fd, int limit) {
      return new byte[0];
    }

    @Override
    public void close(int fd) {}

    @Override
    public byte[] sysctl(String name) {
      return new byte[0];
    }

    @Override
    public void sysctl(String name, byte[] value) {}
  }

  /** Judges what arrives. */
  private record Judge(int most) implements Arrivals {
    @Override
    public void packet(byte[] bytes, int length, String link, long atNanos) {
      assertThat(length).isBetween(20, most);
    }

    @Override
    public void frame(byte[] bytes, int length, String link, long atNanos) {
      assertThat(length).isBetween(Frame.HEADER + 1, most);
    }

    @Override
    public void truncated() {}
  }

  @FuzzTest(maxDuration = "1m")
  void whateverBpfReturns(byte[] records) throws SystemCallException, RawException {
    Bpf kernel = new Bpf(records);
    Poller poller = new Poller(kernel);
    FreebsdHost host =
        new FreebsdHost(
            kernel, poller, new Judge(BUFFER), new ArrivalClock(() -> 1_000, () -> 5_000), BUFFER);
    Link link = new Link("em0", true, 1500, new MacAddress(0x0200_0000_0001L), List.of(OWN));
    RawHost.Port port = host.open(new Interface(3, true, link), Set.of(112), true);
    port.join(LinkAddress.parse("224.0.0.18").address());
    ((FreebsdPort) port).readable();
    port.close();
    poller.close();
  }
}
