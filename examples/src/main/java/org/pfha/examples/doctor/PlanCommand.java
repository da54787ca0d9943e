package org.pfha.examples.doctor;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.doctor.HaPlan;
import org.pfha.configsync.doctor.HaPlanBuilder;
import org.pfha.configsync.doctor.PlanSecrets;
import org.pfha.configsync.doctor.Side;
import org.pfha.pfsync.SyncBandwidth;
import org.pfha.pfsync.SyncLoad;
import org.pfha.pfsync.wire.StateFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pfha plan}. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    description = {
      "Proposes addresses, VHIDs, skews and configuration for a pair, and the bandwidth of its sync",
      "link. In each network the lowest free address moves, the nodes have the next two, and the",
      "VHID is the last octet. Exits with 0, or 2 if there is no such plan.",
      "",
      "  pfha plan --wan WAN=198.51.100.0/29@198.51.100.6 --lan LAN=10.20.0.0/24 --dhcp LAN",
      "",
      "A second network, IPv6, may follow a comma: LAN=10.20.0.0/24,2001:db8:20::/64"
    })
public final class PlanCommand implements Callable<Integer> {

  private static final String LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
  private static final int PASSWORD_LENGTH = 18;
  private static final long MEGA = 1_000_000;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--nodes",
      split = ",",
      paramLabel = "NAME",
      description = "Host names of primary and secondary (fw1,fw2 unless said).")
  private List<String> nodes = new ArrayList<>(List.of("fw1", "fw2"));

  @Option(
      names = "--wan",
      paramLabel = "NAME=NETWORK@GATEWAY",
      description = "A provider's network; may be given again.")
  private Map<String, String> wans = new LinkedHashMap<>();

  @Option(names = "--lan", paramLabel = "NAME=NETWORK", description = "A trusted inside network.")
  private Map<String, String> lans = new LinkedHashMap<>();

  @Option(
      names = "--dmz",
      paramLabel = "NAME=NETWORK",
      description = "An inside network kept out of the others.")
  private Map<String, String> dmzs = new LinkedHashMap<>();

  @Option(
      names = "--routed",
      paramLabel = "NAME=NETWORK",
      description = "Public addresses that the provider routes to the pair.")
  private Map<String, String> routed = new LinkedHashMap<>();

  @Option(
      names = "--sync",
      paramLabel = "NETWORK",
      description = "The network between the nodes; chosen unless said.")
  private @Nullable String sync;

  @Option(
      names = "--device",
      paramLabel = "NAME=DEVICE",
      description = "The network card of a network, such as LAN=ix1.")
  private Map<String, String> devices = new LinkedHashMap<>();

  @Option(
      names = "--dhcp",
      paramLabel = "NAME",
      description = "An inside network whose clients get addresses from the pair.")
  private List<String> dhcp = new ArrayList<>();

  @Option(
      names = "--avoid",
      paramLabel = "NAME:ID",
      description = "A VHID or VRID that is taken in a network, such as WAN:1.")
  private List<String> avoided = new ArrayList<>();

  @Option(
      names = "--reserve",
      paramLabel = "ADDRESS",
      description = "An address that somebody has already.")
  private List<String> reserved = new ArrayList<>();

  @Option(
      names = "--connections",
      paramLabel = "N",
      description = "New connections a second, for the sync link (1000 unless said).")
  private long connections = 1000;

  @Option(
      names = "--updates",
      paramLabel = "N",
      description = "States with traffic in a second, for the sync link (10000 unless said).")
  private long updates = 10_000;

  @Option(
      names = "--link",
      paramLabel = "MBIT",
      description = "Capacity of the sync link (1000 unless said).")
  private long link = 1000;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "What pfsync speaks: 1301, 1400, 1500 (1400 unless said).")
  private String format = "1400";

  @Option(
      names = "--write",
      paramLabel = "DIRECTORY",
      description = {
        "Write each node's part of its config.xml there, with new passwords; nobody else may read",
        "them, and files that exist are not replaced."
      })
  private @Nullable Path directory;

  @Option(names = "--json", description = "The plan as JSON, under \"plan\", and \"sync_link\".")
  private boolean json;

  /** Made by the command line parser. */
  public PlanCommand() {}

  @Override
  public Integer call() {
    var commandLine = Objects.requireNonNull(spec).commandLine();
    PrintWriter out = commandLine.getOut();
    try {
      HaPlan plan = plan();
      SyncBandwidth bandwidth = bandwidth();
      out.println(json ? json(plan, bandwidth) : plan.text());
      if (!json) {
        out.println("sync link");
        out.print(bandwidth.text().indent(2));
        out.flush();
      }
      write(plan, json ? commandLine.getErr() : out);
      return 0;
    } catch (FileAlreadyExistsException e) {
      commandLine.getErr().println("pfha plan: it exists already: " + e.getMessage());
    } catch (IOException | IllegalArgumentException e) {
      commandLine.getErr().println("pfha plan: " + e.getMessage());
    } catch (ConfigFormatException e) {
      throw new AssertionError("a plan can be written", e);
    }
    return 2;
  }

  private HaPlan plan() {
    if (nodes.size() != 2) {
      throw new IllegalArgumentException(
          "--nodes names %d nodes; give two, such as fw1,fw2".formatted(nodes.size()));
    }
    HaPlanBuilder builder = HaPlan.of(nodes.get(0), nodes.get(1));
    wans.forEach(
        (name, text) -> {
          int at = text.indexOf('@');
          builder.wan(
              name, at < 0 ? text : text.substring(0, at), at < 0 ? "" : text.substring(at + 1));
        });
    lans.forEach(builder::lan);
    dmzs.forEach(builder::dmz);
    routed.forEach(builder::routed);
    if (sync != null) {
      builder.sync(sync);
    }
    devices.forEach(builder::device);
    dhcp.forEach(builder::dhcp);
    reserved.forEach(builder::reserve);
    for (String each : avoided) {
      if (!each.matches("[^:]+:\\d{1,3}")) {
        throw new IllegalArgumentException(
            "--avoid %s is not NAME:ID, such as WAN:1".formatted(each));
      }
      int colon = each.indexOf(':');
      builder.avoid(each.substring(0, colon), Integer.parseInt(each.substring(colon + 1)));
    }
    return builder.build();
  }

  private SyncBandwidth bandwidth() {
    StateFormat known = StateFormat.of(format);
    if (known == null) {
      throw new IllegalArgumentException(
          "'%s' is no format; one of 1301, 1400, 1500".formatted(format));
    }
    return SyncBandwidth.of(
        SyncLoad.forwarding(connections, updates), known, 1500, Math.multiplyExact(link, MEGA));
  }

  private static String json(HaPlan plan, SyncBandwidth bandwidth) {
    return "{\"plan\":%s,\"sync_link\":{\"needed_bits_per_second\":%d,\"link_bits_per_second\":%d,\"suffices\":%s}}"
        .formatted(
            plan.toJson(),
            bandwidth.neededBitsPerSecond(),
            bandwidth.linkBitsPerSecond(),
            bandwidth.suffices());
  }

  private void write(HaPlan plan, PrintWriter told) throws IOException, ConfigFormatException {
    if (directory == null) {
      return;
    }
    Files.createDirectories(directory);
    PlanSecrets secrets = PlanSecrets.madeBy(password(new SecureRandom()));
    for (Side side : List.of(Side.A, Side.B)) {
      Path file = directory.resolve(plan.hostname(side) + ".xml");
      byte[] bytes = plan.fragment(side, secrets).toXml();
      try (SeekableByteChannel channel =
          Files.newByteChannel(
              file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mine())) {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
      }
      told.println("wrote " + file);
    }
  }

  /** Where the file system knows whom a file belongs to. */
  private FileAttribute<?>[] mine() throws IOException {
    boolean posix =
        directory != null && Files.getFileStore(directory).supportsFileAttributeView("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private static Supplier<String> password(SecureRandom random) {
    return () -> {
      StringBuilder password = new StringBuilder();
      for (int i = 0; i < PASSWORD_LENGTH; i++) {
        password.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
      }
      return password.toString();
    };
  }
}
