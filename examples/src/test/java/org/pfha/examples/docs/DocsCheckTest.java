package org.pfha.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is wrong on a page is noticed, and said with its line. */
class DocsCheckTest {

  @TempDir private Path classes;

  @Command(
      name = "pfha",
      subcommands = {Inspect.class})
  private static final class Root {}

  @Command(name = "inspect")
  private static final class Inspect {
    @Option(names = "--keys")
    @SuppressWarnings("UnusedVariable")
    private Path keys;

    @Parameters(index = "0")
    @SuppressWarnings("UnusedVariable")
    private Path file;
  }

  private List<String> compiled(String... lines) throws Exception {
    return Samples.complaints(List.of(Page.of(String.join("\n", lines))), classes);
  }

  @Test
  void aFragmentCompilesWithWhatItIsGiven() throws Exception {
    assertThat(
            compiled(
                "<!-- given: CarpNode carp -->",
                "```java",
                "import org.pfha.pfsync.Finding;",
                "Role role = carp.role(\"em1\", 1);",
                "Finding none = null;",
                "```"))
        .isEmpty();
  }

  @Test
  void aMethodThatIsNotThereIsAComplaintAboutItsLine() throws Exception {
    assertThat(
            compiled(
                "# Title",
                "",
                "<!-- given: CarpNode carp -->",
                "```java",
                "carp.role(\"em1\", 1);",
                "carp.rolle(\"em1\", 1);",
                "```"))
        .singleElement()
        .asString()
        .contains("sample.md:6", "rolle");
  }

  @Test
  void aWholeFileMustHaveItsOwnImports() throws Exception {
    assertThat(compiled("```java", "public class Mine {", "  private CarpNode carp;", "}", "```"))
        .singleElement()
        .asString()
        .contains("sample.md:3", "CarpNode");
  }

  @Test
  void aQuoteThatHasChangedIsNoticed() throws Exception {
    assertThat(
            compiled(
                "<!-- quote: ../examples/src/main/java/org/pfha/examples/start/QuickStart.java -->",
                "```java",
                "public class QuickStart {}",
                "```"))
        .singleElement()
        .asString()
        .contains("sample.md:3", "QuickStart.java");
  }

  @Test
  void linksMustLeadToFilesAndHeadings() throws Exception {
    Page page =
        Page.of(
            """
            # The title, of course

            [here](#the-title-of-course) [there](../README.md) [nowhere](gone.md)
            [no heading](#no) [`Known`] [`Unknown`] [text][label]

            [`Known`]: ../README.md
            [`Idle`]: ../README.md
            """);
    assertThat(Links.complaints(page))
        .containsExactlyInAnyOrder(
            page.at(3) + ": there is no gone.md",
            page.at(4) + ": there is no heading for #no",
            page.at(4) + ": [`Unknown`] has no link",
            page.at(4) + ": [label] has no link",
            page.at(7) + ": nobody uses [`Idle`]");
  }

  @Test
  void aPageThatNobodyLinksToIsNoticed() {
    Page readme = new Page(Path.of("README.md"), List.of("[a](docs/a.md)"));
    Page a = new Page(Path.of("docs/a.md"), List.of("[up](../README.md)"));
    Page b = new Page(Path.of("docs/b.md"), List.of());
    assertThat(Links.unreachable(readme, List.of(readme, a, b))).containsExactly(b.path());
  }

  @Test
  void namesInBackticksMustExist() throws Exception {
    Names names = new Names(Path.of(".."), Set.of("Foreign"));
    Page page =
        Page.of(
            """
            `CarpNode` `CarpNode.role` `CarpNode#rotatePassword` `flushDelay(Duration)` `Foreign`
            `Optional` `org.pfha.net.raw` `CarpProfile.FREEBSD_14` `VIP_MASK` `pfha plan`
            `CarpNod` `CarpNode.rolle` `flushDeley(Duration)` `org.pfha.nett` `VIP_MASKS`
            """);
    assertThat(names.complaints(page))
        .containsExactly(
            page.at(3) + ": there is no CarpNod",
            page.at(3) + ": there is no CarpNode.rolle",
            page.at(3) + ": there is no flushDeley(Duration)",
            page.at(3) + ": there is no org.pfha.nett",
            page.at(3) + ": there is no VIP_MASKS");
  }

  @Test
  void commandsAndTheirOptionsMustExist() {
    Page page =
        Page.of(
            """
            `pfha inspect --keys FILE` `pfha inspekt` `pfha inspect --kays`

                pfha inspect wan.pcap | less
                pfha inspect --keys fw1.xml
            ```
            $ pfha inspect --keys \\
                fw1.xml wan.pcap
            $ pfha inspect --verbose wan.pcap
            $ pfha inspect --keys …
            ```
            """);
    assertThat(Commands.complaints(page, new CommandLine(new Root())))
        .hasSize(4)
        .anySatisfy(each -> assertThat(each).contains("sample.md:1", "inspekt"))
        .anySatisfy(each -> assertThat(each).contains("sample.md:1", "--kays"))
        .anySatisfy(each -> assertThat(each).contains("sample.md:4", "<file>"))
        .anySatisfy(each -> assertThat(each).contains("sample.md:8", "--verbose"));
  }
}
