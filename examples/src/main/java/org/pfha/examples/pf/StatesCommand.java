package org.pfha.examples.pf;

import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.PfState;
import org.pfha.pf.StateText;
import org.pfha.pf.device.PfDevice;
import org.pfha.pf.device.PfException;
import org.pfha.pf.device.StateListing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pfha states}. */
@Command(
    name = "states",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the states of the kernel's pf, one a line.",
      "Exits with 1 if the kernel cannot be asked; changes nothing."
    })
public final class StatesCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Mixin private PfOptions options = new PfOptions();

  @Option(
      names = {"-v", "--verbose"},
      description = "A second line per state: age, lifetime, traffic, rule, id.")
  private boolean verbose;

  /** Made by the command line parser. */
  public StatesCommand() {}

  @Override
  public Integer call() {
    var commandLine = Objects.requireNonNull(spec).commandLine();
    PrintWriter out = commandLine.getOut();
    try (PfDevice device = options.open()) {
      StateListing listing =
          device
              .states()
              .list(
                  state -> {
                    out.println(StateText.line(state));
                    if (verbose) {
                      out.println(details(state));
                    }
                  });
      out.println(
          "%d states of release %d, by %s%s"
              .formatted(
                  listing.states(),
                  device.release(),
                  listing.method(),
                  options.isSimulated() ? ", simulated" : ""));
      if (listing.skipped() > 0) {
        out.println(listing.skipped() + " records skipped: of no known address family");
      }
      return 0;
    } catch (PfException | UnsupportedOperationException e) {
      commandLine.getErr().println("pfha states: " + e.getMessage());
      return 1;
    }
  }

  /** What {@code -v} adds. */
  private static String details(PfState state) {
    return "   age %ds, expires in %ds, %s:%s pkts, %s:%s bytes, rule %s, id %016x creator %08x"
        .formatted(
            state.creation(),
            state.expire(),
            Long.toUnsignedString(state.packets0()),
            Long.toUnsignedString(state.packets1()),
            Long.toUnsignedString(state.bytes0()),
            Long.toUnsignedString(state.bytes1()),
            state.rule() == PfState.NONE ? "default" : Integer.toUnsignedString(state.rule()),
            state.id(),
            state.creatorId());
  }
}
