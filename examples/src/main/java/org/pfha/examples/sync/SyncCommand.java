package org.pfha.examples.sync;

import picocli.CommandLine.Command;

/** {@code pfha sync}. */
@Command(
    name = "sync",
    mixinStandardHelpOptions = true,
    description = {
      "Configuration sync between a file here and a secondary, or as a secondary.",
      "The root element of the file tells the product: pfsense, opnsense, or pfha (named sections).",
      "Exits with 0 on success, 1 if it failed, 2 on wrong usage, 3 if the two nodes differ (status)."
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      PlanCommand.class,
      PushCommand.class,
      ServeCommand.class,
      SyncStatusCommand.class
    })
public final class SyncCommand {

  /** Made by the command line parser. */
  public SyncCommand() {}
}
