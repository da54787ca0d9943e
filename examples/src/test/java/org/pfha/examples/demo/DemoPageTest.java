package org.pfha.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.examples.browser.Browser;
import org.pfha.examples.browser.NeedsBrowser;
import org.pfha.examples.browser.Page;

/** The live demo in a browser: what somebody sees, and what happens when he presses a button. */
@NeedsBrowser
class DemoPageTest {

  private static final int SPEED = 10;
  private static final Path PICTURES = Path.of("target", "status-page");

  private static Browser browser;

  private final StringWriter printed = new StringWriter();
  private DemoServer demo;
  private Page page;

  @BeforeAll
  static void startBrowser() throws IOException {
    browser = Browser.start();
  }

  @AfterAll
  static void endBrowser() throws IOException {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void openPage() throws IOException {
    demo =
        new DemoServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            SPEED,
            new PrintWriter(printed));
    browser.size(1280, 900, false);
    browser.prefer("light");
    browser.complaints();
    browser.requests();
    page = new Page(browser);
    browser.open(demo.url() + "#token=" + demo.secret());
    assertThat(page.becomes(0, "fw-a", "MASTER")).as(page.text("body")).isTrue();
    assertThat(page.becomes(1, "fw-a", "MASTER")).isTrue();
  }

  @AfterEach
  void endDemo() {
    demo.close();
  }

  @Test
  void showsThePairAndLoadsNothingElse() throws IOException {
    assertThat(page.becomes(0, "fw-b", "BACKUP")).isTrue();
    assertThat(page.text("#verdict")).contains("fw-a carries both addresses");
    assertThat(page.text("#vips")).contains("10.0.0.1/24", "192.0.2.1/24", "master timed out");
    assertThat(page.text("#states")).contains("Identity digest", "Progress digest", "Sync lag");
    assertThat(page.says("#states", "✓ same connections")).isTrue();
    assertThat(page.text("#timeline")).contains("BACKUP -> MASTER (master timed out)");
    assertThat(browser.text("location.href"))
        .as("the token is not left there")
        .isEqualTo(demo.url());
    assertThat(browser.complaints()).isEmpty();
    List<URI> elsewhere = page.requestsElsewhere(demo.url());
    assertThat(elsewhere).isEmpty();
  }

