package org.pfha.examples.sync;

import java.io.IOException;
import java.io.PrintWriter;
import org.pfha.configsync.ConfigPrimary;
import org.pfha.configsync.SyncException;
import org.pfha.configsync.SyncPlan;
import org.pfha.configsync.config.ConfigTree;
import picocli.CommandLine.Command;

/** {@code pfha sync plan}. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    description = "Says what a push would change on the secondary; changes nothing.")
final class PlanCommand extends Call {

  @Override
  int call(ConfigPrimary primary, ConfigTree config, PrintWriter out)
      throws SyncException, IOException {
    SyncPlan plan = primary.plan(config);
    out.print(json ? SyncJson.of(plan) : plan.toString());
    return 0;
  }
}
