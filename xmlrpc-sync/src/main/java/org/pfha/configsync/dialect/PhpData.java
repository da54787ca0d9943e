package org.pfha.configsync.dialect;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The serialised arrays of PHP that captive portals exchange: null, booleans, integers, doubles,
 * strings, arrays, nothing else. Objects, references and everything beyond the limits are refused.
 * Nothing is ever constructed but these values. Thread-safe. Source: spec sections 10.2 and 22,
 * attack 5.
 */
public final class PhpData {
  private static final int MAX_BYTES = 16 << 20;
  private static final int MAX_DEPTH = 16;
  private static final int MAX_VALUES = 500_000;

  /** Text that is not the expected data. The message says no value. */
  public static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
      super(message);
    }
  }

  private final byte[] data;
  private int at;
  private int values;

  private PhpData(byte[] data) {
    this.data = data;
  }

  /**
   * Reads one value.
   *
   * @param data the serialised form
   * @return {@code null}, {@code Boolean}, {@code Long}, {@code Double}, {@code String}, or a
   *     {@code Map} in order whose keys are {@code Long} or {@code String}
   * @throws MalformedException when it is anything else
   */
  public static @Nullable Object read(byte[] data) throws MalformedException {
    if (data.length > MAX_BYTES) {
      throw new MalformedException("longer than " + MAX_BYTES + " bytes");
    }
    PhpData reader = new PhpData(data);
    Object value = reader.value(0);
    if (reader.at != data.length) {
      throw new MalformedException("more than one value");
    }
    return value;
  }

  private @Nullable Object value(int depth) throws MalformedException {
    if (depth > MAX_DEPTH || ++values > MAX_VALUES) {
      throw new MalformedException("too deep or too many values");
    }
    byte type = next();
    if (type == 'N') {
      expect(';');
      return null;
    }
    expect(':');
    return switch (type) {
      case 'b' -> {
        long flag = integer(';');
        if (flag != 0 && flag != 1) {
          throw new MalformedException("a boolean that is neither 0 nor 1");
        }
        yield flag == 1;
      }
      case 'i' -> integer(';');
      case 'd' -> decimal();
      case 's' -> {
        String text = string();
        expect(';');
        yield text;
      }
      case 'a' -> array(depth);
      default -> throw new MalformedException("a type that is not data");
    };
  }

  private Map<Object, Object> array(int depth) throws MalformedException {
    long count = integer(':');
    // An entry takes at least "i:0;N;", so that a count cannot promise more than there is.
    if (count < 0 || count > (data.length - at) / 6) {
      throw new MalformedException("an array longer than the data");
    }
    expect('{');
    Map<Object, Object> map = new LinkedHashMap<>();
    for (long i = 0; i < count; i++) {
      Object key = value(depth + 1);
      if (!(key instanceof Long) && !(key instanceof String)) {
        throw new MalformedException("a key that is neither number nor text");
      }
      Object value = value(depth + 1);
      map.put(key, value == null ? Null.NULL : value);
    }
    expect('}');
    return map;
  }

  /** Null inside an array. */
  public enum Null {
    /** The only one. */
    NULL
  }

  private String string() throws MalformedException {
    long length = integer(':');
    expect('"');
    if (length < 0 || length > data.length - at) {
      throw new MalformedException("a text longer than the data");
    }
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(data, at, (int) length))
              .toString();
      at += (int) length;
      expect('"');
      return text;
    } catch (CharacterCodingException e) {
      throw new MalformedException("a text that is not UTF-8");
    }
  }

  private long integer(char end) throws MalformedException {
    String digits = until(end);
    if (!digits.matches("-?\\d{1,18}")) {
      throw new MalformedException("no number where one must be");
    }
    return Long.parseLong(digits);
  }

  private double decimal() throws MalformedException {
    String digits = until(';');
    if (!digits.matches("-?\\d{1,20}(\\.\\d{1,20})?([eE][+-]?\\d{1,3})?")) {
      throw new MalformedException("no number where one must be");
    }
    return Double.parseDouble(digits);
  }

  private String until(char end) throws MalformedException {
    int from = at;
    while (at < data.length && data[at] != end) {
      if (++at - from > 48) {
        throw new MalformedException("a number that does not end");
      }
    }
    expect(end);
    return new String(data, from, at - 1 - from, StandardCharsets.US_ASCII);
  }

  private byte next() throws MalformedException {
    if (at >= data.length) {
      throw new MalformedException("it ends early");
    }
    return data[at++];
  }

  private void expect(char c) throws MalformedException {
    if (next() != c) {
      throw new MalformedException("not serialised data");
    }
  }

  /**
   * Writes one value.
   *
   * @param value as {@link #read} gives it; also {@code Integer}, and {@code List}, which become
   *     numbers and arrays
   * @return the serialised form
   * @throws IllegalArgumentException for any other type
   */
  public static byte[] write(@Nullable Object value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(out, value);
    return out.toByteArray();
  }

  private static void write(ByteArrayOutputStream out, @Nullable Object value) {
    if (value == null || value == Null.NULL) {
      put(out, "N;");
    } else if (value instanceof Boolean flag) {
      put(out, flag ? "b:1;" : "b:0;");
    } else if (value instanceof Integer || value instanceof Long) {
      put(out, "i:" + value + ";");
    } else if (value instanceof Double number) {
      put(out, "d:" + number + ";");
    } else if (value instanceof String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      put(out, "s:" + bytes.length + ":\"");
      out.writeBytes(bytes);
      put(out, "\";");
    } else if (value instanceof List<?> list) {
      put(out, "a:" + list.size() + ":{");
      for (int i = 0; i < list.size(); i++) {
        put(out, "i:" + i + ";");
        write(out, list.get(i));
      }
      put(out, "}");
    } else if (value instanceof Map<?, ?> map) {
      put(out, "a:" + map.size() + ":{");
      map.forEach(
          (key, item) -> {
            write(out, key);
            write(out, item);
          });
      put(out, "}");
    } else {
      throw new IllegalArgumentException("a value of " + value.getClass() + " is no data");
    }
  }

  private static void put(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }
}