  @Test
  void aFailoverThatIsClickedMakesTheOtherNodeMaster() throws IOException {
    browser.run(
        """
        window.told = [];
        new MutationObserver(() => window.told.push(document.getElementById('announce').textContent))
          .observe(document.getElementById('announce'), {childList: true, characterData: true, subtree: true});
        """);
    page.press("Fail over");
    assertThat(page.becomes(0, "fw-b", "MASTER")).isTrue();
    assertThat(page.becomes(1, "fw-b", "MASTER")).isTrue();
    assertThat(page.becomes(0, "fw-a", "OFF")).isTrue();
    assertThat(page.text("#timeline"))
        .contains("loses power", "1@em0: BACKUP -> MASTER (master timed out)");
    assertThat(page.text("#verdict"))
        .contains("fw-b carries both addresses", "fw-a is off: there is no one to fail over to");
    assertThat(browser.becomes("window.told.join(' ').includes('fw-b is now MASTER of 10.0.0.1')"))
        .as("a screen reader is told: " + browser.text("window.told.join(' | ')"))
        .isTrue();

    page.press("Power on fw-a");
    assertThat(page.becomes(0, "fw-a", "MASTER")).as("the better one takes over again").isTrue();
    assertThat(page.becomes(0, "fw-b", "BACKUP")).isTrue();
    assertThat(page.says("#states", "✓ same connections")).isTrue();
    assertThat(demo.demo().ask(LivePair::stopped)).isEmpty();
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void maintenanceMovesTheRolesAndIsShownWithItsPenalty() throws IOException {
    page.press("Enter maintenance fw-a");
    assertThat(page.becomes(0, "fw-b", "MASTER")).isTrue();
    assertThat(page.says("#nodes", "Persistent maintenance")).isTrue();
    assertThat(page.says("#nodes", "+240")).isTrue();
    assertThat(page.text("#verdict")).contains("fw-a is in maintenance");
    page.press("Leave maintenance fw-a");
    assertThat(page.becomes(0, "fw-a", "MASTER")).isTrue();
    page.press("Disable CARP fw-a");
    assertThat(page.becomes(0, "fw-a", "INIT")).isTrue();
    assertThat(page.says("#nodes", "CARP temporarily disabled")).isTrue();
  }

  @Test
  void aPulledSyncCableIsExplainedAndHealed() throws IOException {
    page.press("Pull sync cable fw-a");
    assertThat(page.says("#states", "LINK_DOWN")).isTrue();
    assertThat(page.says("#states", "connections differ")).isTrue();
    page.press("Heal everything");
    assertThat(page.says("#states", "✓ same connections")).isTrue();
    assertThat(page.says("#timeline", "everything is healed")).isTrue();
    assertThat(demo.demo().ask(LivePair::stopped)).isEmpty();
  }

  @Test
  void aPushIsShownByAreaAndItsFailureWithWhatToDo() throws IOException {
    page.press("Push configuration");
    assertThat(page.says("#config", "✓ in step")).isTrue();
    assertThat(page.says("#config", "RULES")).isTrue();
    assertThat(page.says("#timeline", "sections read back and equal")).isTrue();
    page.press("Power off fw-b");
    assertThat(page.becomes(0, "fw-b", "OFF")).isTrue();
    page.press("Push configuration");
    assertThat(page.says("#config", "failed")).isTrue();
    assertThat(page.says("#config", "not in step")).isTrue();
    assertThat(page.says("#verdict", "is not in step")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "#token=wrong-but-well-formed"})
  void withoutTheTokenNothingChanges(String fragment) throws IOException {
    browser.open(demo.url() + fragment);
    assertThat(page.becomes(0, "fw-a", "MASTER")).isTrue();
    if (fragment.isEmpty()) {
      assertThat(
              browser
                  .run(
                      "return [...document.querySelectorAll('[data-path]')].every(b => b.disabled)")
                  .bool())
          .isTrue();
      browser.run("document.getElementById('token').value = 'nonsense'");
      page.press("Unlock");
    }
    page.press("Fail over");
    assertThat(page.says("#alert", "The token was not accepted")).isTrue();
    assertThat(browser.becomes("!!document.getElementById('unlock')")).isTrue();
    assertThat(page.text("#timeline")).doesNotContain("loses power");
  }

  @Test
  void aServerThatEndsIsNoticed() throws IOException {
    demo.close();
    assertThat(page.says("#alert", "The connection is lost. What you see is as of")).isTrue();
    assertThat(page.text("#link")).contains("Connection lost");
    assertThat(browser.run("return document.body.classList.contains('stale')").bool()).isTrue();
    browser.picture(PICTURES.resolve("stale.png"));
  }

  @ParameterizedTest
  @CsvSource({"1280, light", "1280, dark", "360, light", "360, dark"})
  void everybodyCanReadIt(int width, String scheme) throws IOException {
    boolean phone = width < 500;
    browser.size(width, phone ? 780 : 900, phone);
    browser.prefer(scheme);
    assertThat(page.barriers()).as("a healthy pair").isEmpty();
    page.press("Push configuration");
    page.press("Enter maintenance fw-a");
    assertThat(page.becomes(0, "fw-b", "MASTER")).isTrue();
    assertThat(page.says("#config", "in step")).isTrue();
    browser.run("document.querySelectorAll('details').forEach(d => d.open = true)");
    assertThat(page.barriers()).as("one in maintenance").isEmpty();
    assertThat(page.overhang()).isZero();
    browser.run(
        "document.querySelectorAll('#vips details, #config details').forEach((d, i) => d.open = i === 0)");
    browser.picture(PICTURES.resolve("maintenance-%d-%s.png".formatted(width, scheme)));
    page.press("Power off fw-b");
    assertThat(page.becomes(0, "fw-b", "OFF")).isTrue();
    assertThat(page.barriers()).as("one is off").isEmpty();
    assertThat(page.overhang()).isZero();
    browser.picture(PICTURES.resolve("off-%d-%s.png".formatted(width, scheme)));
  }

  @Test
  void allCanBeDoneWithTheKeyboardAndKeepsItsPlace() throws IOException {
    browser.run("document.querySelector('[data-path=\"/fail-over\"]').focus()");
    browser.run("document.querySelector('#vips summary').click()");
    String before = page.text("#link");
    assertThat(browser.becomes("document.getElementById('link').innerText !== '" + before + "'"))
        .as("it was updated")
        .isTrue();
    assertThat(browser.text("document.activeElement.dataset.path")).isEqualTo("/fail-over");
    assertThat(browser.run("return document.querySelector('#vips details').open").bool()).isTrue();
    assertThat(page.text("#vips")).contains("Last rule", "Decisions, newest first");
  }
}
