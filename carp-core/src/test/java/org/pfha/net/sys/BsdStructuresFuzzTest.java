package org.pfha.net.sys;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/** What a kernel or a journal says is a structure is one, and is written as it was read. */
class BsdStructuresFuzzTest {

  @FuzzTest(maxDuration = "1m")
  void packetHeaders(byte[] bytes) {
    Optional<BpfRecord> read = read(BpfRecord::ofBytes, bytes);
    assertThat(read.isPresent() && bytes.length < BpfRecord.SIZE).isFalse();
    if (read.isPresent()) {
      BpfRecord record = read.get();
      assertThat(record.toBytes()).isEqualTo(Arrays.copyOf(bytes, BpfRecord.SIZE));
      long end = (long) record.header() + record.captured();
      assertThat((long) record.next()).isBetween(end, end + 7);
    }
  }

  @FuzzTest(maxDuration = "1m")
  void socketAddresses(byte[] bytes) {
    Optional<BsdSocketAddress> read = read(BsdSocketAddress::ofBytes, bytes);
    if (read.isPresent()) {
      byte[] again = read.get().toBytes();
      assertThat(again).hasSameSizeAs(bytes).startsWith(bytes[0], bytes[1]);
      assertThat(BsdSocketAddress.ofBytes(again)).isEqualTo(read.get());
      assertThat(read.get().toString()).isNotEmpty();
    }
  }

  private static <T> Optional<T> read(Function<byte[], T> reader, byte[] bytes) {
    try {
      return Optional.of(reader.apply(bytes));
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotEmpty();
      return Optional.empty();
    }
  }
}
