package org.pfha.examples.conformance;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;

/**
 * A kernel that knows one ioctl and answers it as another one did once. What else is asked of it it
 * does not know, but for limits and timeouts, which are zero. Confined to one thread.
 */
final class RecordedCall implements SystemCalls {

  private static final HexFormat HEX = HexFormat.of();
  private static final int ENOENT = 2;
  private static final int ENODEV = 19;
  private static final int EAFNOSUPPORT = 47;
  private static final int NETLINK = 38;
  private static final String ZEROS = "zeros ";

  private final long word;
  private final int errno;
  private final @Nullable String output;
  private final @Nullable String pointedOutput;
  private final int osreldate;
  private final Map<Long, byte[]> reads;

  /** Every request of the recorded kind, and what a structure of it pointed to. */
  final List<String> requests = new ArrayList<>();

  final List<String> pointedTo = new ArrayList<>();

  /** Requests of other kinds: word and bytes. */
  final List<String> others = new ArrayList<>();

  /**
   * A kernel that makes one recorded call.
   *
   * @param call as recorded
   * @param osreldate of the kernel
   * @param reads other requests that succeed, and what their structure then points to
   */
  RecordedCall(Json call, int osreldate, Map<Long, byte[]> reads) {
    this(
        Long.decode(call.get("code").text()),
        call.get("errno").integer(),
        text(call, "output"),
        text(call, "pointed_output"),
        osreldate,
        reads);
  }

  RecordedCall(
      long word,
      int errno,
      @Nullable String output,
      @Nullable String pointedOutput,
      int osreldate,
      Map<Long, byte[]> reads) {
    this.word = word;
    this.errno = errno;
    this.output = output;
    this.pointedOutput = pointedOutput;
    this.osreldate = osreldate;
    this.reads = reads;
  }

  private static @Nullable String text(Json call, String name) {
    return call.has(name) && !call.get(name).isNull() ? call.get(name).text() : null;
  }

  String pointedOutput() {
    return pointedOutput == null ? "" : pointedOutput;
  }

  /** The bytes of hex digits, or of {@code zeros 484}. */
  static byte[] bytes(String text) {
    return text.startsWith(ZEROS)
        ? new byte[Integer.parseInt(text.substring(ZEROS.length()))]
        : HEX.parseHex(text);
  }

  @Override
  public int open(String path, int flags) {
    return 3;
  }

  @Override
  public int ioctl(int fd, long request, ByteBuffer argument) throws SystemCallException {
    return answer(request, argument, null);
  }

  @Override
  public int ioctl(int fd, long request, ByteBuffer argument, int pointerOffset, ByteBuffer pointee)
      throws SystemCallException {
    return answer(request, argument, pointee);
  }

  private int answer(long request, ByteBuffer argument, @Nullable ByteBuffer pointee)
      throws SystemCallException {
    String bytes = HEX.formatHex(content(argument));
    if (request != word) {
      byte[] read = reads.get(request);
      if (read != null) {
        if (pointee != null) {
          pointee.duplicate().clear().put(read, 0, Math.min(read.length, pointee.capacity()));
        }
        return 0;
      }
      others.add("0x%08x %s".formatted(request, bytes));
      throw new SystemCallException("ioctl", ENODEV, "not recorded");
    }
    requests.add(bytes);
    pointedTo.add(pointee == null ? "" : HEX.formatHex(content(pointee)));
    if (errno != 0) {
      throw new SystemCallException("ioctl", errno, "as recorded");
    }
    if (output != null) {
      argument.duplicate().clear().put(bytes(output));
    }
    if (pointee != null && pointedOutput != null) {
      byte[] pointed = bytes(pointedOutput);
      pointee.duplicate().clear().put(pointed, 0, Math.min(pointed.length, pointee.capacity()));
    }
    return 0;
  }

  private static byte[] content(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.capacity()];
    buffer.get(0, bytes);
    return bytes;
  }

  @Override
  public int socket(int domain, int type, int protocol) throws SystemCallException {
    if (domain == NETLINK) {
      throw new SystemCallException("socket", EAFNOSUPPORT, "not recorded");
    }
    return 4;
  }

  @Override
  public void setSocketOption(int fd, int level, int option, byte[] value) {}

  @Override
  public void send(int fd, byte[] message) throws SystemCallException {
    throw new SystemCallException("send", ENODEV, "not recorded");
  }

  @Override
  public byte[] receive(int fd, int limit) throws SystemCallException {
    throw new SystemCallException("receive", ENODEV, "not recorded");
  }

  @Override
  public void close(int fd) {}

  @Override
  public byte[] sysctl(String name) throws SystemCallException {
    if (!name.equals("kern.osreldate")) {
      throw new SystemCallException("sysctlbyname(" + name + ")", ENOENT, "not recorded");
    }
    return ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(0, osreldate).array();
  }

  @Override
  public void sysctl(String name, byte[] value) throws SystemCallException {
    throw new SystemCallException("sysctlbyname(" + name + ")", ENOENT, "not recorded");
  }
}
