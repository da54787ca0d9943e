package org.pfha.configsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.Credentials;
import org.pfha.configsync.rpc.PeerTrust;
import org.pfha.configsync.rpc.RpcClient;
import org.pfha.configsync.rpc.RpcFault;
import org.pfha.configsync.rpc.RpcHttpsServer;
import org.pfha.configsync.rpc.RpcRequest;
import org.pfha.configsync.rpc.TlsIdentity;
import org.pfha.configsync.rpc.XmlRpc;

/** The same pair over a real TLS connection on the loopback address. */
@Timeout(60)
class HttpsSyncTest {
  private static final char[] SECRET = "Sync-Pa55 wörd/+%:@".toCharArray();

  private final Samples.VirtualClock clock = new Samples.VirtualClock();
  private ConfigStore store;
  private TlsIdentity identity;
  private RpcHttpsServer server;

  @BeforeEach
  void listen() throws IOException {
    store = ConfigStores.inMemory(Samples.bytes("config-secondary.xml"));
    identity = TlsIdentity.selfSigned(Instant.now(), InetAddress.getLoopbackAddress());
    server =
        ConfigSecondary.over(store)
            .credentials("hasync", SECRET)
            .areas(SyncArea.all())
            .clock(clock)
            .build()
            .listen(0, identity);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private String peer() {
    return "https://127.0.0.1:" + server.port();
  }

  private SyncReceipt sync(String fingerprint, String secret) throws Exception {
    PeerTrust trust =
        fingerprint.isEmpty() ? PeerTrust.system() : PeerTrust.certificate(fingerprint);
    return ConfigPrimary.to(peer())
        .as("hasync", secret.toCharArray())
        .trust(trust)
        .areas(SyncArea.all())
        .clock(clock)
        .build()
        .sync(Samples.tree("config-primary.xml"));
  }

  private void assertUntouched() throws IOException {
    assertThat(store.load()).isEqualTo(Samples.bytes("config-secondary.xml"));
  }

  @Test
  void aPinnedPeerReceivesTheConfigurationAndProvesIt() throws Exception {
    SyncReceipt receipt = sync(identity.fingerprint(), new String(SECRET));
    assertThat(receipt.verified()).isTrue();
    ConfigTree after = ConfigTree.parse(store.load());
    assertThat(receipt.sections())
        .filteredOn("name", "filter")
        .extracting(SyncReceipt.Section::sentDigest)
        .containsExactly(ConfigTree.digest(after.section("filter")));
    assertThat(after.section("staticroutes"))
        .isEqualTo(Samples.tree("config-primary.xml").section("staticroutes"));
    assertThat(after.section("interfaces"))
        .isEqualTo(Samples.tree("config-secondary.xml").section("interfaces"));
  }

  @Test
  void anotherCertificateIsNamedAndNothingIsSent() throws Exception {
    TlsIdentity other = TlsIdentity.selfSigned(Instant.now());
    SyncException failure =
        catchThrowableOfType(
            SyncException.class, () -> sync(other.fingerprint(), new String(SECRET)));
    assertThat(failure).isInstanceOf(SyncException.PinMismatch.class);
    assertThat(failure).hasMessageContainingAll(identity.fingerprint(), other.fingerprint());
    assertUntouched();
  }

  @Test
  void aSelfSignedCertificateIsNotTrustedWithoutAPin() throws Exception {
    SyncException failure =
        catchThrowableOfType(SyncException.class, () -> sync("", new String(SECRET)));
    assertThat(failure).isInstanceOf(SyncException.CertificateUntrusted.class);
    assertUntouched();
  }

  @Test
  void aWrongPasswordIsRefusedWithoutShowingIt() throws Exception {
    SyncException failure =
        catchThrowableOfType(
            SyncException.class, () -> sync(identity.fingerprint(), "guessed-secret"));
    assertThat(failure).isInstanceOf(SyncException.Credentials.class);
    assertThat(failure).hasMessageNotContaining("guessed-secret");
    assertUntouched();
  }

  @ParameterizedTest
  @ValueSource(strings = {"exec_php", "exec_shell", "reboot", "nosuch"})
  void methodsThatRunCodeDoNotExist(String method) throws Exception {
    RpcClient client =
        RpcClient.to(peer()).trust(PeerTrust.certificate(identity.fingerprint())).build();
    RpcRequest call =
        RpcRequest.of(
            new Credentials("hasync", SECRET),
            Duration.ofSeconds(10),
            "pfsense." + method,
            "touch /tmp/owned");
    assertThatThrownBy(() -> client.call(call))
        .isInstanceOfSatisfying(RpcFault.class, fault -> assertThat(fault.code()).isEqualTo(-32601))
        .hasMessageNotContaining(method);
    assertUntouched();
  }

  @Test
  void onlyPostToTheOnePathIsAnswered() throws Exception {
    assertThat(status("GET /xmlrpc.php HTTP/1.1", "", 0)).startsWith("HTTP/1.1 405");
    assertThat(status("PUT /xmlrpc.php HTTP/1.1", "Content-Length: 0\r\n", 0))
        .startsWith("HTTP/1.1 405");
    for (String path : new String[] {"/", "/xmlrpc.php/", "/xmlrpc.php5", "//xmlrpc.php", "/x"}) {
      assertThat(status("POST " + path + " HTTP/1.1", "Content-Length: 0\r\n", 0))
          .as(path)
          .startsWith("HTTP/1.1 404");
    }
    assertUntouched();
  }

  @Test
  void anOversizedBodyIsRefusedBeforeItIsRead() throws Exception {
    String tooLong = "Content-Length: " + (XmlRpc.MAX_BYTES + 1L) + "\r\n";
    assertThat(status("POST /xmlrpc.php HTTP/1.1", tooLong + authorization(), 0))
        .startsWith("HTTP/1.1 413");
    assertUntouched();
  }

  @Test
  void anOversizedBodyOfUnknownLengthIsRefusedAtTheLimit() throws Exception {
    String chunked = "Transfer-Encoding: chunked\r\n";
    String answer;
    try {
      answer = status("POST /xmlrpc.php HTTP/1.1", chunked + authorization(), XmlRpc.MAX_BYTES + 1);
    } catch (SocketException e) {
      answer = "HTTP/1.1 413 and closed while bytes were still coming";
    }
    assertThat(answer).startsWith("HTTP/1.1 413");
    assertUntouched();
  }

  private static String authorization() {
    String both = "hasync:" + new String(SECRET);
    return "Authorization: Basic "
        + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8))
        + "\r\n";
  }

  /** Sends a head, then so many bytes in chunks, and reads the first line of the answer. */
  private String status(String request, String headers, int chunked) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustAll()}, new SecureRandom());
    try (SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(30_000);
      OutputStream out = socket.getOutputStream();
      String head = request + "\r\nHost: peer\r\nConnection: close\r\n" + headers + "\r\n";
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      if (chunked > 0) {
        chunk(out, "<methodCall><methodName>x</methodName><params><param><value><array><data>");
      }
      String chunk = "<value>" + "x".repeat((1 << 16) - 15) + "</value>";
      for (int left = chunked; left > 0; left -= chunk.length()) {
        chunk(out, chunk);
      }
      if (chunked > 0) {
        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      }
      out.flush();
      return String.valueOf(
          new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
              .readLine());
    }
  }

  private static void chunk(OutputStream out, String text) throws IOException {
    String chunk = Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    out.write(chunk.getBytes(StandardCharsets.US_ASCII));
  }

  private static final class TrustAll implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
