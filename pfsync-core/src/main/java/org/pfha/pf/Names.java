package org.pfha.pf;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The names of interfaces that states of a table are bound to, by small numbers. A name stays;
 * there are no more than {@link #MAX}. Number 0 is the empty name.
 *
 * <p>One thread adds; others may read.
 */
final class Names {

  static final int MAX = 0xffff;
  static final int UNKNOWN = -1;
  static final int SIZE = 16;

  private static final int RECENT = 8;

  private static final long LOW_BITS = 0x7f7f_7f7f_7f7f_7f7fL;

  private volatile String[] names = {""};
  private long[] high = new long[8];
  private long[] low = new long[8];
  private int count = 1;
  private int[] slots = new int[16];
  private final Map<String, Integer> numbers = new ConcurrentHashMap<>();

  /** The first half of fields lately found, and what they were; a field of zeros is number 0. */
  private final long[] recentNames = new long[RECENT];

  private final int[] recentNumbers = new int[RECENT];

  /** The name of a number. */
  String name(int number) {
    return names[number];
  }

  /** The number of a field of 16 bytes, or {@link #UNKNOWN}. What is behind the NUL is ignored. */
  int find(byte[] bytes, int at) {
    long raw = Row.i64(bytes, at);
    int recent = (int) ((raw >>> 40) ^ (raw >>> 32)) & (RECENT - 1);
    if (recentNames[recent] == raw && (raw & 0xff) == 0) { // none longer than 7 bytes
      return recentNumbers[recent];
    }
    long first = beforeNul(raw);
    long second = (first & 0xff) == 0 ? 0 : beforeNul(Row.i64(bytes, at + 8) & ~0xffL);
    int number = find(first, second);
    if (number != UNKNOWN) {
      recentNames[recent] = raw;
      recentNumbers[recent] = number;
    }
    return number;
  }

  private int find(long first, long second) {
    for (int at = home(first, second); slots[at] != 0; at = (at + 1) & (slots.length - 1)) {
      int number = slots[at];
      if (high[number] == first && low[number] == second) {
        return number;
      }
    }
    return (first | second) == 0 ? 0 : UNKNOWN;
  }

  /** The number of a name, or {@link #UNKNOWN}. For any thread. */
  int find(String name) {
    Integer known = name.isEmpty() ? Integer.valueOf(0) : numbers.get(name);
    return known == null ? UNKNOWN : known;
  }

  /** The number of a name, or {@link #UNKNOWN} if there are too many. */
  int intern(String name) {
    int known = find(name);
    if (known != UNKNOWN) {
      return known;
    }
    byte[] bytes = Arrays.copyOf(name.getBytes(StandardCharsets.ISO_8859_1), SIZE);
    int number = find(bytes, 0);
    if (number == UNKNOWN && count < MAX) {
      number = add(bytes);
    }
    if (number != UNKNOWN) {
      numbers.put(name, number);
    }
    return number;
  }

  private int add(byte[] bytes) {
    if (count == high.length) {
      high = Arrays.copyOf(high, 2 * count);
      low = Arrays.copyOf(low, 2 * count);
    }
    high[count] = beforeNul(Row.i64(bytes, 0));
    low[count] = beforeNul(Row.i64(bytes, 8));
    String[] more = count < names.length ? names : Arrays.copyOf(names, 2 * count);
    more[count] = text(bytes, 0);
    names = more;
    if (2 * count >= slots.length) {
      slots = new int[2 * slots.length];
      for (int number = 1; number < count; number++) {
        put(number);
      }
    }
    put(count);
    return count++;
  }

  private void put(int number) {
    int at = home(high[number], low[number]);
    while (slots[at] != 0) {
      at = (at + 1) & (slots.length - 1);
    }
    slots[at] = number;
  }

  private int home(long first, long second) {
    return (int) (Hash.mix(first, second) >>> 32) & (slots.length - 1);
  }

  /** The text of a field of 16 bytes, up to its NUL; of at most 15 bytes. */
  static String text(byte[] bytes, int at) {
    return text(bytes, at, SIZE);
  }

  static String text(byte[] bytes, int at, int size) {
    int length = 0;
    while (length < size - 1 && bytes[at + length] != 0) {
      length++;
    }
    return new String(bytes, at, length, StandardCharsets.ISO_8859_1);
  }

  /** Clears what is behind the first zero byte, in the order of addresses. */
  private static long beforeNul(long eight) {
    long nuls = ~(((eight & LOW_BITS) + LOW_BITS) | eight | LOW_BITS); // 0x80 where a byte is zero
    return nuls == 0 ? eight : eight & ~(-1L >>> Long.numberOfLeadingZeros(nuls));
  }
}
