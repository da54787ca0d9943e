package org.pfha.net.sys;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** What the kernel says beside a datagram is found within what it said, or is not there. */
class ReceivedMessageFuzzTest {

  private static final int ROOM = 64;
  private static final int HEADER = 16;

  @FuzzTest(maxDuration = "1m")
  void whatIsFoundIsWhole(FuzzedDataProvider input) {
    int level = input.consumeInt(0, 60);
    int type = input.consumeInt(0, 60);
    int size = input.consumeInt(0, 32);
    byte[] name = input.consumeBytes(128);
    byte[] flags = ByteBuffer.allocate(4).put(0, input.consumeByte()).array();
    byte[] data = input.consumeBytes(ROOM);
    byte[] control = input.consumeBytes(256);
    SystemCalls kernel = SystemCallJournal.replaying(List.of()); // for its memory only
    try (ReceivedMessage message = new ReceivedMessage(kernel, ROOM)) {
      message.parts(new byte[][] {name, control, flags, data});

      assertThat(message.length()).isEqualTo(data.length);
      int found = message.control(level, type, size);
      if (found >= 0) {
        byte[] value = new byte[size];
        message.copyControl(found, value, 0, size);
        ByteBuffer said = ByteBuffer.wrap(control).order(ByteOrder.nativeOrder());
        int at = indexOf(said, level, type, size);
        assertThat(at).as("it was said").isNotNegative();
        byte[] wanted = new byte[size];
        said.get(at, wanted);
        assertThat(value).isEqualTo(wanted);
      }
      byte[] source = new byte[28];
      message.copySource(0, source, 0, source.length);
      byte[] copy = new byte[ROOM];
      message.copyTo(copy, 0);
      assertThat(Arrays.copyOf(copy, data.length)).isEqualTo(data);
    }
  }

  /** The first entry of that level and type which has so many bytes: told apart slowly. */
  private static int indexOf(ByteBuffer said, int level, int type, int size) {
    int at = 0;
    while (said.capacity() - at >= HEADER) {
      long length = said.getLong(at);
      if (length < HEADER || at + length > said.capacity()) {
        return -1;
      }
      boolean same = said.getInt(at + 8) == level && said.getInt(at + 12) == type;
      if (same && length - HEADER >= size) {
        return at + HEADER;
      }
      at += (int) ((length + 7) / 8 * 8);
    }
    return -1;
  }
}
