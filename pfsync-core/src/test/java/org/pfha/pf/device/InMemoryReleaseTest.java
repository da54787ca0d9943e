package org.pfha.pf.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.pf.device.InMemoryPf.Release;

class InMemoryReleaseTest {

  private static String resource(String name) {
    try (InputStream in = InMemoryReleaseTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Releases of each request, such as {@code 13.1+;14;15(compat14)}. */
  private static Map<String, String> releases() {
    Map<String, String> releases = new HashMap<>();
    String[] lines = resource("ioctls.csv").lines().toArray(String[]::new);
    int column = Arrays.asList(lines[0].split(",", -1)).indexOf("freebsd");
    for (String line : lines) {
      String[] cells = line.split(",", -1);
      releases.put(cells[0], cells[column]);
    }
    return releases;
  }

  private static boolean isIn(String releases, Release release, boolean compatible) {
    return Arrays.stream(releases.split(";", -1))
        .anyMatch(
            each ->
                switch (release) {
                  case V13_0 -> each.equals("13.0+");
                  case V13_1 -> each.startsWith("13");
                  case V14 -> each.equals("14") || (compatible && each.startsWith("14(compat"));
                  case V15 -> each.equals("15") || (compatible && each.startsWith("15(compat"));
                });
  }

  @Test
  void aReleaseKnowsTheRequestsOfItsHeaders() {
    Map<String, String> releases = releases();
    Set<String> unknown = new TreeSet<>();
    for (PfRequest request : PfRequest.values()) {
      String listed = releases.get(request.name());
      if (listed == null) {
        unknown.add(request.name());
        continue;
      }
      for (Release release : Release.values()) {
        for (boolean compatible : new boolean[] {true, false}) {
          assertThat(InMemoryRelease.knows(release, compatible, request))
              .as("%s in %s (%s), compatible %s", request, release, listed, compatible)
              .isEqualTo(isIn(listed, release, compatible));
        }
      }
    }
    assertThat(unknown).as("named otherwise in the headers").hasSizeLessThanOrEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {13, 14, 15})
  void thePfsyncStructuresAreThoseOfTheHeaders(int release) {
    Map<String, String> fields = new HashMap<>();
    for (String line : resource("layout-freebsd" + release + "-amd64.csv").lines().toList()) {
      String[] cells = line.split(",", -1);
      fields.put(cells[0] + "." + cells[1], cells[2] + " of " + cells[4]);
    }
    assertThat(fields)
        .containsEntry("pfsyncreq.pfsyncr_syncdev", PfsyncRequest.SYNCDEV_OFFSET + " of 28")
        .containsEntry("pfsyncreq.pfsyncr_syncpeer", PfsyncRequest.SYNCPEER_OFFSET + " of 28")
        .containsEntry("pfsyncreq.pfsyncr_maxupdates", PfsyncRequest.MAXUPDATES_OFFSET + " of 28")
        .containsEntry("pfsyncreq.pfsyncr_defer", PfsyncRequest.DEFER_OFFSET + " of 28")
        .containsEntry("ifreq.ifr_ifru.ifru_data", KernelPfsync.POINTER_OFFSET + " of 32");
    if (fields.containsKey("ifreq.ifr_ifru.ifru_nv.buffer")) {
      assertThat(fields)
          .containsEntry(
              "ifreq.ifr_ifru.ifru_nv.buf_length", KernelPfsync.NV_CAPACITY_OFFSET + " of 32")
          .containsEntry("ifreq.ifr_ifru.ifru_nv.length", KernelPfsync.NV_LENGTH_OFFSET + " of 32")
          .containsEntry(
              "ifreq.ifr_ifru.ifru_nv.buffer", KernelPfsync.NV_POINTER_OFFSET + " of 32");
    }
    int actions = release == 13 ? 13 : release == 14 ? 15 : 17;
    assertThat(fields.get("pfsyncstats.pfsyncs_oacts"))
        .isEqualTo("%d of %d".formatted(8 * (16 + actions), 8 * (16 + 2 * actions)));
  }

  @Test
  void thePfsyncRequestsAreThoseOfTheHeaders() {
    assertThat(KernelPfsync.SIOCSETPFSYNC).isEqualTo(0x802069f7L);
    assertThat(KernelPfsync.SIOCGETPFSYNC).isEqualTo(0xc02069f8L);
    assertThat(KernelPfsync.SIOCSETPFSYNCNV).isEqualTo(0x802069f9L);
    assertThat(KernelPfsync.SIOCGETPFSYNCNV).isEqualTo(0xc02069faL);
  }
}
