package org.pfha.examples.sync;

import java.io.IOException;
import java.io.PrintWriter;
import org.pfha.configsync.ConfigPrimary;
import org.pfha.configsync.SyncException;
import org.pfha.configsync.SyncPlan;
import org.pfha.configsync.config.ConfigTree;
import picocli.CommandLine.Command;

/** {@code pfha sync status}. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = {
      "Says section by section whether the secondary holds what the file holds; changes nothing.",
      "Exits with 0 if it does, 3 if it does not or cannot be asked."
    })
final class SyncStatusCommand extends Call {

  @Override
  int call(ConfigPrimary primary, ConfigTree config, PrintWriter out)
      throws SyncException, IOException {
    SyncPlan plan = primary.plan(config);
    if (json) {
      out.print(SyncJson.of(plan));
    } else {
      out.printf("%s, %s%n", plan.peer(), plan.version().text());
      for (SyncPlan.Section section : plan.sections()) {
        out.printf(
            "  %-10s %s%n",
            switch (section.change()) {
              case ADDED -> "missing";
              case CHANGED -> "differs";
              case SAME -> "same";
              case UNKNOWN -> "unknown";
            },
            section.name());
      }
    }
    return plan.changesNothing() ? 0 : DIFFERENT;
  }
}
