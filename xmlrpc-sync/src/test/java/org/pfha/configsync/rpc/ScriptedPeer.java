package org.pfha.configsync.rpc;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A peer that answers what a test wants, over plain TCP or TLS, and keeps what it was sent. */
final class ScriptedPeer implements AutoCloseable {
  interface Script {
    void play(InputStream in, OutputStream out) throws Exception;
  }

  final List<String> heads = new CopyOnWriteArrayList<>();
  private final ServerSocket listener;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final boolean tls;

  ScriptedPeer(Script script) throws Exception {
    this(null, script);
  }

  ScriptedPeer(@Nullable TlsIdentity identity, Script script) throws Exception {
    tls = identity != null;
    listener =
        identity == null
            ? new ServerSocket(0, 50, InetAddress.getLoopbackAddress())
            : new ServedIdentity(identity)
                .context()
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread acceptor = new Thread(() -> accept(script), "scripted-peer");
    acceptor.setDaemon(true);
    acceptor.start();
  }

  private void accept(Script script) {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        sockets.add(socket);
        Thread thread =
            new Thread(
                () -> {
                  try (socket) {
                    script.play(socket.getInputStream(), socket.getOutputStream());
                  } catch (Exception e) {
                    // The client went away.
                  }
                },
                "scripted-peer");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        return;
      }
    }
  }

  /** Answers every request with these bytes and closes. */
  static ScriptedPeer answering(byte[] answer) throws Exception {
    return answering(null, answer);
  }

  static ScriptedPeer answering(@Nullable TlsIdentity identity, byte[] answer) throws Exception {
    ScriptedPeer[] self = new ScriptedPeer[1];
    self[0] =
        new ScriptedPeer(
            identity,
            (in, out) -> {
              self[0].request(in);
              out.write(answer);
              out.flush();
            });
    return self[0];
  }

  static byte[] http(String status, String headers, byte[] body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        ("HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + body.length + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(body);
    return out.toByteArray();
  }

  /** Reads one request whole. */
  void request(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) {
        return;
      }
      head.append((char) b);
    }
    heads.add(head.toString());
    for (String line : head.toString().lines().toList()) {
      if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
        in.readNBytes(Integer.parseInt(line.substring(15).trim()));
      }
    }
  }

  String url() {
    return (tls ? "https" : "http") + "://127.0.0.1:" + listener.getLocalPort();
  }

  RpcClient client() {
    RpcClientBuilder builder = RpcClient.to(url());
    return tls ? builder.trust(PeerTrust.anything()).build() : builder.plainHttp().build();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
