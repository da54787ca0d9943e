package org.pfha.net.sys;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/**
 * Records system calls as lines of text, and replays such lines in place of a kernel. A line is
 * {@code ioctl 5 0x541b 00000000 = 0 d2040000} or {@code open 0 /dev/pf = errno 13 reason}; behind
 * an argument with a pointer stand {@code @}, its offset, and {@code length:bytes} of what it
 * points to, without the zeros at the end. A journal holds what is in the buffers, keys of
 * interfaces included.
 */
public final class SystemCallJournal {

  private static final HexFormat HEX = HexFormat.of();

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
