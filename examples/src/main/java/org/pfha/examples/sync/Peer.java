package org.pfha.examples.sync;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.ConfigPrimary;
import org.pfha.configsync.ConfigPrimaryBuilder;
import org.pfha.configsync.Deadlines;
import org.pfha.configsync.SyncListener;
import org.pfha.configsync.SyncScope;
import org.pfha.configsync.dialect.Dialect;
import org.pfha.configsync.rpc.PeerTrust;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The secondary and how to reach it: options of the commands that call one. */
final class Peer {

  @Option(
      names = "--to",
      required = true,
      paramLabel = "URL",
      description = "The secondary, https://host:port.")
  private String to = "";

  @Option(names = "--user", required = true, description = "The account on the secondary.")
  private String user = "";

  @ArgGroup(exclusive = true, multiplicity = "1")
  private @Nullable Secret secret;

  @ArgGroup(exclusive = true)
  private @Nullable Trust trust;

  @Option(
      names = "--plain-http",
      description = "Allow http://: everybody on the way reads the password.")
  private boolean plainHttp;

  @Option(
      names = "--node",
      paramLabel = "ID",
      description = "This node's id, by which circles of nodes are noticed.")
  private String node = "";

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "For everything together (${DEFAULT-VALUE}).")
  private int timeout = 900;

  /** Which certificate to believe; without any of these what Java trusts. */
  static final class Trust {
    @Option(
        names = "--pin",
        paramLabel = "SHA256",
        required = true,
        description = "Fingerprint of the secondary's certificate.")
    private @Nullable String certificate;

    @Option(
        names = "--pin-key",
        paramLabel = "SHA256",
        required = true,
        description = "Fingerprint of the secondary's public key; survives renewals.")
    private @Nullable String key;

    @Option(
        names = "--ca",
        paramLabel = "FILE",
        required = true,
        description = "Certificates of authorities, PEM.")
    private @Nullable Path authorities;

    @Option(
        names = "--insecure",
        required = true,
        description = "Believe any certificate: whoever answers gets the password.")
    private boolean anything;

    PeerTrust read() throws IOException {
      if (certificate != null) {
        return PeerTrust.certificate(certificate);
      }
      if (key != null) {
        return PeerTrust.publicKey(key);
      }
      return anything ? PeerTrust.anything() : PeerTrust.authorities(certificates());
    }

    private List<X509Certificate> certificates() throws IOException {
      List<X509Certificate> all = new ArrayList<>();
      try (InputStream in = Files.newInputStream(Objects.requireNonNull(authorities))) {
        for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
          all.add((X509Certificate) each);
        }
      } catch (GeneralSecurityException e) {
        throw new IOException(authorities + " holds no certificates: " + e.getMessage(), e);
      }
      return all;
    }
  }

  ConfigPrimary primary(Dialect dialect, SyncScope scope, SyncListener listener)
      throws IOException {
    char[] password = Objects.requireNonNull(secret).read();
    try {
      Duration total = Duration.ofSeconds(timeout);
      ConfigPrimaryBuilder builder =
          ConfigPrimary.to(to)
              .as(user, password)
              .dialect(dialect)
              .scope(scope)
              .node(node)
              .deadlines(
                  new Deadlines(Deadlines.DEFAULT.connect(), Deadlines.DEFAULT.request(), total))
              .listener(listener);
      if (trust != null) {
        builder.trust(trust.read());
      }
      return (plainHttp ? builder.plainHttp() : builder).build();
    } finally {
      Arrays.fill(password, '\0');
    }
  }
}
