package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pfha.carp.engine.Role;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimNetwork;

/** In JVMs of their own, for in this one others may have rehearsed already. */
class RehearsalTest {

  private static final String BEGIN = "-- the master is dead";
  private static final String END = "-- the backup has taken over";

  @Test
  void afterARehearsalTheFirstTakeoverLoadsNoClassOfThisProject() throws Exception {
    assertThat(loadedDuringTakeover("rehearsed")).isEmpty();
  }

  @Test
  void withoutOneItDoes() throws Exception {
    assertThat(loadedDuringTakeover("unprepared"))
        .anyMatch(line -> line.contains("org.pfha.carp.wire.CarpAdvert "));
  }

  @Test
  void rehearsingAgainCostsNothing() {
    CarpNode.rehearse();
    long before = System.nanoTime();
    for (int i = 0; i < 1_000; i++) {
      CarpNode.rehearse();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(1));
  }

  private static List<String> loadedDuringTakeover(String how)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load:stdout",
                "-cp",
                System.getProperty("java.class.path"),
                Takeover.class.getName(),
                how)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).doesNotContain("rehearsal:");
    List<String> lines = output.lines().toList();
    return lines.subList(lines.indexOf(BEGIN), lines.indexOf(END)).stream()
        .filter(line -> line.contains("] org.pfha."))
        .toList();
  }

  /** A backup that has sent nothing since it was started, like one that has waited for months. */
  static final class Takeover {

    private Takeover() {}

    public static void main(String[] how) throws IOException {
      if (how[0].equals("rehearsed")) {
        CarpNode.rehearse();
      }
      SimNetwork network = new SimNetwork(1);
      SimHost host = network.host("fw-b");
      host.attach(network.segment("lan"), "em1", "198.51.100.3/24");
      try (CarpNode node =
          CarpNode.builder(host)
              .virtualRouter(
                  VirtualRouter.onInterface("em1")
                      .vhid(7)
                      .password("secret")
                      .address("198.51.100.1/24"))
              .start()) {
        network.advance(Duration.ofMillis(2_500));
        System.out.println(BEGIN);
        network.advance(Duration.ofSeconds(1));
        System.out.println(END);
        System.exit(node.role("em1", 7) == Role.MASTER ? 0 : 1);
      }
    }
  }
}
