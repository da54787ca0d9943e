package org.pfha.net.sys;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Records system calls as lines of text, and replays such lines in place of a kernel. A line is
 * {@code ioctl 5 0x541b 00000000 = 0 d2040000} or {@code open 0 /dev/pf = errno 13 reason}; behind
 * an argument with a pointer stand {@code @}, its offset, and {@code length:bytes} of what it
 * points to, without the zeros at the end. What {@code recvmsg} received is name, control, flags
 * and data with dots between; how long a poll waits is not recorded. A journal holds what is in the
 * buffers, keys of interfaces included.
 */
public final class SystemCallJournal {

  private static final HexFormat HEX = HexFormat.of();
  private static final int POLLFD = 8;
  private static final int NOTHING = -1;

  private SystemCallJournal() {}

  /**
   * Makes calls and records them with their answers.
   *
   * @param calls to make
   * @param lines takes each line of the journal
   * @return the recorded calls, as thread-safe as both
   */
  public static SystemCalls recording(SystemCalls calls, Consumer<String> lines) {
    return new Recorder(calls, lines);
  }

  /**
   * Answers as a journal says, without making any call. A call that is not the journal's next one
   * is an {@link IllegalStateException} that names both.
   *
   * @param lines of the journal
   * @return the calls, confined to one thread
   */
  public static SystemCalls replaying(List<String> lines) {
    return new Replayer(new ArrayDeque<>(lines));
  }

