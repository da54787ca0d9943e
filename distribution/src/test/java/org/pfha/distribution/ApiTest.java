package org.pfha.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Closeable;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** A change of what users compile against is seen by whoever makes it. */
class ApiTest {

  /** A parent that others cannot name. */
  abstract static class Hidden implements Closeable {
    @Override
    public void close() throws IOException {}

    protected void forSubclasses() {}

    void ofThePackage() {}
  }

  /** A sample of all that a listing tells. */
  public static class Sample<T extends Comparable<T>> extends Hidden implements Runnable {
    public static final int LIMIT = 3;
    protected final List<? super T> kept = List.of();
    private final int secret = 1;

    Sample() {}

    protected Sample(T first, String... rest) {}

    @Override
    public void run() {}

    public static <E extends Exception> E rethrown(Function<? super E, byte[]> how) throws E {
      throw new UnsupportedOperationException();
    }

    @Override
    public String toString() {
      return "secret " + secret;
    }
  }

  /** Closed to others. */
  public sealed interface Shape permits Circle, Shapeless {}

  /** With a component. */
  public record Circle(double radius) implements Shape {}

  /** Not to be named. */
  record Shapeless() implements Shape {}

  /** With and without a body. */
  public enum Colour {
    RED,
    BLUE {
      @Override
      void paint() {}
    };

    void paint() {}
  }

  @ParameterizedTest
  @FieldSource("org.pfha.distribution.Module#LIBRARIES")
  void isWhatIsCommitted(Module module) throws IOException {
    Renewal.holds(module.directory().resolve("api.txt"), ApiListing.of(module.jar()));
  }

  @Test
  void aListingHasWhatOthersCanReachAndNothingElse() {
    List<Class<?>> types =
        List.of(Sample.class, Shape.class, Circle.class, Shapeless.class, Colour.class);
    String name = ApiTest.class.getName();
    assertThat(ApiListing.of(types, type -> Modifier.isPublic(type.getModifiers())))
        .map(line -> line.replace(name, "T"))
        .containsExactly(
            "T$Sample = public static class<T extends java.lang.Comparable<T>> is"
                + " java.io.Closeable, java.lang.Runnable",
            "T$Sample protected final java.util.List<? super T> kept",
            "T$Sample protected new(T, java.lang.String...)",
            "T$Sample protected void forSubclasses()",
            "T$Sample public static <E extends java.lang.Exception> E"
                + " rethrown(java.util.function.Function<? super E, byte[]>) throws E",
            "T$Sample public static final int LIMIT",
            "T$Sample public void close() throws java.io.IOException",
            "T$Sample public void run()",
            "T$Shape = public sealed interface permits T$Circle",
            "T$Circle = public record is T$Shape",
            "T$Circle public double radius()",
            "T$Circle public new(double)",
            "T$Colour = public enum",
            "T$Colour public static final constant T$Colour BLUE",
            "T$Colour public static final constant T$Colour RED");
  }

  @Test
  void aDifferenceIsShownWithTheCommandThatRenews(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("api.txt"), "kept\ngone\n");
    Renewal.holds(file, List.of("kept", "gone"), false);
    assertThatThrownBy(() -> Renewal.holds(file, List.of("come", "kept"), false))
        .hasMessageContaining("- gone\n+ come\n")
        .hasMessageNotContaining("- kept")
        .hasMessageContaining("-Drenew=true");
    assertThat(Files.readString(file)).isEqualTo("kept\ngone\n");
    Renewal.holds(file, List.of("come", "kept"), true);
    assertThat(Files.readString(file)).isEqualTo("come\nkept\n");
  }
}
