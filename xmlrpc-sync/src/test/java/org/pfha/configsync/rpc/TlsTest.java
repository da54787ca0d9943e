package org.pfha.configsync.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.configsync.rpc.RpcException.Cause;
import org.pfha.configsync.rpc.RpcException.Step;

/** Who is believed, and what is shown: spec section 22, row 15. */
@Timeout(60)
class TlsTest {
  private final Instant now = Instant.now();
  private static final char[] NONE = new char[0];

  private static TlsIdentity identity(Instant from, Duration validity, String... names) {
    return TlsIdentity.selfSigned(from, validity, List.of(names));
  }

  private static void refused(TlsIdentity shown, PeerTrust trust, Cause cause) throws Exception {
    try (ScriptedPeer peer = ScriptedPeer.answering(shown, new byte[0])) {
      RpcClient client = RpcClient.to(peer.url()).trust(trust).build();
      RpcException e =
          catchThrowableOfType(RpcException.class, () -> client.call(Node.request("m")));
      assertThat(e.reason()).isEqualTo(cause);
      assertThat(e.step()).isEqualTo(Step.TLS);
      assertThat(e.delivered()).isFalse();
      assertThat(peer.heads).as("what was sent").isEmpty();
    }
  }

  @Test
  void eachWayNotToBeTrustedHasItsCause() throws Exception {
    TlsIdentity good = identity(now, Duration.ofDays(1), "127.0.0.1");
    TlsIdentity other = identity(now, Duration.ofDays(1), "127.0.0.1");
    TlsIdentity expired = identity(now.minus(Duration.ofDays(9)), Duration.ofDays(1), "127.0.0.1");
    TlsIdentity early = identity(now.plus(Duration.ofDays(9)), Duration.ofDays(1), "127.0.0.1");
    TlsIdentity misnamed = identity(now, Duration.ofDays(1), "192.0.2.1", "other.example");
    refused(good, PeerTrust.system(), Cause.TLS_UNTRUSTED);
    refused(good, PeerTrust.authorities(other.chain()), Cause.TLS_UNTRUSTED);
    refused(expired, PeerTrust.authorities(expired.chain()), Cause.TLS_EXPIRED);
    refused(early, PeerTrust.authorities(early.chain()), Cause.TLS_NOT_YET_VALID);
    refused(misnamed, PeerTrust.authorities(misnamed.chain()), Cause.TLS_WRONG_HOST);
    refused(good, PeerTrust.certificate(other.fingerprint()), Cause.TLS_PIN_MISMATCH);
    refused(good, PeerTrust.publicKey(other.publicKeyFingerprint()), Cause.TLS_PIN_MISMATCH);
  }

  @Test
  void aPinAnAuthorityAndTheExplicitOptOutAreBelieved() throws Exception {
    try (Node node = new Node()) {
      for (PeerTrust trust :
          List.of(
              PeerTrust.certificate(Node.IDENTITY.fingerprint()),
              PeerTrust.certificate(
                  Node.IDENTITY
                      .fingerprint()
                      .toUpperCase(java.util.Locale.ROOT)
                      .replaceAll("..(?!$)", "$0:")),
              PeerTrust.publicKey(Node.IDENTITY.publicKeyFingerprint()),
              PeerTrust.authorities(Node.IDENTITY.chain()),
              PeerTrust.anything())) {
        RpcClient client = RpcClient.to("https://127.0.0.1:" + node.port()).trust(trust).build();
        RpcAnswer answer = client.call(Node.request("echo", "x"));
        assertThat(answer.value()).as(trust.toString()).isEqualTo(List.of("x"));
        assertThat(answer.certificate()).isEqualTo(Node.IDENTITY.chain().get(0));
        assertThat(answer.peerTime()).isBetween(now.minusSeconds(60), now.plusSeconds(600));
      }
    }
  }