  private static String bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.capacity()];
    buffer.duplicate().clear().get(bytes);
    return HEX.formatHex(bytes);
  }

  private static String bytes(ByteBuffer buffer, int length) {
    byte[] bytes = new byte[length];
    buffer.get(0, bytes);
    return HEX.formatHex(bytes);
  }

  private static String dotted(byte[][] parts) {
    return Arrays.stream(parts).map(HEX::formatHex).collect(Collectors.joining("."));
  }

  private static String numbers(int[] oid) {
    return Arrays.stream(oid).mapToObj(String::valueOf).collect(Collectors.joining("."));
  }

  private static String optionCall(
      int fd, int level, int option, byte[] value, int pointerOffset, ByteBuffer pointee) {
    return "setsockopt %d %d %d %s @%d %s"
        .formatted(fd, level, option, HEX.formatHex(value), pointerOffset, bytes(pointee));
  }

  private static String ioctlCall(int fd, long request, ByteBuffer argument) {
    return "ioctl %d 0x%x %s".formatted(fd, request, bytes(argument));
  }

  private static String ioctlCall(
      int fd, long request, ByteBuffer argument, int pointerOffset, ByteBuffer pointee) {
    return "%s @%d %s".formatted(ioctlCall(fd, request, argument), pointerOffset, pointed(pointee));
  }

  /** Mostly empty buffers are the rule: length and the bytes up to the last that is not zero. */
  private static String pointed(ByteBuffer buffer) {
    int end = buffer.capacity();
    while (end > 0 && buffer.get(end - 1) == 0) {
      end--;
    }
    byte[] bytes = new byte[end];
    buffer.duplicate().clear().get(bytes);
    return buffer.capacity() + ":" + HEX.formatHex(bytes);
  }

  private record Recorder(SystemCalls calls, Consumer<String> lines) implements SystemCalls {

    @Override
    public int open(String path, int flags) throws SystemCallException {
      return record("open " + flags + " " + path, () -> calls.open(path, flags));
    }

    @Override
    public int ioctl(int fd, long request, ByteBuffer argument) throws SystemCallException {
      String call = ioctlCall(fd, request, argument);
      int result = attempt(call, () -> calls.ioctl(fd, request, argument));
      lines.accept("%s = %d %s".formatted(call, result, bytes(argument)));
      return result;
    }

    @Override
    public int ioctl(
        int fd, long request, ByteBuffer argument, int pointerOffset, ByteBuffer pointee)
        throws SystemCallException {
      String call = ioctlCall(fd, request, argument, pointerOffset, pointee);
      int result = attempt(call, () -> calls.ioctl(fd, request, argument, pointerOffset, pointee));
      lines.accept("%s = %d %s %s".formatted(call, result, bytes(argument), pointed(pointee)));
      return result;
    }

    @Override
    public int socket(int domain, int type, int protocol) throws SystemCallException {
      return record(
          "socket %d 0x%x %d".formatted(domain, type, protocol),
          () -> calls.socket(domain, type, protocol));
    }

    @Override
    public void setSocketOption(int fd, int level, int option, byte[] value)
        throws SystemCallException {
      perform(
          "setsockopt %d %d %d %s".formatted(fd, level, option, HEX.formatHex(value)),
          () -> calls.setSocketOption(fd, level, option, value));
    }

    @Override
    public void send(int fd, byte[] message) throws SystemCallException {
      perform("send " + fd + " " + HEX.formatHex(message), () -> calls.send(fd, message));
    }

    @Override
    public byte[] receive(int fd, int limit) throws SystemCallException {
      return answer("receive " + fd + " " + limit, () -> calls.receive(fd, limit));
    }

    @Override
    public NativeMemory allocate(int bytes) {
      return calls.allocate(bytes);
    }

    @Override
    public void close(int fd) throws SystemCallException {
      perform("close " + fd, () -> calls.close(fd));
    }

    @Override
    public byte[] sysctl(String name) throws SystemCallException {
      return answer("sysctl " + name, () -> calls.sysctl(name));
    }

    @Override
    public void sysctl(String name, byte[] value) throws SystemCallException {
      perform("sysctl " + name + " " + HEX.formatHex(value), () -> calls.sysctl(name, value));
    }

    @Override
    public void setSocketOption(
        int fd, int level, int option, byte[] value, int pointerOffset, ByteBuffer pointee)
        throws SystemCallException {
      perform(
          optionCall(fd, level, option, value, pointerOffset, pointee),
          () -> calls.setSocketOption(fd, level, option, value, pointerOffset, pointee));
    }

    @Override
    public void bind(int fd, byte[] address) throws SystemCallException {
      perform("bind " + fd + " " + HEX.formatHex(address), () -> calls.bind(fd, address));
    }

    @Override
    public void sendTo(int fd, ByteBuffer message, int length, ByteBuffer address)
        throws SystemCallException {
      perform(
          "sendto %d %s %s".formatted(fd, bytes(message, length), bytes(address)),
          () -> calls.sendTo(fd, message, length, address));
    }

    @Override
    public boolean receive(int fd, ReceivedMessage into) throws SystemCallException {
      String call = "recvmsg " + fd;
      boolean received = attempt(call, () -> calls.receive(fd, into));
      lines.accept(
          call + " = " + (received ? "1 " + dotted(into.parts()) : String.valueOf(NOTHING)));
      return received;
    }

    @Override
    public int read(int fd, ByteBuffer into) throws SystemCallException {
      String call = "read %d %d".formatted(fd, into.capacity());
      int read = attempt(call, () -> calls.read(fd, into));
      lines.accept("%s = %d %s".formatted(call, read, bytes(into, Math.max(0, read))).strip());
      return read;
    }

    @Override
    public void write(int fd, ByteBuffer bytes, int length) throws SystemCallException {
      perform("write " + fd + " " + bytes(bytes, length), () -> calls.write(fd, bytes, length));
    }

    @Override
    public int poll(ByteBuffer pollfds, int count, long timeoutNanos) throws SystemCallException {
      String call = "poll " + bytes(pollfds, POLLFD * count);
      int ready = attempt(call, () -> calls.poll(pollfds, count, timeoutNanos));
      lines.accept("%s = %d %s".formatted(call, ready, bytes(pollfds, POLLFD * count)));
      return ready;
    }

    @Override
    public int[] pipe() throws SystemCallException {
      int[] ends = attempt("pipe", calls::pipe);
      lines.accept("pipe = %d %d".formatted(ends[0], ends[1]));
      return ends;
    }

    @Override
    public byte[] sysctl(int... oid) throws SystemCallException {
      return answer("sysctl " + numbers(oid), () -> calls.sysctl(oid));
    }

    @Override
    public void realtime(int priority) throws SystemCallException {
      perform("realtime " + priority, () -> calls.realtime(priority));
    }

    private byte[] answer(String call, Attempt<byte[]> attempt) throws SystemCallException {
      byte[] value = attempt(call, attempt);
      lines.accept(call + " = " + HEX.formatHex(value));
      return value;
    }

    private void perform(String call, Effect effect) throws SystemCallException {
      int done =
          record(
              call,
              () -> {
                effect.run();
                return 0;
              });
      assert done == 0;
    }

    private int record(String call, Attempt<Integer> attempt) throws SystemCallException {
      int result = attempt(call, attempt);
      lines.accept(call + " = " + result);
      return result;
    }

    private <T> T attempt(String call, Attempt<T> attempt) throws SystemCallException {
      try {
        return attempt.run();
      } catch (SystemCallException e) {
        lines.accept("%s = errno %d %s".formatted(call, e.errno(), e.call()));
        throw e;
      }
    }
  }

  private interface Attempt<T> {
    T run() throws SystemCallException;
  }

  private interface Effect {
    void run() throws SystemCallException;
  }

  private record Replayer(ArrayDeque<String> lines) implements SystemCalls {

    @Override
    public int open(String path, int flags) throws SystemCallException {
      return Integer.parseInt(answer("open " + flags + " " + path)[0]);
    }

    @Override
    public int ioctl(int fd, long request, ByteBuffer argument) throws SystemCallException {
      String[] answer = answer(ioctlCall(fd, request, argument));
      argument.duplicate().clear().put(HEX.parseHex(answer.length > 1 ? answer[1] : ""));
      return Integer.parseInt(answer[0]);
    }

    @Override
    public int ioctl(
        int fd, long request, ByteBuffer argument, int pointerOffset, ByteBuffer pointee)
        throws SystemCallException {
      String[] answer = answer(ioctlCall(fd, request, argument, pointerOffset, pointee));
      argument.duplicate().clear().put(HEX.parseHex(answer[1]));
      byte[] bytes = HEX.parseHex(answer[2].substring(answer[2].indexOf(':') + 1));
      ByteBuffer whole = pointee.duplicate().clear().put(bytes);
      while (whole.hasRemaining()) {
        whole.put((byte) 0);
      }
      return Integer.parseInt(answer[0]);
    }

    @Override
    public int socket(int domain, int type, int protocol) throws SystemCallException {
      return Integer.parseInt(answer("socket %d 0x%x %d".formatted(domain, type, protocol))[0]);
    }

    @Override
    public void setSocketOption(int fd, int level, int option, byte[] value)
        throws SystemCallException {
      answer("setsockopt %d %d %d %s".formatted(fd, level, option, HEX.formatHex(value)));
    }

    @Override
    public void send(int fd, byte[] message) throws SystemCallException {
      answer("send " + fd + " " + HEX.formatHex(message));
    }

    @Override
    public byte[] receive(int fd, int limit) throws SystemCallException {
      return HEX.parseHex(answer("receive " + fd + " " + limit)[0]);
    }

    @Override
    public void close(int fd) throws SystemCallException {
      answer("close " + fd);
    }

    @Override
    public byte[] sysctl(String name) throws SystemCallException {
      return HEX.parseHex(answer("sysctl " + name)[0]);
    }

    @Override
    public void sysctl(String name, byte[] value) throws SystemCallException {
      answer("sysctl " + name + " " + HEX.formatHex(value));
    }

    @Override
    public void setSocketOption(
        int fd, int level, int option, byte[] value, int pointerOffset, ByteBuffer pointee)
        throws SystemCallException {
      answer(optionCall(fd, level, option, value, pointerOffset, pointee));
    }

    @Override
    public void bind(int fd, byte[] address) throws SystemCallException {
      answer("bind " + fd + " " + HEX.formatHex(address));
    }

    @Override
    public void sendTo(int fd, ByteBuffer message, int length, ByteBuffer address)
        throws SystemCallException {
      answer("sendto %d %s %s".formatted(fd, bytes(message, length), bytes(address)));
    }

    @Override
    public boolean receive(int fd, ReceivedMessage into) throws SystemCallException {
      String[] answer = answer("recvmsg " + fd);
      if (Integer.parseInt(answer[0]) == NOTHING) {
        return false;
      }
      into.parts(
          Arrays.stream(answer[1].split("\\.", -1)).map(HEX::parseHex).toArray(byte[][]::new));
      return true;
    }

    @Override
    public int read(int fd, ByteBuffer into) throws SystemCallException {
      String[] answer = answer("read %d %d".formatted(fd, into.capacity()));
      into.put(0, HEX.parseHex(answer.length > 1 ? answer[1] : ""));
      return Integer.parseInt(answer[0]);
    }

    @Override
    public void write(int fd, ByteBuffer bytes, int length) throws SystemCallException {
      answer("write " + fd + " " + bytes(bytes, length));
    }

    @Override
    public int poll(ByteBuffer pollfds, int count, long timeoutNanos) throws SystemCallException {
      String[] answer = answer("poll " + bytes(pollfds, POLLFD * count));
      pollfds.put(0, HEX.parseHex(answer[1]));
      return Integer.parseInt(answer[0]);
    }

    @Override
    public int[] pipe() throws SystemCallException {
      String[] answer = answer("pipe");
      return new int[] {Integer.parseInt(answer[0]), Integer.parseInt(answer[1])};
    }

    @Override
    public byte[] sysctl(int... oid) throws SystemCallException {
      return HEX.parseHex(answer("sysctl " + numbers(oid))[0]);
    }

    @Override
    public void realtime(int priority) throws SystemCallException {
      answer("realtime " + priority);
    }

    private String[] answer(String call) throws SystemCallException {
      String line = lines.poll();
      if (line == null || !line.startsWith(call + " = ")) {
        throw new IllegalStateException(
            "replay diverges: called '%s', the journal has '%s'"
                .formatted(call, line == null ? "nothing more" : line));
      }
      String[] words = line.substring(call.length() + 3).split(" ", 3);
      if (words[0].equals("errno")) {
        throw new SystemCallException(words[2], Integer.parseInt(words[1]), "as recorded");
      }
      return words;
    }
  }
}
