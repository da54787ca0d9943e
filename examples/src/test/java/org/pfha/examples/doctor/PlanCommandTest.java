package org.pfha.examples.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code pfha plan}. */
class PlanCommandTest {

  @TempDir private Path directory = Path.of("");

  private record Outcome(int code, String out, String err) {}

  private static Outcome run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        new CommandLine(new PlanCommand())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new Outcome(code, out.toString(), err.toString());
  }

  @Test
  void aSmallPairIsPlanned() {
    Outcome outcome =
        run(
            "--wan=WAN=198.51.100.0/29@198.51.100.6",
            "--lan=LAN=10.20.0.0/24",
            "--device=LAN=ix1",
            "--dhcp=LAN");
    assertThat(outcome.code).isZero();
    assertThat(outcome.out.lines().map(line -> line.replaceAll(" +", " ")))
        .contains(
            "nic name device network vhid shared fw1 fw2",
            "wan WAN igb0 198.51.100.0/29 1 198.51.100.1 198.51.100.2 198.51.100.3",
            "lan LAN ix1 10.20.0.0/24 1 10.20.0.1 10.20.0.2 10.20.0.3",
            "opt1 SYNC igb2 172.31.255.0/30 - - 172.31.255.1 172.31.255.2",
            "advbase 1, advskew 0 on fw1, 100 on fw2",
            " a link of 1,000.0 Mbit/s will do");
  }

  @Test
  void theSyncLinkIsMeasuredByTheLoad() {
    String[] networks = {"--wan=W=198.51.100.0/29@198.51.100.6", "--lan=L=10.20.0.0/24"};
    assertThat(run(networks[0], networks[1], "--connections=100000", "--link=100").out)
        .contains("will not do");
    assertThat(run(networks[0], networks[1], "--json").out)
        .contains("\"link_bits_per_second\":1000000000,\"suffices\":true");
    assertThat(run(networks[0], networks[1], "--format=9").err).contains("'9' is no format");
  }

  @Test
  void fragmentsAreWrittenForTheOwnerAloneAndNeverReplaced() throws IOException {
    String[] arguments = {
      "--nodes=paris-1,paris-2",
      "--wan=FIBRE=198.51.100.0/29@198.51.100.6",
      "--wan=CABLE=203.0.113.64/28@203.0.113.65",
      "--lan=LAN=10.20.0.0/24",
      "--dmz=DMZ=10.30.0.0/24",
      "--avoid=FIBRE:1",
      "--reserve=10.30.0.1",
      "--write=" + directory.resolve("plan")
    };
    Outcome outcome = run(arguments);
    assertThat(outcome.code).isZero();
    Path file = directory.resolve("plan/paris-1.xml");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    String xml = Files.readString(file);
    assertThat(xml).contains("<vhid>2</vhid>", "<subnet>10.30.0.2</subnet>");
    String password = xml.replaceAll("(?s).*?<password><!\\[CDATA\\[([^\\]]+).*", "$1");
    assertThat(password).hasSize(18);
    assertThat(Files.readString(directory.resolve("plan/paris-2.xml"))).contains(password);
    assertThat(outcome.out).contains("wrote").doesNotContain(password);
    assertThat(run(arguments).err).contains("it exists already").contains("paris-1.xml");
  }

  @Test
  void whatCannotBePlannedIsToldAtOnce() {
    Outcome outcome = run("--wan=W=198.51.100.0/30", "--lan=L=10.0.0.0", "--nodes=a,a");
    assertThat(outcome.code).isEqualTo(2);
    assertThat(outcome.err)
        .contains("gateway '' is not in", "no 3 free addresses", "is no network", "both nodes");
    assertThat(run("--nodes=a").err).contains("--nodes names 1 nodes");
    assertThat(run("--avoid=x").err).contains("--avoid x is not NAME:ID");
    assertThat(run("--wan=x").code).isEqualTo(2);
  }
}
