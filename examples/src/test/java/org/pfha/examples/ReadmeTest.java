package org.pfha.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README promises a newcomer. */
class ReadmeTest {

  private static final Path README = Path.of("..", "README.md");

  @TempDir private Path directory;

  @Test
  void quickStartCompilesAndFailsOver() throws Exception {
    String code = quickStart();
    assertThat(code.lines().filter(line -> !line.startsWith("import")).count())
        .isLessThanOrEqualTo(33);
    Path source = Files.writeString(directory.resolve("QuickStart.java"), code);

    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter complaints = new StringWriter();
    boolean compiled =
        compiler
            .getTask(
                complaints,
                null,
                null,
                List.of(
                    "--release",
                    "17",
                    "-proc:none",
                    "-d",
                    directory.toString(),
                    "-cp",
                    System.getProperty("java.class.path")),
                null,
                compiler
                    .getStandardFileManager(null, null, StandardCharsets.UTF_8)
                    .getJavaFileObjects(source))
            .call();
    assertThat(compiled).as(complaints.toString()).isTrue();

    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream before = System.out;
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {directory.toUri().toURL()}, getClass().getClassLoader())) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      loader
          .loadClass("QuickStart")
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[0]);
    } finally {
      System.setOut(before);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("MASTER / BACKUP")
        .contains("after the crash: MASTER");
  }

  @Test
  void theTwoCommandsAreThereForTheGateToCall() throws Exception {
    List<String> lines = Files.readAllLines(README);
    assertThat(lines).anyMatch(line -> line.matches(" {4}mvn .*verify"));
    assertThat(lines).anyMatch(line -> line.matches(" {4}mvn .*pfha\\.jar demo"));
  }

  private static String quickStart() throws Exception {
    Matcher block =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(README));
    assertThat(block.find()).isTrue();
    return block.group(1);
  }
}
