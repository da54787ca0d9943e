package org.pfha.examples.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** {@code pfha inspect} over captures of real kernels, ucarp and keepalived. */
class InspectCommandTest {

  private static final Path VECTORS = Path.of("src/test/resources/vectors");
  private static final Path GOLDEN = Path.of("src/test/resources/inspect");
  private static final String FAILOVER = VECTORS + "/freebsd/carp-failover-v4.pcap";

  @TempDir private Path directory = Path.of("");

  private record Outcome(int code, String out, String err) {}

  private static Outcome run(String... arguments) {
    return run(new StringWriter(), arguments);
  }

  private static Outcome run(StringWriter out, String... arguments) {
    StringWriter err = new StringWriter();
    int code =
        new CommandLine(new InspectCommand())
            .setCaseInsensitiveEnumValuesAllowed(false)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new Outcome(code, out.toString(), err.toString());
  }

  static Stream<Path> captures() throws IOException {
    try (Stream<Path> files = Files.walk(VECTORS)) {
      return files.filter(file -> file.toString().endsWith(".pcap")).sorted().toList().stream();
    }
  }

  /** Written by the command, and compared by hand with what the captures' descriptions tell. */
  @ParameterizedTest
  @MethodSource("captures")
  void theSummaryOfEveryShippedCaptureIsAsReviewed(Path capture) throws IOException {
    Path golden = GOLDEN.resolve(capture.getFileName() + ".txt");
    String summary = run(capture.toString()).out.replace(capture.toString(), "FILE");
    assertThat(summary).isEqualTo(Files.readString(golden));
  }

