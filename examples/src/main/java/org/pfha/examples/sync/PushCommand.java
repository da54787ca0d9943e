package org.pfha.examples.sync;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.ConfigPrimary;
import org.pfha.configsync.SyncException;
import org.pfha.configsync.SyncReceipt;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.examples.status.ConfigSyncRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code pfha sync push}. */
@Command(
    name = "push",
    mixinStandardHelpOptions = true,
    description = {
      "Makes the secondary hold what the file holds, and reads back.",
      "Exits with 1 if it does not, or refuses."
    })
final class PushCommand extends Call {

  @Option(
      names = "--always",
      description = "Send even if the secondary is seen to hold everything already.")
  private boolean always;

  @Option(
      names = "--record",
      paramLabel = "FILE",
      description = {
        "Keep in this file, as JSON, how it stands with each secondary; pfha node shows it",
        "(config_sync_record)."
      })
  private @Nullable Path record;

  @Override
  int call(ConfigPrimary primary, ConfigTree config, PrintWriter out)
      throws SyncException, IOException {
    try {
      SyncReceipt receipt = primary.sync(config, List.of(), always);
      out.print(json ? SyncJson.of(receipt) : text(receipt));
      receipt.complete();
      return 0;
    } finally {
      if (record != null) {
        ConfigSyncRecord.write(record, primary.status());
      }
    }
  }

  private static String text(SyncReceipt receipt) {
    StringBuilder text = new StringBuilder();
    for (SyncReceipt.Section section : receipt.sections()) {
      text.append(
          switch (section.outcome()) {
            case VERIFIED -> "  verified        ";
            case DIFFERS -> "  DIFFERS         ";
            case NOT_VERIFIABLE -> "  not verifiable  ";
          });
      text.append(section.name()).append('\n');
    }
    receipt.withheld().forEach(kept -> text.append("  kept back       ").append(kept).append('\n'));
    if (!receipt.uncovered().isEmpty()) {
      text.append("  not covered     ").append(String.join(", ", receipt.uncovered())).append('\n');
    }
    receipt
        .steps()
        .forEach(
            (step, took) ->
                text.append(String.format(Locale.ROOT, "  %6d ms %s%n", took.toMillis(), step)));
    return text.append(
            String.format(
                Locale.ROOT,
                "%s in %d ms, %d calls%n",
                receipt.sent() ? "pushed" : "nothing to send",
                receipt.duration().toMillis(),
                receipt.attempts()))
        .toString();
  }
}
