package org.pfha.examples.pf;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.StateKey;
import org.pfha.pf.device.PfDevice;
import org.pfha.pf.device.PfException;
import org.pfha.pf.device.PfLimit;
import org.pfha.pf.device.PfStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code pfha status}. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = {
      "Shows what the kernel's pf says of itself.",
      "Exits with 1 if the kernel cannot be asked; changes nothing."
    })
public final class StatusCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Mixin private PfOptions options = new PfOptions();

  /** Made by the command line parser. */
  public StatusCommand() {}

  @Override
  public Integer call() {
    var commandLine = Objects.requireNonNull(spec).commandLine();
    try (PfDevice device = options.open()) {
      print(device, commandLine.getOut());
      return 0;
    } catch (PfException | UnsupportedOperationException e) {
      commandLine.getErr().println("pfha status: " + e.getMessage());
      return 1;
    }
  }

  private void print(PfDevice device, PrintWriter out) throws PfException {
    PfStatus status = device.status();
    out.println(
        "pf of release %d%s: %s since %s"
            .formatted(
                device.release(),
                options.isSimulated() ? " (simulated)" : "",
                status.running() ? "enabled" : "disabled",
                Instant.ofEpochSecond(status.since())));
    out.println("host id        %08x".formatted(status.hostId()));
    out.println("ruleset        " + status.checksum());
    out.println("debug level    " + status.debug());
    out.println(
        "states         %d of %d"
            .formatted(status.states(), device.settings().limit(PfLimit.STATES)));
    out.println(
        "source nodes   %d of %d"
            .formatted(status.sourceNodes(), device.settings().limit(PfLimit.SOURCE_NODES)));
    counters(out, "states", status.stateCounters());
    counters(out, "source nodes", status.sourceNodeCounters());
    counters(out, "reasons", status.reasons());
    counters(out, "limits hit", status.limits());
    if (!status.ifname().isEmpty()) {
      out.println("interface " + status.ifname());
      traffic(out, status, StateKey.INET, "IPv4");
      traffic(out, status, StateKey.INET6, "IPv6");
    }
  }

  private static void counters(PrintWriter out, String title, Map<String, Long> counters) {
    out.println(title);
    counters.forEach(
        (name, count) -> out.println("  %-26s %s".formatted(name, Long.toUnsignedString(count))));
  }

  private static void traffic(PrintWriter out, PfStatus status, int family, String name) {
    for (boolean outbound : new boolean[] {false, true}) {
      out.println(
          "  %s %-3s %20s bytes %16s passed %16s blocked"
              .formatted(
                  name,
                  outbound ? "out" : "in",
                  Long.toUnsignedString(status.bytes(family, outbound)),
                  Long.toUnsignedString(status.packets(family, outbound, false)),
                  Long.toUnsignedString(status.packets(family, outbound, true))));
    }
  }
}
