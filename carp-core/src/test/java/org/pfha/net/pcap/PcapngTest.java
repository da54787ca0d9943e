package org.pfha.net.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.pfha.net.pcap.PcapReader.End;

/** Blocks of pcapng, link layers, and files that are hostile or still growing. */
class PcapngTest {

  static final List<ByteOrder> ORDERS = List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN);

  private static final byte[] IP = {0x45, 1, 2, 3, 4};

  @ParameterizedTest
  @FieldSource("ORDERS")
  void packetsOfSeveralInterfacesHaveTheirNamesAndTimes(ByteOrder order) throws IOException {
    byte[] file =
        new PcapngBytes(order)
            .section()
            .linkInterface(101, 0, "em0", -1, 0)
            .linkInterface(101, 0, "em1", 9, 0)
            .linkInterface(101, 0, "", 0x80 | 10, 1000)
            .packet(0, 3_000_007, IP)
            .packet(1, 3_000_000_007L, IP)
            .packet(2, 512, IP)
            .bytes();
    PcapReader reader = read(file);
    List<PcapRecord> records = reader.readAll();
    assertThat(reader.end()).isEqualTo(End.COMPLETE);
    assertThat(records)
        .extracting(PcapRecord::atNanos)
        .containsExactly(3_000_007_000L, 3_000_000_007L, 1_000_500_000_000L);
    assertThat(records)
        .extracting(PcapRecord::link)
        .containsExactly(
            new CaptureInterface(0, "em0", 101),
            new CaptureInterface(1, "em1", 101),
            new CaptureInterface(2, "", 101));
    assertThat(records).allSatisfy(record -> assertThat(record.ip()).isEqualTo(IP));
  }

  @Test
  void sectionsForgetInterfacesAndMayChangeTheByteOrder() throws IOException {
    byte[] first =
        new PcapngBytes(ByteOrder.BIG_ENDIAN)
            .section()
            .linkInterface(101, 0, "a", -1, 0)
            .packet(0, 1, IP)
            .bytes();
    byte[] second =
        new PcapngBytes(ByteOrder.LITTLE_ENDIAN)
            .section()
            .linkInterface(101, 0, "b", -1, 0)
            .packet(0, 2, IP)
            .packet(1, 3, IP)
            .bytes();
    PcapReader reader = read(PcapngBytes.concat(first, second));
    assertThat(reader.readAll()).extracting(each -> each.link().name()).containsExactly("a", "b");
    assertThat(reader.end()).as("interface 1 is not described").isEqualTo(End.BAD_BLOCK);
  }

  @ParameterizedTest
  @FieldSource("ORDERS")
  void simpleAndOldPacketsAreReadUnknownBlocksSteppedOver(ByteOrder order) throws IOException {
    byte[] file =
        new PcapngBytes(order)
            .section()
            .linkInterface(101, 3, "em0", -1, 0)
            .unknown(5, 8)
            .unknown(0x7fffffff, 100_000)
            .oldPacket(0, 7, IP)
            .simple(IP, 3)
            .unknown(4, 0)
            .bytes();
    PcapReader reader = read(file);
    List<PcapRecord> records = reader.readAll();
    assertThat(reader.end()).isEqualTo(End.COMPLETE);
    assertThat(records).extracting(PcapRecord::atNanos).containsExactly(7000L, 7000L);
    assertThat(records).extracting(record -> record.ip().length).containsExactly(5, 3);
    assertThat(records).extracting(PcapRecord::originalLength).containsExactly(5, 5);
  }

  @Test
  void timesThatDoNotFitAreTheEndOfTime() {
    assertThat(new PcapngTime(0, 0).nanos(-1)).isEqualTo(Long.MAX_VALUE);
    assertThat(new PcapngTime(6, Long.MIN_VALUE).nanos(0)).isEqualTo(Long.MIN_VALUE);
    assertThat(new PcapngTime(127, 0).nanos(-1)).isZero();
    assertThat(new PcapngTime(255, 1).nanos(-1)).isEqualTo(1_000_000_000L);
    assertThat(new PcapngTime(12, 0).nanos(1_500_000_000_999L)).isEqualTo(1_500_000_000L);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, BAD_BLOCK", // the length of an interface is less than a block's
    "1, 21, BAD_BLOCK", // not a multiple of four
    "1, 2000000000, BAD_BLOCK",
    "6, 16, BAD_BLOCK",
    "6, 2000000000, OVERSIZED_RECORD",
    "99, 8, BAD_BLOCK",
    "99, 2000000000, TRUNCATED",
  })
  void lengthsAreNotBelieved(int type, long length, End end) throws IOException {
    byte[] file =
        new PcapngBytes(ByteOrder.LITTLE_ENDIAN).section().header(type, (int) length).bytes();
    PcapReader reader = read(file);
    assertThat(reader.readAll()).isEmpty();
    assertThat(reader.end()).isEqualTo(end);
  }

  @Test
  void aPacketThatClaimsMoreThanItsBlockIsRefused() throws IOException {
    PcapngBytes good =
        new PcapngBytes(ByteOrder.BIG_ENDIAN).section().linkInterface(101, 0, "", -1, 0);
    int before = good.bytes().length;
    byte[] file = good.packet(0, 1, IP).bytes();
    file[before + 23] = 9;
    assertThat(endOf(file)).isEqualTo(End.BAD_BLOCK);
    file[before + 23] = 5;
    assertThat(endOf(file)).isEqualTo(End.COMPLETE);
    file[file.length - 1]++;
    assertThat(endOf(file)).as("its length at its end").isEqualTo(End.BAD_BLOCK);
  }

  @Test
  void aFollowedFileGoesOnWhereItStopped() throws IOException {
    for (byte[] file : List.of(pcapng(), classic())) {
      GrowingInput growing = new GrowingInput(file);
      PcapReader reader = PcapReader.following(growing);
      int records = 0;
      for (int length = 0; length <= file.length; length++) {
        growing.limit = length;
        while (reader.next().isPresent()) {
          records++;
        }
        assertThat(reader.end()).as("at %d", length).isEqualTo(End.NOT_YET);
      }
      assertThat(records).isEqualTo(3);
    }
  }

  @Test
  void whereAFileIsCutEverythingBeforeIsRead() throws IOException {
    byte[] file = pcapng();
    for (int length = 4; length < file.length; length++) {
      byte[] cut = Arrays.copyOf(file, length);
      assertThat(endOf(cut)).as("cut at %d", length).isIn(End.TRUNCATED, End.COMPLETE);
    }
    assertThat(endOf(new byte[0])).isEqualTo(End.NOT_PCAP);
    assertThat(endOf(new byte[3])).isEqualTo(End.NOT_PCAP);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 02000000, true", // BSD null, little-endian
    "0, 0000001c, true",
    "0, 07000000, false",
    "108, 00000018, true",
    "113, 0000000100060011223344550000 0800, true",
    "113, 0000000100060011223344550000 0806, false",
    "113, 0000000100060011223344550000 8100 0001 86dd, true",
    "276, 86dd000000000002000100060011223344550000, true",
    "117, 3d020000, false", // the header is longer than what was captured
    "101, '', true",
    "12, '', true",
    "246, '', false",
    "105, '', false",
    "1, 01005e000012 00005e000101 8100 0005 0800, true",
    "1, 01005e000012 00005e000101 0806, false",
    "1, 01005e000012, false",
  })
  void theIpPacketIsFoundBehindItsLinkLayer(int linkType, String header, boolean ip) {
    byte[] front = HexFormat.of().parseHex(header.replace(" ", ""));
    byte[] frame = PcapngBytes.concat(front, IP);
    assertThat(LinkLayer.ip(linkType, frame)).isEqualTo(ip ? IP : new byte[0]);
    assertThat(LinkLayer.isKnown(linkType)).isEqualTo(linkType != 105);
  }

  @Test
  void pflogHasItsHeaderPadded() {
    byte[] header = new byte[64];
    header[0] = 61;
    header[1] = 28;
    assertThat(LinkLayer.ip(117, PcapngBytes.concat(header, IP))).isEqualTo(IP);
  }

  @Test
  void randomlyDamagedFilesNeverThrowAndAlwaysEnd() throws IOException {
    long seed = 20261;
    SplittableRandom random = new SplittableRandom(seed);
    for (int run = 0; run < 3000; run++) {
      byte[] file = pcapng();
      for (int i = 0; i < 1 + run % 4; i++) {
        file[random.nextInt(file.length)] = (byte) random.nextInt();
      }
      assertThat(endOf(file)).as("seed %d run %d", seed, run).isNotEqualTo(End.NOT_YET);
    }
  }

  private static byte[] pcapng() {
    return new PcapngBytes(ByteOrder.LITTLE_ENDIAN)
        .section()
        .linkInterface(1, 0, "em0", -1, 0)
        .packet(0, 1, IP)
        .unknown(5, 40)
        .packet(0, 2, IP)
        .simple(IP, 5)
        .bytes();
  }

  private static byte[] classic() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PcapWriter writer =
        new PcapWriter(out, PcapWriter.LinkType.RAW, PcapWriter.Resolution.MICROSECONDS)) {
      for (int i = 0; i < 3; i++) {
        writer.write(i, IP);
      }
    }
    return out.toByteArray();
  }

  private static PcapReader read(byte[] file) {
    return new PcapReader(new ByteArrayInputStream(file));
  }

  private static End endOf(byte[] file) throws IOException {
    PcapReader reader = read(file);
    reader.readAll();
    return reader.end();
  }

  /** A file of which more and more has been written. */
  private static final class GrowingInput extends InputStream {
    private final byte[] file;
    private int at;
    private int limit;

    GrowingInput(byte[] file) {
      this.file = file;
    }

    @Override
    public int read() {
      return at < limit ? file[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] to, int offset, int length) {
      int step = Math.min(length, limit - at);
      if (step <= 0) {
        return -1;
      }
      System.arraycopy(file, at, to, offset, step);
      at += step;
      return step;
    }
  }
}
