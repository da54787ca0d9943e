package org.pfha.examples.lab;

import picocli.CommandLine.Command;

/** {@code pfha measure}: how a node does beside UCarp and keepalived. */
@Command(
    name = "measure",
    mixinStandardHelpOptions = true,
    description = {
      "Measures nodes and their peers side by side, in network namespaces of their own.",
      "Needs Linux, root, and the programs ip, tcpdump, ping, ucarp and keepalived."
    },
    synopsisSubcommandLabel = "WHAT",
    subcommands = {
      FailoverMeasure.class,
      JitterMeasure.class,
      LoadMeasure.class,
      SilenceMeasure.class
    })
public final class MeasureCommand {

  /** Made by the command line parser. */
  public MeasureCommand() {}
}
