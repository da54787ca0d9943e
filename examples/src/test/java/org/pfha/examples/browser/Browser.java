package org.pfha.examples.browser;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.pfha.carp.json.JsonObject;
import org.pfha.examples.conformance.Json;

/** Headless Chromium with a profile of its own, driven over WebDriver. Confined to one thread. */
public final class Browser implements AutoCloseable {

  private static final Pattern STARTED = Pattern.compile("started successfully on port (\\d+)");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long WAIT_MILLIS = 30_000;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path profile;
  private final Process driver;
  private final String session;

  private Browser(Path profile, Process driver, int port) throws IOException {
    this.profile = profile;
    this.driver = driver;
    String sessions = "http://127.0.0.1:" + port + "/session";
    session = sessions + "/" + post(sessions, capabilities(profile)).get("sessionId").text();
  }

  /** What is missing to start one. */
  static List<String> missing() {
    List<String> missing = new ArrayList<>();
    for (String program : List.of("chromium", "chromedriver")) {
      if (Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
          .noneMatch(directory -> Files.isExecutable(Path.of(directory, program)))) {
        missing.add(program);
      }
    }
    return missing;
  }

  /** Starts one. */
  public static Browser start() throws IOException {
    Path profile = Files.createTempDirectory("pfha-browser");
    Process driver =
        new ProcessBuilder("chromedriver", "--port=0")
            .directory(profile.toFile())
            .redirectErrorStream(true)
            .start();
    boolean done = false;
    try {
      Browser browser = new Browser(profile, driver, port(driver));
      done = true;
      return browser;
    } finally {
      if (!done) {
        end(driver, profile);
      }
    }
  }

  private static int port(Process driver) throws IOException {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(driver.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      Matcher started = STARTED.matcher(line);
      if (started.find()) {
        return Integer.parseInt(started.group(1));
      }
    }
    throw new IOException("chromedriver does not start");
  }

  private static String capabilities(Path profile) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--headless=new",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                "--window-size=1280,900",
                "--user-data-dir=" + profile.resolve("profile")));
    if ("root".equals(System.getProperty("user.name"))) {
      arguments.add("--no-sandbox"); // it wants another user
    }
    JsonObject chromium =
        new JsonObject()
            .field(
                "goog:chromeOptions",
                new JsonObject().field("binary", chromium()).texts("args", arguments))
            .field(
                "goog:loggingPrefs",
                new JsonObject().field("browser", "ALL").field("performance", "ALL"));
    return new JsonObject()
        .field("capabilities", new JsonObject().field("alwaysMatch", chromium))
        .toString();
  }

  private static String chromium() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .map(directory -> Path.of(directory, "chromium"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow()
        .toString();
  }

  private Json post(String url, String body) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      Json value = Json.parse(url, answer.body()).get("value");
      if (answer.statusCode() != 200) {
        throw new IOException(value.get("error").text() + ": " + value.get("message").text());
      }
      return value;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Goes to a page and waits until it is loaded. */
  public void open(String url) throws IOException {
    // Another fragment alone would not load it again.
    post(session + "/url", new JsonObject().field("url", "about:blank").toString());
    post(session + "/url", new JsonObject().field("url", url).toString());
  }

  /** The value of the body of a function. */
  public Json run(String script) throws IOException {
    return post(
        session + "/execute/sync",
        new JsonObject().field("script", script).json("args", "[]").toString());
  }

  /** The value of an expression that is a text. */
  public String text(String expression) throws IOException {
    return run("return String(" + expression + ")").text();
  }

  /** Waits in the page until an expression is true; false if it does not come to be. */
  public boolean becomes(String expression) throws IOException {
    post(session + "/timeouts", new JsonObject().field("script", WAIT_MILLIS + 10_000).toString());
    String script =
        """
        const done = arguments[arguments.length - 1], end = Date.now() + %d;
        (function look() {
          if (%s) done(true);
          else if (Date.now() > end) done(false);
          else setTimeout(look, 50);
        })();
        """
            .formatted(WAIT_MILLIS, expression);
    return post(
            session + "/execute/async",
            new JsonObject().field("script", script).json("args", "[]").toString())
        .bool();
  }

  /** A command of the protocol of Chromium's developer tools. */
  public Json tell(String command, JsonObject parameters) throws IOException {
    return post(
        session + "/goog/cdp/execute",
        new JsonObject().field("cmd", command).field("params", parameters).toString());
  }

  /** Makes the window a phone's or a desk's. */
  public void size(int width, int height, boolean phone) throws IOException {
    tell(
        "Emulation.setDeviceMetricsOverride",
        new JsonObject()
            .field("width", width)
            .field("height", height)
            .field("deviceScaleFactor", phone ? 2 : 1)
            .field("mobile", phone));
  }

  /** Prefers light or dark. */
  public void prefer(String scheme) throws IOException {
    tell(
        "Emulation.setEmulatedMedia",
        new JsonObject()
            .list(
                "features",
                List.of(
                    new JsonObject().field("name", "prefers-color-scheme").field("value", scheme)),
                Object::toString));
  }

  /** Writes the whole page as a picture. */
  public void picture(Path file) throws IOException {
    Json taken =
        tell("Page.captureScreenshot", new JsonObject().field("captureBeyondViewport", true));
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, Base64.getDecoder().decode(taken.get("data").text()));
  }

  /** What the console has said since it was asked last, errors and warnings. */
  public List<String> complaints() throws IOException {
    List<String> complaints = new ArrayList<>();
    for (Json entry : log("browser")) {
      if (List.of("SEVERE", "WARNING").contains(entry.get("level").text())) {
        complaints.add(entry.get("message").text());
      }
    }
    return complaints;
  }

  /** What was asked for over the network since it was asked last. */
  public List<URI> requests() throws IOException {
    List<URI> requests = new ArrayList<>();
    for (Json entry : log("performance")) {
      Json message = Json.parse("performance", entry.get("message").text()).get("message");
      if (message.get("method").text().equals("Network.requestWillBeSent")) {
        requests.add(
            URI.create(message.get("params").get("request").get("url").text().split(",", 2)[0]));
      }
    }
    return requests;
  }

  private List<Json> log(String type) throws IOException {
    return post(session + "/se/log", new JsonObject().field("type", type).toString()).items();
  }

  @Override
  public void close() throws IOException {
    try {
      http.send(
          HttpRequest.newBuilder(URI.create(session)).timeout(PATIENCE).DELETE().build(),
          HttpResponse.BodyHandlers.discarding());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end(driver, profile);
    }
  }

  /** What was started is ended, the browser with its driver, and nothing is left of it. */
  private static void end(Process driver, Path profile) throws IOException {
    List<ProcessHandle> all =
        Stream.concat(driver.descendants(), Stream.of(driver.toHandle())).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle each : all) {
      each.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
    try (Stream<Path> files = Files.walk(profile)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.deleteIfExists(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
