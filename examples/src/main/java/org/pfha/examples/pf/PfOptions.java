package org.pfha.examples.pf;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pfha.net.sys.SystemCalls;
import org.pfha.pf.device.InMemoryPf;
import org.pfha.pf.device.InMemoryPf.Release;
import org.pfha.pf.device.PfDevice;
import org.pfha.pf.device.PfException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which pf a command asks: this machine's, or a simulated one that has something to show. */
final class PfOptions {

  /** Releases as people write them. */
  static final class Releases implements ITypeConverter<Release>, Iterable<String> {

    @Override
    public Release convert(String text) {
      return Arrays.stream(Release.values())
          .filter(each -> name(each).equals(text))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'%s' is no release to simulate; one of %s".formatted(text, names())));
    }

    @Override
    public Iterator<String> iterator() {
      return names().iterator();
    }

    private static List<String> names() {
      return Arrays.stream(Release.values()).map(Releases::name).toList();
    }

    private static String name(Release release) {
      return release.name().substring(1).replace('_', '.');
    }
  }

  @Option(
      names = "--simulate",
      paramLabel = "RELEASE",
      arity = "0..1",
      fallbackValue = "15",
      converter = Releases.class,
      completionCandidates = Releases.class,
      description = {
        "Ask a simulated kernel in place of this machine's: ${COMPLETION-CANDIDATES}",
        "(${FALLBACK-VALUE} unless said). Without it, this has to be FreeBSD, as root."
      })
  private @Nullable Release simulated;

  /** Made by the command line parser. */
  PfOptions() {}

  /** Opens the device; nothing that the commands do is dangerous. */
  PfDevice open() throws PfException {
    if (simulated == null) {
      return PfDevice.open();
    }
    SystemCalls kernel = SampleKernel.of(simulated);
    return PfDevice.open(kernel, PfDevice.DEFAULT_STATE_BUFFER);
  }

  /** Whether {@link InMemoryPf} is asked. */
  boolean isSimulated() {
    return simulated != null;
  }
}
