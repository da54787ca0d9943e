package org.pfha.examples.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code pfha sync} from the command line, over TLS on the loopback address. */
@Timeout(120)
class SyncCommandTest {

  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path own;
  private Path theirs;
  private Path password;
  private @Nullable Thread server;
  private @Nullable BufferedReader serverOutput;

  @BeforeEach
  void files() throws IOException {
    own = Files.writeString(directory.resolve("own.xml"), sections("pass in all", "rdr"));
    theirs = Files.writeString(directory.resolve("theirs.xml"), sections("block in all", "rdr"));
    password = Files.writeString(directory.resolve("password"), "s3cret wörd\n");
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (server != null) {
      server.interrupt();
      server.join(20_000);
      assertThat(server.isAlive()).isFalse();
    }
  }

  private static String sections(String rules, String nat) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<pfha version=\"7\">\n"
        + "  <section name=\"rules\">"
        + rules
        + "</section>\n  <section name=\"nat\">"
        + nat
        + "</section>\n</pfha>\n";
  }

  private int run(String... arguments) {
    return new CommandLine(new SyncCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  /** Starts {@code serve} on a free port; returns how to reach it. */
  private List<String> serve(String... more) throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("serve", theirs.toString(), "--listen", "127.0.0.1:0"));
    arguments.addAll(List.of("--user", "sync", "--password-file", password.toString()));
    arguments.addAll(List.of("--identity", directory.resolve("identity.pem").toString()));
    arguments.addAll(Arrays.asList(more));
    PipedWriter pipe = new PipedWriter();
    BufferedReader lines = new BufferedReader(new PipedReader(pipe, 1 << 16));
    Thread thread =
        new Thread(
            () ->
                new CommandLine(new SyncCommand())
                    .setOut(new PrintWriter(pipe, true))
                    .setErr(new PrintWriter(pipe, true))
                    .execute(arguments.toArray(String[]::new)));
    thread.start();
    server = thread;
    serverOutput = lines;
    String[] first = lines.readLine().split("[ ,]+");
    assertThat(first).startsWith("listening", "on");
    return List.of(
        "--to",
        "https://" + first[2],
        "--pin",
        first[first.length - 1],
        "--user",
        "sync",
        "--password-file",
        password.toString());
  }

  private int call(String command, List<String> peer, String... more) {
    List<String> arguments = new ArrayList<>(List.of(command, own.toString()));
    arguments.addAll(peer);
    arguments.addAll(Arrays.asList(more));
    return run(arguments.toArray(String[]::new));
  }

  @Test
  void planPushAndStatusOfNamedSections() throws Exception {
    List<String> peer = serve();
    assertThat(call("status", peer)).isEqualTo(3);
    assertThat(out.toString()).contains("differs    rules", "same       nat");
    assertThat(call("plan", peer)).isZero();
    assertThat(out.toString()).contains("~ rules").doesNotContain("\u001b", "pass in all");
    assertThat(theirs).hasContent(sections("block in all", "rdr"));

    assertThat(call("push", peer)).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("verified        rules", "pushed in", "writing to the peer");
    assertThat(Files.readString(theirs)).contains("pass in all", "(system)@127.0.0.1");
    assertThat(Files.getPosixFilePermissions(theirs))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(serverOutput.readLine()).startsWith("APPLIED from 127.0.0.1 [rules]");

    assertThat(call("push", peer)).isZero();
    assertThat(out.toString()).contains("nothing to send");
    assertThat(call("status", peer)).isZero();
  }

  @Test
  void jsonIsOneObjectPerCall() throws Exception {
    List<String> peer = serve("--json");
    assertThat(call("plan", peer, "--json")).isZero();
    assertThat(call("push", peer, "--json")).isZero();
    String[] lines = out.toString().split("\n");
    assertThat(lines).hasSize(2);
    assertThat(lines[0])
        .startsWith("{\"peer\":\"https://127.0.0.1:")
        .contains("\"changes_nothing\":false", "\"change\":\"CHANGED\"", "\"diff\":[{");
    assertThat(lines[1]).contains("\"verified\":true", "\"steps\":{", "\"WRITE\":");
    assertThat(serverOutput.readLine())
        .contains("\"outcome\":\"APPLIED\"", "\"changed\":[\"rules\"]");
  }

  @Test
  void aWrongPasswordAWrongPinAndADeadPortAreNamedWithTheirRemedy() throws Exception {
    List<String> peer = new ArrayList<>(serve());
    Path wrong = Files.writeString(directory.resolve("wrong"), "guessed-secret\n");
    peer.set(7, wrong.toString());
    assertThat(call("push", peer)).isEqualTo(1);
    assertThat(err.toString())
        .contains("user sync is not accepted", "check user and password")
        .doesNotContain("guessed-secret");

    peer.set(3, "00".repeat(32));
    assertThat(call("push", peer)).isEqualTo(1);
    assertThat(err.toString()).contains("pin the new one only if you replaced it yourself");

    peer.set(1, "https://127.0.0.1:1");
    assertThat(call("plan", peer)).isEqualTo(1);
    assertThat(err.toString()).contains("not reachable", "check address and port");
    assertThat(theirs).hasContent(sections("block in all", "rdr"));
  }

  @Test
  void aHookThatFailsPutsTheOldFileBack() throws Exception {
    Path log = directory.resolve("log");
    Path hook = directory.resolve("hook.sh");
    Files.writeString(hook, "#!/bin/sh\necho \"$1\" >> " + log + "\n[ \"$1\" = RollBack ]\n");
    Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwx------"));
    List<String> peer = serve("--hook", hook.toString());
    assertThat(call("push", peer)).isEqualTo(1);
    assertThat(err.toString()).contains("the old configuration is in force again");
    assertThat(theirs).hasContent(sections("block in all", "rdr"));
    assertThat(log).hasContent("ApplySections\nRollBack\n");
    assertThat(serverOutput.readLine()).startsWith("ROLLED_BACK from 127.0.0.1");
  }

  @Test
  void whatIsKeptAndExcludedStays() throws Exception {
    Files.writeString(own, sections("pass in all", "other"));
    List<String> peer = serve("--keep", "nat");
    assertThat(call("push", peer, "--exclude", "nat")).isZero();
    assertThat(out.toString()).contains("nat (excluded)");
    assertThat(Files.readString(theirs)).contains("pass in all", ">rdr<");
    assertThat(call("push", peer)).isEqualTo(1);
    assertThat(err.toString()).contains("the peer confirmed, but differs: nat");
  }

  @Test
  void pfSenseFilesAreRecognisedByTheirRoot() throws Exception {
    for (String name : List.of("config-primary.xml", "config-secondary.xml")) {
      try (var in = getClass().getResourceAsStream("/org/pfha/examples/demo/" + name)) {
        Files.write(name.contains("primary") ? own : theirs, in.readAllBytes());
      }
    }
    List<String> peer = serve("--areas", "all");
    assertThat(call("plan", peer, "--areas", "rules,aliases")).as(err.toString()).isZero();
    assertThat(out.toString()).contains("filter/rule", "not covered by any area:");
    assertThat(call("push", peer)).as(err.toString()).isZero();
    out.getBuffer().setLength(0);
    int status = call("status", peer);
    assertThat(status).as(out.toString()).isZero();
  }

  @Test
  void wrongUseIsSaidWithExitCodeTwo() throws Exception {
    assertThat(run("push", own.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("--to");
    List<String> peer =
        List.of("--to", "http://192.0.2.1", "--user", "u", "--password-file", password.toString());
    assertThat(call("push", peer)).isEqualTo(2);
    assertThat(err.toString()).contains("https");
    assertThat(call("push", peer, "--exclude", "no path")).isEqualTo(2);
    assertThat(call("push", peer, "--password-env", "X")).isEqualTo(2);
    Files.writeString(own, "<other/>");
    assertThat(call("push", peer)).isEqualTo(1);
    assertThat(err.toString()).contains("none of pfsense, opnsense and pfha");
  }

  @Test
  void longTransfersShowProgress() throws Exception {
    Files.writeString(own, sections("x".repeat(3_000_000), "rdr"));
    List<String> peer = serve();
    int code = call("push", peer);
    assertThat(code).as(err.toString()).isZero();
    assertThat(err.toString())
        .contains("sent", "[####", "100 %  3.0 of 3.0 MB")
        .doesNotContain("xxx");
    err.getBuffer().setLength(0);
    assertThat(call("push", peer, "--always", "--quiet")).isZero();
    assertThat(err.toString()).doesNotContain("sent");
  }
}