  @Test
  void acceptingAnythingIsLoggedWithoutSecrets() {
    StringBuilder logged = new StringBuilder();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            logged.append(record.getLevel()).append(' ').append(record.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger(RpcClientBuilder.class.getName());
    logger.addHandler(handler);
    try {
      RpcClient.to("https://127.0.0.1").trust(PeerTrust.certificate("00".repeat(32))).build();
      assertThat(logged).isEmpty();
      RpcClient.to("https://127.0.0.1").trust(PeerTrust.anything()).build();
      assertThat(logged.toString()).startsWith("WARNING").contains("not verified");
      logged.setLength(0);
      RpcClient.to("http://127.0.0.1").plainHttp().build();
      assertThat(logged.toString()).startsWith("WARNING").contains("plain HTTP");
    } finally {
      logger.removeHandler(handler);
    }
  }

  @Test
  void aPeerWithoutTlsGetsNoCredentials() throws Exception {
    StringBuilder received = new StringBuilder();
    try (ScriptedPeer peer =
        new ScriptedPeer(
            (in, out) -> {
              received.append(new String(in.readNBytes(200), StandardCharsets.ISO_8859_1));
              out.write(
                  "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
              out.flush();
              in.transferTo(OutputStream.nullOutputStream());
            })) {
      RpcClient client =
          RpcClient.to(peer.url().replace("http:", "https:")).trust(PeerTrust.anything()).build();
      RpcException e =
          catchThrowableOfType(RpcException.class, () -> client.call(Node.request("m")));
      assertThat(e.reason()).isEqualTo(Cause.TLS_PROTOCOL);
      assertThat(received.toString()).doesNotContain("Authorization", "methodCall");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void currentProtocolsAreSpoken(String protocol) throws Exception {
    try (Node node = new Node();
        SSLSocket socket = node.connect()) {
      socket.setEnabledProtocols(new String[] {protocol});
      socket.startHandshake();
      assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
    }
  }

  @Test
  void anIdentityIsRenewedWithoutARestartAndItsKeyStays() throws Exception {
    try (Node node = new Node()) {
      RpcClient byCertificate = node.client();
      RpcClient byKey =
          RpcClient.to("https://127.0.0.1:" + node.port())
              .trust(PeerTrust.publicKey(Node.IDENTITY.publicKeyFingerprint()))
              .build();
      byCertificate.call(Node.request("echo"));
      TlsIdentity renewed = Node.IDENTITY.renewed(now.plus(Duration.ofDays(1)));
      node.https.identity(renewed);
      assertThat(byKey.call(Node.request("echo")).certificate()).isEqualTo(renewed.chain().get(0));
      RpcClient another =
          RpcClient.to("https://127.0.0.1:" + node.port())
              .trust(PeerTrust.certificate(Node.IDENTITY.fingerprint()))
              .build();
      assertThat(
              catchThrowableOfType(RpcException.class, () -> another.call(Node.request("echo")))
                  .reason())
          .isEqualTo(Cause.TLS_PIN_MISMATCH);
      assertThat(renewed.publicKeyFingerprint()).isEqualTo(Node.IDENTITY.publicKeyFingerprint());
      assertThat(renewed.chain().get(0).getSubjectAlternativeNames())
          .hasSize(3)
          .hasToString(String.valueOf(Node.IDENTITY.chain().get(0).getSubjectAlternativeNames()));
    }
  }

  @Test
  void renewalIsDueInTime() {
    TlsIdentity identity = identity(now, Duration.ofDays(100), "fw.example", "2001:db8::1");
    assertThat(identity.expiresAt())
        .isBetween(now.plus(Duration.ofDays(100)).minusSeconds(2), now.plus(Duration.ofDays(100)));
    assertThat(identity.needsRenewal(now.plus(Duration.ofDays(69)))).isFalse();
    assertThat(identity.needsRenewal(now.plus(Duration.ofDays(71)))).isTrue();
    assertThat(identity.needsRenewal(now.plus(Duration.ofDays(200)))).isTrue();
  }

  @Test
  void anIdentityIsSavedForItsOwnerOnlyAndLoadedAgain(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("node.pem");
    Node.IDENTITY.save(file);
    Node.IDENTITY.save(file);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    TlsIdentity loaded = TlsIdentity.load(file, NONE);
    assertThat(loaded.fingerprint()).isEqualTo(Node.IDENTITY.fingerprint());
    assertThat(loaded.toString()).isEqualTo("TlsIdentity[" + loaded.fingerprint() + "]");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  /** Files that other programs made: see the resources' own comment for the commands. */
  @ParameterizedTest
  @ValueSource(strings = {"rsa-pkcs1.pem", "ec-sec1.pem", "rsa-encrypted.pem", "ec-chain.pem"})
  void filesOfOpenSslAreRead(String name) throws Exception {
    String pem = pem(name);
    TlsIdentity identity = TlsIdentity.fromPem(pem, "geheim".toCharArray());
    try (ScriptedPeer peer =
        ScriptedPeer.answering(
            identity, ScriptedPeer.http("200 OK", "", Wire.answer("<int>1</int>")))) {
      RpcClient client =
          RpcClient.to(peer.url()).trust(PeerTrust.certificate(identity.fingerprint())).build();
      assertThat(client.call(Node.request("m")).value()).isEqualTo(1);
    }
    if (name.contains("chain")) {
      assertThat(identity.chain()).hasSize(2);
      assertThatThrownBy(() -> identity.renewed(now)).isInstanceOf(IllegalStateException.class);
    }
  }

  private static String pem(String name) throws Exception {
    try (java.io.InputStream in = TlsTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  @Test
  void whatIsWrongWithAFileIsSaidWithoutItsContent() throws Exception {
    String key = pem("ec-sec1.pem");
    String certificate = key.substring(key.indexOf("-----BEGIN CERT"));
    String foreign = pem("rsa-pkcs1.pem");
    failsWith("no private key", certificate, "");
    failsWith("no certificate", key.replace(certificate, ""), "");
    failsWith(
        "does not belong",
        foreign.substring(0, foreign.indexOf("-----BEGIN CERT")) + certificate,
        "");
    failsWith("password", pem("rsa-encrypted.pem"), "wrong");
    failsWith("can be read", key.replace("A", "!"), "");
    failsWith("no private key", "", "");
  }

  private static void failsWith(String message, String pem, String password) {
    assertThatThrownBy(() -> TlsIdentity.fromPem(pem, password.toCharArray()))
        .isInstanceOf(GeneralSecurityException.class)
        .hasMessageContaining(message)
        .hasNoCause();
  }
}
