package org.pfha.examples.sync;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.ConfigPrimary;
import org.pfha.configsync.SyncException;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.dialect.Dialect;
import org.pfha.examples.console.ProgressBar;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the commands that call a secondary have in common. */
abstract class Call implements Callable<Integer> {
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int DIFFERENT = 3;

  @Spec private @Nullable CommandSpec spec;

  @Mixin private final ConfigFile file = new ConfigFile();

  @Mixin private final Peer peer = new Peer();

  @Option(names = "--json", description = "One JSON object instead of text.")
  boolean json;

  @Option(names = "--quiet", description = "No progress of long transfers.")
  private boolean quiet;

  abstract int call(ConfigPrimary primary, ConfigTree config, PrintWriter out)
      throws SyncException, IOException;

  @Override
  public final Integer call() {
    var commandLine = Objects.requireNonNull(spec).commandLine();
    PrintWriter err = commandLine.getErr();
    try {
      Dialect dialect = file.dialect();
      ConfigTree config = file.read(dialect);
      ConfigPrimary primary =
          peer.primary(
              dialect,
              file.scope(dialect, config),
              new PushProgress(err, ProgressBar.ofBytes(err), quiet));
      int code = call(primary, config, commandLine.getOut());
      commandLine.getOut().flush();
      return code;
    } catch (IllegalArgumentException e) {
      err.println("pfha sync: " + e.getMessage());
      return USAGE;
    } catch (IOException | SyncException e) {
      err.println("pfha sync: " + e.getMessage());
      return FAILED;
    }
  }
}
