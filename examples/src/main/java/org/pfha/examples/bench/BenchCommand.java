package org.pfha.examples.bench;

import picocli.CommandLine.Command;

/** {@code pfha bench}: how fast the library is here. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures how fast the library is on this machine.",
    synopsisSubcommandLabel = "WHAT",
    subcommands = {PfsyncBench.class, SyncBench.class})
public final class BenchCommand {

  BenchCommand() {}
}
