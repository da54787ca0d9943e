package org.pfha.examples.doctor;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.doctor.Finding;
import org.pfha.configsync.doctor.HaDoctor;
import org.pfha.configsync.doctor.LiveStatus;
import org.pfha.configsync.doctor.Severity;
import org.pfha.configsync.doctor.Side;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pfha doctor}. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Finds in the configurations of a pair, pfSense's or OPNsense's, what will break failover.",
      "Exits with 0 if they are healthy, 1 if something needs mending, 2 if they cannot be read.",
      "With --json: {\"healthy\", \"findings\": [{check, severity, side, path, detail, why, mend}]}.",
      "Changes nothing, and shows no secret."
    })
public final class DoctorCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", paramLabel = "CONFIG_A", description = "config.xml of the primary.")
  private Path primary = Path.of("");

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "CONFIG_B",
      description = "config.xml of the secondary; without it, the primary is looked at alone.")
  private @Nullable Path secondary;

  @Option(
      names = "--status",
      paramLabel = "FILE",
      description = {
        "Live status of a node, as JSON: what pfha node serves at /status, or the explanations of",
        "its virtual routers. The first is the primary's, the second the secondary's; what pfha",
        "demo --serve serves is both."
      })
  private List<Path> statuses = new ArrayList<>();

  @Option(
      names = "--states",
      paramLabel = "N",
      description = "Expected number of states, to compare the state limits with.")
  private long states;

  @Option(
      names = "--vrrp",
      paramLabel = "INTERFACE:ID",
      description = "A VRRP router on a segment, such as the provider's: wan:10.")
  private List<String> vrrp = new ArrayList<>();

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description = "Look at certificates as of this time, such as 2027-01-01T00:00:00Z.")
  private Instant at = Instant.now();

  @Option(names = "--json", description = "Findings as JSON.")
  private boolean json;

  /** Made by the command line parser. */
  public DoctorCommand() {}

  @Override
  public Integer call() {
    var commandLine = Objects.requireNonNull(spec).commandLine();
    PrintWriter out = commandLine.getOut();
    try {
      List<Finding> findings = doctor().examine();
      if (json) {
        out.println(json(findings));
      } else {
        text(findings, out);
      }
      return isHealthy(findings) ? 0 : 1;
    } catch (NoSuchFileException e) {
      commandLine.getErr().println("pfha doctor: no such file: " + e.getMessage());
    } catch (IOException | IllegalArgumentException e) {
      commandLine.getErr().println("pfha doctor: " + e.getMessage());
    }
    return 2;
  }

  private HaDoctor doctor() throws IOException {
    HaDoctor doctor = HaDoctor.of(tree(primary)).at(at).expecting(states);
    if (secondary != null) {
      doctor = doctor.withSecondary(tree(secondary));
    }
    for (String each : vrrp) {
      if (!each.matches("[a-zA-Z0-9_]+:\\d{1,3}")) {
        throw new IllegalArgumentException(
            "--vrrp %s is not INTERFACE:ID, such as wan:10".formatted(each));
      }
      int colon = each.indexOf(':');
      doctor =
          doctor.withVrrp(each.substring(0, colon), Integer.parseInt(each.substring(colon + 1)));
    }
    List<Optional<LiveStatus>> live = new ArrayList<>();
    for (Path file : statuses) {
      live.addAll(StatusFile.read(file));
    }
    if (live.size() > 2) {
      throw new IllegalArgumentException("--status tells of more than two nodes");
    }
    for (int i = 0; i < live.size(); i++) {
      if (live.get(i).isPresent()) {
        doctor = doctor.withStatus(i == 0 ? Side.A : Side.B, live.get(i).get());
      }
    }
    return doctor;
  }

  static ConfigTree tree(Path file) throws IOException {
    try {
      return ConfigTree.parse(Files.readAllBytes(file));
    } catch (ConfigFormatException e) {
      throw new IOException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static boolean isHealthy(List<Finding> findings) {
    return findings.stream().allMatch(finding -> finding.severity() == Severity.NOTE);
  }

  private static String json(List<Finding> findings) {
    return "{\"healthy\":%s,\"findings\":[%s]}"
        .formatted(
            isHealthy(findings), String.join(",", findings.stream().map(Finding::toJson).toList()));
  }

  private void text(List<Finding> findings, PrintWriter out) {
    String who = secondary == null ? "the node" : "the pair";
    if (findings.isEmpty()) {
      out.println(who + " is healthy: nothing found that breaks failover");
      return;
    }
    for (Finding finding : findings) {
      out.println(finding.text());
      out.println();
    }
    long errors = count(findings, Severity.ERROR);
    long warnings = count(findings, Severity.WARNING);
    out.println(
        "%d errors, %d warnings, %d notes"
            .formatted(errors, warnings, findings.size() - errors - warnings));
  }

  private static long count(List<Finding> findings, Severity severity) {
    return findings.stream().filter(finding -> finding.severity() == severity).count();
  }
}
