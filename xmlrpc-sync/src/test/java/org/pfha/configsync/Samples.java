package org.pfha.configsync;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.pfha.configsync.config.ConfigTree;

/** The invented pair of configurations, and a clock that only moves when someone waits. */
final class Samples {
  private Samples() {}

  static byte[] bytes(String name) throws IOException {
    try (InputStream in = Samples.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  static ConfigTree tree(String name) throws Exception {
    return ConfigTree.parse(bytes(name));
  }

  static ConfigTree parse(String xml) throws Exception {
    return ConfigTree.parse(xml.getBytes(StandardCharsets.UTF_8));
  }

  static InetAddress primaryAddress() throws IOException {
    return InetAddress.getByName("172.31.255.1");
  }

  static final class VirtualClock implements SyncClock {
    private Instant now = Instant.ofEpochSecond(1_700_000_100);

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public void pause(Duration duration) {
      now = now.plus(duration);
    }
  }
}