  @Test
  void failoversOfTheRealKernelHaveTheirSilenceAndCause() throws IOException {
    List<String> failovers = new ArrayList<>();
    String json = run("--json", FAILOVER).out;
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      String name = "";
      StringBuilder failover = new StringBuilder();
      boolean inside = false;
      while (parser.nextToken() != null) {
        name = parser.currentName() == null ? name : parser.currentName();
        inside |= name.equals("failovers");
        inside &= !name.equals("two_masters");
        if (inside && parser.currentToken().isScalarValue()) {
          failover.append(parser.getText()).append(' ');
          if (name.equals("overlap")) {
            failovers.add(failover.toString().strip());
            failover.setLength(0);
          }
        }
      }
    }
    assertThat(failovers)
        .containsExactly(
            "9.510686 10.1.0.1 10.1.0.2 1/0 3.424711 timed-out 0.0",
            "19.509313 10.1.0.2 10.1.0.1 1/100 0.001422 preempted 0.0",
            "25.134157 10.1.0.1 10.1.0.2 1/240 0.001094 preempted 0.0",
            "32.179157 10.1.0.2 10.1.0.1 1/100 9.35E-4 preempted 0.0",
            "38.608701 10.1.0.1 10.1.0.2 1/0 3.40746 timed-out 0.0",
            "42.178575 10.1.0.2 10.1.0.1 1/100 0.752066 preempted 0.0",
            "53.252535 10.1.0.1 10.1.0.2 1/200 3.416334 timed-out 0.0");
  }

  @Test
  void hmacsAreCheckedWithPasswordsFromAFile() throws IOException {
    Outcome right = run("--keys", keys("# vhid\n\n1  10.1.0.10/24  vrrppass\n"), FAILOVER);
    assertThat(right.code).isZero();
    assertThat(right.out).contains("HMACs: 45 right").doesNotContain("vrrppass");
    Outcome wrong = run("-v", "--keys", keys("1 10.1.0.10 secret-other"), FAILOVER);
    assertThat(wrong.code).isEqualTo(1);
    assertThat(wrong.out)
        .contains("HMACs: 45 wrong")
        .contains("carp from 10.1.0.1: badauth, 25 packets")
        .contains("no known difference explains it")
        .doesNotContain("MASTER")
        .doesNotContain("secret-other");
  }

  @Test
  void aConfigurationHasTheKeys() throws IOException {
    String config =
        """
        <pfsense><virtualip>
        <vip><mode>carp</mode><interface>lan</interface><vhid>1</vhid><uniqid>a</uniqid>
        <password>vrrppass</password><subnet>10.1.0.10</subnet><subnet_bits>24</subnet_bits></vip>
        %s</virtualip></pfsense>
        """;
    String alias = "<vip><mode>ipalias</mode><interface>_vipa</interface><subnet>%s</subnet></vip>";
    assertThat(run("--keys", keys(config.formatted("")), FAILOVER).out).contains("45 right");
    String more = config.formatted(alias.formatted("10.1.0.11"));
    assertThat(run("--keys", keys(more), FAILOVER).out).contains("the sender lacks 10.1.0.11");
    assertThat(run("--keys", keys("<pfsense><a>"), FAILOVER).err).contains("not well-formed");
  }

  @Test
  void aWrongHmacIsExplained() throws IOException {
    String mismatch = VECTORS + "/carp/ucarp-password-mismatch.pcap";
    Outcome two = run("--keys", keys("11 10.66.0.59 one\n12 10.66.0.60 two\n"), mismatch);
    assertThat(two.out)
        .contains("10.66.0.1")
        .contains("badauth")
        .contains("the sender uses the password of vhid 12 (line 2)");
    Outcome address = run("--keys", keys("1 10.1.0.10,10.1.0.11 vrrppass"), FAILOVER);
    assertThat(address.out).contains("the sender lacks 10.1.0.11");
  }

  @ParameterizedTest
  @CsvSource({"0 10.1.0.10 x, line 1: vhid 0", "1, no addresses", "1 secret-in-wrong-place, list"})
  void aKeyFileIsRefusedByLineNumberOnly(String line, String problem) throws IOException {
    Outcome outcome = run("--keys", keys(line), FAILOVER);
    assertThat(outcome.code).isEqualTo(2);
    assertThat(outcome.err).contains(problem).doesNotContain("secret-in-wrong-place");
  }

  @Test
  void filtersLeaveTheRestOut() {
    assertThat(run("--vhid", "2", FAILOVER).out).contains("60 packets, 0 of CARP");
    assertThat(run("--vhid", "1", "--vhid", "2", FAILOVER).out).contains("45 of CARP");
    assertThat(run("--proto", "pfsync", FAILOVER).out).contains("60 packets, 0 of CARP");
    String sync = VECTORS + "/freebsd-pfsync/pfsync-live-mcast.pcap";
    assertThat(run("--proto", "pfsync", sync).out).contains("43 of CARP, VRRP or pfsync");
    assertThat(run("--vhid", "1", sync).out).contains("0 of CARP, VRRP or pfsync");
  }

  @Test
  void packetsAndStatesAreListed() {
    String sync = VECTORS + "/freebsd-pfsync/pfsync-live-mcast.pcap";
    assertThat(run("--packets", "--states", sync).out.lines())
        .anyMatch(line -> line.matches(" +\\d+ +\\d.*10\\.3\\.0\\.1 > 224.0.0.240 +pfsync 1301 .*"))
        .anyMatch(line -> line.contains("ESTABLISHED:ESTABLISHED"))
        .anyMatch(line -> line.contains("* pfsync: 10.3.0.2 ends a bulk transfer of 19 states"));
    assertThat(run("-v", FAILOVER).out.lines())
        .anyMatch(line -> line.contains("10.1.0.1 > 224.0.0.18  CARP vhid 1 1/0 counter"));
  }

  @Test
  void aForcedFormatIsUsed() {
    String sync = VECTORS + "/freebsd-pfsync/pfsync-live-mcast.pcap";
    assertThat(run("--format", "openbsd6", sync).out).contains("pfsync from 10.3.0.1: badver");
    assertThat(run("--format", "99", sync).code).isEqualTo(2);
  }

  @Test
  void whatCannotBeReadIsTold() throws IOException {
    Outcome missing = run(directory.resolve("none.pcap").toString());
    assertThat(missing.code).isEqualTo(2);
    assertThat(missing.err).contains("no such file").contains("none.pcap");
    Path text = Files.writeString(directory.resolve("x"), "hello, this is no capture at all");
    assertThat(run(text.toString()).err).contains("neither pcap nor pcapng");
    Path cut = directory.resolve("cut.pcap");
    byte[] whole = Files.readAllBytes(Path.of(FAILOVER));
    Files.write(cut, Arrays.copyOf(whole, whole.length - 3));
    Outcome outcome = run(cut.toString());
    assertThat(outcome.code).isEqualTo(1);
    assertThat(outcome.out).contains("the file ends early: within a packet").contains("44 of");
  }

  /** The file grows whenever the command waits for more. */
  @Test
  void aGrowingFileIsFollowed() throws IOException {
    byte[] whole = Files.readAllBytes(Path.of(FAILOVER));
    Path growing = directory.resolve("growing.pcap");
    Files.write(growing, new byte[0]);
    int step = whole.length / 3 + 1;
    StringWriter out =
        new StringWriter() {
          private int written;

          @Override
          public void flush() {
            int length = Math.min(step, whole.length - written);
            byte[] more = Arrays.copyOfRange(whole, written, written + length);
            try {
              Files.write(growing, more, StandardOpenOption.APPEND);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            written += length;
          }
        };
    assertThat(run(out, "--follow", "--idle", "1", growing.toString()).code).isZero();
    assertThat(out.toString())
        .contains("* CARP vhid 1, IPv4: 10.1.0.1 is MASTER, 1/0")
        .contains("9.510686  * CARP vhid 1, IPv4: 10.1.0.2 takes over from 10.1.0.1 (1/0)")
        .contains("45 of CARP, VRRP or pfsync");
  }

  private String keys(String lines) throws IOException {
    return Files.writeString(directory.resolve("keys"), lines, StandardCharsets.UTF_8).toString();
  }
}
