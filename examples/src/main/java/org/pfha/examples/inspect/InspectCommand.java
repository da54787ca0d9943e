package org.pfha.examples.inspect;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.pfha.examples.inspect.Heard.Proto;
import org.pfha.net.pcap.PcapReader;
import org.pfha.net.pcap.PcapReader.End;
import org.pfha.net.pcap.PcapRecord;
import org.pfha.pfsync.wire.StateFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code pfha inspect}. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = {
      "Tells what a capture file holds of CARP, VRRP and pfsync: who was master when, failovers and",
      "their silence, lost and late adverts, states by creator, and what receivers would refuse.",
      "Exits with 0 if nothing is wrong, 1 if something is (faults, two masters, a damaged file),",
      "2 if the file cannot be read."
    })
public final class InspectCommand implements Callable<Integer> {

  /** Formats as people write them. */
  static final class Formats implements ITypeConverter<StateFormat> {
    @Override
    public StateFormat convert(String text) {
      StateFormat format = StateFormat.of(text);
      if (format == null) {
        throw new TypeConversionException(
            "'%s' is no format; one of 1301, 1400, 1500, openbsd6".formatted(text));
      }
      return format;
    }
  }

  private static final long POLL_MILLIS = 200;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "pcap or pcapng; - for standard input.")
  private String file = "";

  @Option(
      names = "--vhid",
      paramLabel = "N",
      description = "Only this vhid or vrid; may be given again.")
  private Set<Integer> vhids = new HashSet<>();

  @Option(
      names = "--proto",
      paramLabel = "PROTO",
      description = "Only this protocol: ${COMPLETION-CANDIDATES}; may be given again.")
  private Set<Proto> protos = EnumSet.noneOf(Proto.class);

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      converter = Formats.class,
      description = "Read pfsync as this release does: 1301, 1400, 1500, openbsd6. Else guessed.")
  private @Nullable StateFormat format;

  @Option(
      names = "--keys",
      paramLabel = "FILE",
      description = {
        "Passwords and addresses, to check HMACs with and to explain wrong ones: a config.xml, or",
        "lines of VHID ADDRESS,ADDRESS... PASSWORD."
      })
  private @Nullable Path keys;

  @Option(
      names = {"-v", "--packets"},
      description = "Every packet on a line, before the summary.")
  private boolean packets;

  @Option(names = "--states", description = "With --packets: every full state, too.")
  private boolean states;

  @Option(names = "--json", description = "The summary as JSON, and nothing else.")
  private boolean json;

  @Option(
      names = "--follow",
      description = "Tell what happens while the file grows, until interrupted.")
  private boolean follow;

  @Option(
      names = "--idle",
      paramLabel = "SECONDS",
      description = "With --follow: end when nothing was added for so long.")
  private int idleSeconds = Integer.MAX_VALUE;

  /** Made by the command line parser. */
  public InspectCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    var commandLine = Objects.requireNonNull(spec).commandLine();
    PrintWriter out = commandLine.getOut();
    try (InputStream in = open()) {
      return inspect(in, out);
    } catch (IOException e) {
      commandLine.getErr().println("pfha inspect: " + describe(e));
      return 2;
    }
  }

  private static String describe(IOException e) {
    return e instanceof NoSuchFileException
        ? "no such file: " + e.getMessage()
        : String.valueOf(e.getMessage());
  }

  private InputStream open() throws IOException {
    return file.equals("-")
        ? new BufferedInputStream(System.in)
        : Files.newInputStream(Path.of(file));
  }

  private int inspect(InputStream in, PrintWriter out) throws IOException, InterruptedException {
    CarpKeys known = keys == null ? CarpKeys.none() : CarpKeys.read(keys);
    boolean growing = follow && !file.equals("-");
    InspectText[] text = new InspectText[1];
    Inspection inspection =
        new Inspection(
            new Decoder(known, format),
            protos,
            vhids,
            (at, line) -> {
              if ((packets || follow) && !json) {
                text[0].news(at, line);
              }
            });
    text[0] = new InspectText(inspection, out);
    PcapReader reader = growing ? PcapReader.following(in) : new PcapReader(in);
    long idleSince = System.nanoTime();
    while (true) {
      Optional<PcapRecord> next = reader.next();
      if (next.isPresent()) {
        idleSince = System.nanoTime();
        Heard heard = inspection.take(next.get());
        if (heard != null && packets && !json) {
          text[0].packet(heard, states);
        }
      } else if (reader.end() != End.NOT_YET || isIdle(idleSince)) {
        break;
      } else {
        out.flush();
        Thread.sleep(POLL_MILLIS);
      }
    }
    return end(reader.end(), inspection, text[0], out);
  }

  private boolean isIdle(long since) {
    return System.nanoTime() - since >= Duration.ofSeconds(idleSeconds).toNanos();
  }

  private int end(End end, Inspection inspection, InspectText text, PrintWriter out)
      throws IOException {
    if (inspection.records() == 0 && (end == End.NOT_PCAP || end == End.UNSUPPORTED_LINK_TYPE)) {
      throw new IOException(file + ": " + InspectText.end(end));
    }
    if (json) {
      InspectJson.write(inspection, file, end, out);
    } else {
      if (packets) {
        out.println();
      }
      text.summary(file, end);
    }
    out.flush();
    boolean whole = end == End.COMPLETE || end == End.NOT_YET;
    return whole && inspection.problems().isEmpty() ? 0 : 1;
  }
}
