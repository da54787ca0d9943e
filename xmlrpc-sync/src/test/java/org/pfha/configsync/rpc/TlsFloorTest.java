package org.pfha.configsync.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Security;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The JDK disables old protocols by itself, which would hide that nobody here refuses them. So this
 * is tried in JVMs that allow them.
 */
class TlsFloorTest {

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.1", "TLSv1"})
  void aServerOfThisProjectDoesNotSpeakOlderProtocols(String protocol) throws Exception {
    assertThat(inAPermissiveJvm("server", protocol)).isEqualTo("refused");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.1", "TLSv1"})
  void norDoesAClient(String protocol) throws Exception {
    assertThat(inAPermissiveJvm("client", protocol)).isEqualTo("refused");
  }

  @Test
  void suchAJvmWouldSpeakThem() throws Exception {
    assertThat(inAPermissiveJvm("neither", "TLSv1.1")).isEqualTo("TLSv1.1");
  }

  @Test
  void andBothSpeakTlsThere() throws Exception {
    assertThat(inAPermissiveJvm("server", "TLSv1.2")).isEqualTo("TLSv1.2");
    assertThat(inAPermissiveJvm("client", "TLSv1.2")).isEqualTo("answered");
  }

  private static String inAPermissiveJvm(String who, String protocol) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Permissive.class.getName(),
                who,
                protocol)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return said.strip();
  }

  /** Says which protocol was spoken. */
  static final class Permissive {
    private Permissive() {}

    public static void main(String[] arguments) throws Exception {
      Security.setProperty("jdk.tls.disabledAlgorithms", "");
      String protocol = arguments[1];
      System.out.println(
          switch (arguments[0]) {
            case "server" -> askServer(protocol);
            case "client" -> askClient(protocol);
            default -> askPlain(protocol);
          });
      System.exit(0);
    }

    private static String askServer(String protocol) throws Exception {
      try (Node node = new Node()) {
        return handshake(node.port(), protocol);
      }
    }

    private static String askClient(String protocol) throws Exception {
      try (SSLServerSocket listener = listener(protocol)) {
        RpcClient client =
            RpcClient.to("https://127.0.0.1:" + listener.getLocalPort())
                .trust(PeerTrust.anything())
                .build();
        answer(listener);
        client.call(Node.request("m"));
        return "answered";
      } catch (RpcException e) {
        return e.reason() == RpcException.Cause.TLS_PROTOCOL ? "refused" : e.reason().toString();
      }
    }

    private static String askPlain(String protocol) throws Exception {
      try (SSLServerSocket listener = listener(protocol)) {
        answer(listener);
        return handshake(listener.getLocalPort(), protocol);
      }
    }

    private static SSLServerSocket listener(String protocol) throws Exception {
      SSLServerSocket listener =
          (SSLServerSocket)
              new ServedIdentity(Node.IDENTITY)
                  .context()
                  .getServerSocketFactory()
                  .createServerSocket(0, 5, InetAddress.getLoopbackAddress());
      listener.setEnabledProtocols(new String[] {protocol});
      return listener;
    }

    private static void answer(SSLServerSocket listener) {
      Thread thread =
          new Thread(
              () -> {
                try (SSLSocket socket = (SSLSocket) listener.accept()) {
                  byte[] result = XmlRpc.result("well").toByteArray();
                  socket.getInputStream().read(new byte[65_536]);
                  String head =
                      "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n"
                          + "Content-Length: %d\r\n\r\n".formatted(result.length);
                  socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                  socket.getOutputStream().write(result);
                  socket.getInputStream().read(new byte[65_536]);
                } catch (IOException e) {
                  // whoever asked has been told
                }
              });
      thread.setDaemon(true);
      thread.start();
    }

    private static String handshake(int port, String protocol) throws Exception {
      try (SSLSocket socket = Node.connect(port)) {
        socket.setEnabledProtocols(new String[] {protocol});
        socket.startHandshake();
        return socket.getSession().getProtocol();
      } catch (SSLException e) {
        return "refused";
      }
    }
  }
}
