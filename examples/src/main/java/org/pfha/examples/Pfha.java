package org.pfha.examples;

import org.pfha.examples.bench.BenchCommand;
import org.pfha.examples.cluster.SimulateCommand;
import org.pfha.examples.cluster.SoakCommand;
import org.pfha.examples.conformance.ConformanceCommand;
import org.pfha.examples.demo.DemoCommand;
import org.pfha.examples.doctor.DoctorCommand;
import org.pfha.examples.doctor.PlanCommand;
import org.pfha.examples.inspect.InspectCommand;
import org.pfha.examples.lab.MeasureCommand;
import org.pfha.examples.node.NodeCommand;
import org.pfha.examples.pf.StatesCommand;
import org.pfha.examples.pf.StatusCommand;
import org.pfha.examples.sync.SyncCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code pfha} command line. */
@Command(
    name = "pfha",
    mixinStandardHelpOptions = true,
    version = "pfHA 0.1.0",
    description = "High availability for firewalls: CARP, pfsync and configuration sync.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      NodeCommand.class,
      ConformanceCommand.class,
      StatesCommand.class,
      StatusCommand.class,
      InspectCommand.class,
      SyncCommand.class,
      DoctorCommand.class,
      PlanCommand.class,
      SimulateCommand.class,
      SoakCommand.class,
      MeasureCommand.class,
      BenchCommand.class
    })
public final class Pfha {

  Pfha() {}

  /**
   * Runs a subcommand and exits with its code: 0 success, 1 a claim did not hold, 2 wrong usage.
   *
   * @param arguments subcommand and its arguments
   */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Pfha());
  }
}
