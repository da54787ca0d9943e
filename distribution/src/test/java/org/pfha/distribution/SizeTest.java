package org.pfha.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** What pfHA's jars weigh, alone and with all they need: as it is written down, and no more. */
class SizeTest {

  private static final Path COMMAND_LINE = Module.EXAMPLES.target().resolve("pfha.jar");

  /** Our own jars change with every line; the page is renewed when they are this far from it. */
  private static final double TOLERANCE = 0.05;

  /** Beside an entry's compressed bytes and twice its name: both of its headers in the file. */
  private static final int ZIP_HEADERS = 30 + 46;

  /** Whoever links in CARP and pfsync gets no more than this of both protocols. */
  private static final long MOST_OF_THE_PROTOCOLS = 600 * 1024;

  private static final Predicate<String> KERNELS =
      Pattern.compile("org/pfha/(net/(sys|raw)|carp/kernel|pf/device)/[^/]*").asMatchPredicate();
  private static final Predicate<String> LABORATORY =
      Pattern.compile("org/pfha/(net/(sim|pcap)|cluster)/[^/]*").asMatchPredicate();
  private static final Predicate<String> PROTOCOLS =
      Pattern.compile("org/pfha/.*").asMatchPredicate().and(KERNELS.or(LABORATORY).negate());

  @Test
  void areOnThePage() throws IOException {
    List<String> page = Files.readAllLines(Page.DEPENDENCIES.file());
    List<String> lines = new ArrayList<>();
    lines.add("| jar | size | with all it needs at run time |");
    lines.add("| --- | ---: | ---: |");
    for (Module module : Module.LIBRARIES) {
      lines.add(jars(page, "`" + module.name() + "`", List.of(module)));
    }
    lines.add(jars(page, "`carp-core` and `pfsync-core`", Module.LIBRARIES.subList(0, 2)));
    lines.add(jars(page, "all three", Module.LIBRARIES));
    long commandLine = recorded(page, "`pfha.jar`", Files.size(COMMAND_LINE));
    lines.add("| `pfha.jar` | %s | has it inside |".formatted(Page.kilobytes(commandLine)));
    lines.add("");
    lines.add("| of `carp-core` and `pfsync-core` | size | packages |");
    lines.add("| --- | ---: | --- |");
    lines.add(part(page, "the protocols, their nodes and explanations", PROTOCOLS, "all others"));
    lines.add(
        part(
            page,
            "real interfaces and the FreeBSD kernel",
            KERNELS,
            "`net.raw`, `net.sys`, `carp.kernel`, `pf.device`"));
    lines.add(
        part(
            page,
            "simulated networks and clusters, captures",
            LABORATORY,
            "`net.sim`, `net.pcap`, `cluster`"));
    Page.DEPENDENCIES.hasBlock("sizes", lines);
  }

  @Test
  void theProtocolsStayLight() throws IOException {
    assertThat(inCarpAndPfsync(PROTOCOLS)).isBetween(1L, MOST_OF_THE_PROTOCOLS);
  }

  private static String jars(List<String> page, String name, List<Module> modules)
      throws IOException {
    Set<Module> own = new LinkedHashSet<>(modules);
    Set<Dependency> others = new TreeSet<>();
    for (Module module : modules) {
      others.addAll(module.dependencies());
      Module.LIBRARIES.stream().filter(module::needs).forEach(own::add);
    }
    long all = size(page, own) + others.stream().mapToLong(Dependency::bytes).sum();
    return "| %s | %s | %s |"
        .formatted(name, Page.kilobytes(size(page, modules)), Page.kilobytes(all));
  }

  private static long size(List<String> page, Collection<Module> modules) throws IOException {
    long bytes = 0;
    for (Module module : modules) {
      bytes += recorded(page, "`" + module.name() + "`", Files.size(module.jar()));
    }
    return bytes;
  }

  private static String part(
      List<String> page, String name, Predicate<String> entries, String packages)
      throws IOException {
    long bytes = recorded(page, name, inCarpAndPfsync(entries));
    return "| %s | %s | %s |".formatted(name, Page.kilobytes(bytes), packages);
  }

  private static long inCarpAndPfsync(Predicate<String> entries) throws IOException {
    long bytes = 0;
    for (Module module : Module.LIBRARIES.subList(0, 2)) {
      try (JarFile jar = new JarFile(module.jar().toFile())) {
        for (ZipEntry entry : jar.stream().filter(e -> entries.test(e.getName())).toList()) {
          int name = entry.getName().getBytes(StandardCharsets.UTF_8).length;
          bytes += entry.getCompressedSize() + 2L * name + ZIP_HEADERS;
        }
      }
    }
    return bytes;
  }

  /** The size that the page tells, while that is about right. */
  private static long recorded(List<String> page, String name, long bytes) {
    Pattern row = Pattern.compile("\\| " + Pattern.quote(name) + " \\| ([0-9 ]+) kB \\|.*");
    for (String line : page) {
      Matcher matcher = row.matcher(line);
      if (matcher.matches()) {
        long told = 1000 * Long.parseLong(matcher.group(1).replace(" ", ""));
        if (Math.abs(told - bytes) <= TOLERANCE * told) {
          return told;
        }
      }
    }
    return bytes;
  }
}
