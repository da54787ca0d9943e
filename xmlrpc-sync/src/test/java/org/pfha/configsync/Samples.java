package org.pfha.configsync;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.EncodedMessage;
import org.pfha.configsync.rpc.RpcServer;

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

  /** What a server answers to the bytes of one call. */
  static byte[] exchange(RpcServer server, String user, char[] secret, byte[] call)
      throws IOException {
    byte[] both = (user + ":" + new String(secret)).getBytes(StandardCharsets.UTF_8);
    String header = "Basic " + Base64.getEncoder().encodeToString(both);
    EncodedMessage body =
        server.handle(primaryAddress(), header, new ByteArrayInputStream(call)).body();
    return body == null ? new byte[0] : body.toByteArray();
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
