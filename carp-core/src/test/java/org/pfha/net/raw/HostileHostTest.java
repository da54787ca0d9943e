package org.pfha.net.raw;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Native;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.net.sys.NativeAccessException;

/** What a host refuses is said in words that tell what to do, and doing it helps. */
@NeedsNamespaces({"unshare", "setpriv", "mount"})
class HostileHostTest {

  @TempDir Path directory;
  private Wire wire;
  private Wire.Host host;

  @BeforeEach
  void plugIn() throws Exception {
    wire = Wire.of("host");
    host = wire.host("host");
  }

  @AfterEach
  void unplug() {
    wire.close();
  }

  @Test
  void withoutThePrivilegeItIsNamed() throws Exception {
    assertThat(host.exec(java("setpriv --bounding-set=-net_raw --inh-caps=-net_raw")))
        .contains(RawException.NoPrivilege.class.getName())
        .contains("CAP_NET_RAW", "root", "em0");
    assertThat(host.exec(java("setpriv --bounding-set=-net_admin --inh-caps=-net_admin")))
        .endsWith("opened em0");
  }

  /** In a mount namespace of its own, all that JNA would unpack into is such a file system. */
  @ParameterizedTest
  @ValueSource(strings = {"noexec", "ro"})
  void whereJnaCannotUnpackTheSettingIsNamedAndHelps(String option) throws Exception {
    Path mounted = Files.createDirectory(directory.resolve("mounted"));
    Path good = Files.createDirectory(directory.resolve("good"));
    String confine =
        "mount -t tmpfs -o %s none %s && XDG_CACHE_HOME=%s exec "
            .formatted(option, mounted, mounted);
    String[] hostile = {"-Djava.io.tmpdir=" + mounted, "-Duser.home=" + mounted};
    String said = host.exec(inMountNamespace(confine, hostile));
    assertThat(said)
        .contains(NativeAccessException.class.getName())
        .contains(
            "-Djna.tmpdir=", "-Djna.nounpack=true", "-Djna.boot.library.path=", mounted.toString())
        .contains(option.equals("noexec") ? "noexec" : "cannot be written");
    assertThat(host.exec(inMountNamespace(confine, hostile[0], hostile[1], "-Djna.tmpdir=" + good)))
        .endsWith("opened em0");
    unpack(good.resolve("libjnidispatch.so"));
    assertThat(
            host.exec(
                inMountNamespace(
                    confine,
                    hostile[0],
                    hostile[1],
                    "-Djna.nounpack=true",
                    "-Djna.boot.library.path=" + good)))
        .endsWith("opened em0");
    assertThat(host.exec(inMountNamespace(confine, hostile[0], hostile[1], "-Djna.nounpack=true")))
        .contains(NativeAccessException.class.getName())
        .contains("-Djna.boot.library.path=");
  }

  private static void unpack(Path to) throws IOException {
    String arch = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86-64";
    String name = "linux-%s/libjnidispatch.so".formatted(arch);
    try (InputStream in = Native.class.getResourceAsStream(name)) {
      Files.copy(Objects.requireNonNull(in, name), to);
    }
  }

  private static String[] java(String wrapper, String... options) {
    List<String> command = new ArrayList<>();
    for (String word : wrapper.split(" ", -1)) {
      command.add(word);
    }
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(OpenProcess.class.getName());
    return command.toArray(String[]::new);
  }

  private static String[] inMountNamespace(String confine, String... options) {
    return new String[] {
      "unshare", "--mount", "sh", "-c", confine + String.join(" ", java("env", options))
    };
  }
}
