package org.pfha.examples.sync;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.SyncArea;
import org.pfha.configsync.SyncScope;
import org.pfha.configsync.config.ConfigFormat;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.dialect.Dialect;
import org.pfha.configsync.dialect.OpnSense;
import org.pfha.configsync.dialect.PfSense;
import org.pfha.configsync.dialect.Sections;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The file a command works on, and what of it: options of all commands. */
final class ConfigFile {

  @Parameters(paramLabel = "FILE", description = "The configuration file of this node.")
  private @Nullable Path file;

  @Option(
      names = "--areas",
      split = ",",
      paramLabel = "AREA",
      description = {
        "Areas of pfsense and opnsense, for example rules,aliases; or all.",
        "Without it what the file itself has switched on."
      })
  private List<String> areas = List.of();

  @Option(
      names = "--sections",
      split = ",",
      paramLabel = "NAME",
      description = "Named sections of a pfha file; without it all of them.")
  private List<String> sections = List.of();

  @Option(
      names = "--exclude",
      paramLabel = "PATH",
      description = "What to leave out, for example 'filter/rule[tracker=17]'. May be repeated.")
  private List<String> excluded = List.of();

  @Option(
      names = "--product",
      paramLabel = "NAME",
      description = "The product of a pfha file: both nodes must say the same (${DEFAULT-VALUE}).")
  private String product = "pfha";

  Path path() {
    if (file == null) {
      throw new IllegalStateException("the parser requires it");
    }
    return file;
  }

  Dialect dialect() throws IOException {
    String root;
    try {
      root = ConfigFormat.rootOf(Files.readAllBytes(path()));
    } catch (ConfigFormatException e) {
      throw new IOException(path() + ": " + e.getMessage(), e);
    }
    return switch (root) {
      case "pfsense" -> new PfSense();
      case "opnsense" -> new OpnSense();
      case "pfha" -> new Sections(product);
      default ->
          throw new IOException(
              path() + ": the root element is none of pfsense, opnsense and pfha");
    };
  }

  ConfigTree read(Dialect dialect) throws IOException {
    try {
      return dialect.read(Files.readAllBytes(path()));
    } catch (ConfigFormatException e) {
      throw new IOException(path() + ": " + e.getMessage(), e);
    }
  }

  /** What the options say; without them what the file says. */
  SyncScope scope(Dialect dialect, ConfigTree config) {
    SyncScope scope;
    if (dialect instanceof Sections) {
      List<String> names = sections.isEmpty() ? List.of(Sections.ALL) : sections;
      scope = new SyncScope(Set.of(), new LinkedHashSet<>(names), List.of());
    } else if (areas.isEmpty()) {
      scope = SyncScope.areas(SyncArea.enabledIn(config));
    } else {
      scope = SyncScope.areas(named());
    }
    return scope.without(excluded.toArray(String[]::new));
  }

  private Set<SyncArea> named() {
    if (areas.equals(List.of("all"))) {
      return SyncArea.all();
    }
    Set<SyncArea> named = EnumSet.noneOf(SyncArea.class);
    for (String area : areas) {
      try {
        named.add(SyncArea.valueOf(area.toUpperCase(Locale.ROOT).replace('-', '_')));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "'" + area + "' is no area; there are all, " + SyncArea.all(), e);
      }
    }
    return named;
  }
}
