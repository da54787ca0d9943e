package org.pfha.configsync.rpc;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.rpc.RpcException.Cause;

/**
 * Which peer a client believes to be the one it means. Nothing, no credentials either, is sent
 * before that is decided. Immutable. Source: spec sections 2.5 and 22, attack 15.
 */
public final class PeerTrust {
  private static final String WHO_SHOWS = "the peer shows ";

  private final Verifier verifier;
  private final boolean verified;
  private final String text;

  private PeerTrust(Verifier verifier, boolean verified, String text) {
    this.verifier = verifier;
    this.verified = verified;
    this.text = text;
  }

  /**
   * One certificate, whatever its names and dates: it is the proof itself.
   *
   * @param fingerprint its SHA-256: 64 hex digits, colons allowed
   * @return trust in this certificate only
   */
  public static PeerTrust certificate(String fingerprint) {
    byte[] pin = parse(fingerprint);
    return new PeerTrust(
        new Pin(pin, "certificate") {
          @Override
          byte[] pinned(X509Certificate leaf) throws CertificateException {
            return leaf.getEncoded();
          }
        },
        true,
        "certificate " + HexFormat.of().formatHex(pin));
  }

  /**
   * One public key, in whatever certificate: it survives renewals.
   *
   * @param fingerprint SHA-256 of its SubjectPublicKeyInfo: 64 hex digits, colons allowed
   * @return trust in this key only
   */
  public static PeerTrust publicKey(String fingerprint) {
    byte[] pin = parse(fingerprint);
    return new PeerTrust(
        new Pin(pin, "public key") {
          @Override
          byte[] pinned(X509Certificate leaf) {
            return leaf.getPublicKey().getEncoded();
          }
        },
        true,
        "public key " + HexFormat.of().formatHex(pin));
  }

  /**
   * Certificates of private authorities; names and dates of the peer's certificate are checked.
   *
   * @param authorities at least one
   * @return trust in what they issued
   */
  public static PeerTrust authorities(Collection<X509Certificate> authorities) {
    if (authorities.isEmpty()) {
      throw new IllegalArgumentException("no authority to trust");
    }
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      int number = 0;
      for (X509Certificate authority : authorities) {
        store.setCertificateEntry("authority-" + number++, authority);
      }
      return new PeerTrust(new Paths(managerOf(store)), true, number + " private authorities");
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException("certificates that cannot be trusted", e);
    }
  }

  /**
   * What this Java trusts; names and dates of the peer's certificate are checked.
   *
   * @return trust in public authorities
   */
  public static PeerTrust system() {
    try {
      return new PeerTrust(new Paths(managerOf(null)), true, "the authorities of this Java");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java trusts nobody", e);
    }
  }

  /**
   * Any peer whatever. Whoever can answer at the address gets user, secret and configuration. Each
   * client made with it logs a warning.
   *
   * @return no verification at all, as pfSense does it
   */
  public static PeerTrust anything() {
    return new PeerTrust(new Anything(), false, "anything");
  }

  private static X509ExtendedTrustManager managerOf(@Nullable KeyStore store)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager extended) {
        return extended;
      }
    }
    throw new GeneralSecurityException("no manager for X.509");
  }

  static byte[] parse(String text) {
    String hex = text.replace(":", "").strip().toLowerCase(Locale.ROOT);
    if (!hex.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "a fingerprint is a SHA-256: 64 hex digits, colons allowed");
    }
    return HexFormat.of().parseHex(hex);
  }

  boolean verified() {
    return verified;
  }

  SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {verifier}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has TLS", e);
    }
  }

  /** What is trusted; fingerprints are no secret. */
  @Override
  public String toString() {
    return "PeerTrust[" + text + "]";
  }

  /** Carries the cause through the TLS implementation. */
  static final class Refusal extends CertificateException {
    private static final long serialVersionUID = 1L;

    final Cause reason;

    Refusal(Cause reason, String message) {
      super(message);
      this.reason = reason;
    }
  }

  /** Judges servers only, and always knows for which engine. */
  private abstract static class Verifier extends X509ExtendedTrustManager {
    abstract void check(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
        throws CertificateException;

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain, type, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      throw noSockets();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw noSockets();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      throw noSockets();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      throw noSockets();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw noSockets();
    }

    private static CertificateException noSockets() {
      return new CertificateException("only servers are verified here, and only by an engine");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private abstract static class Pin extends Verifier {
    private final byte[] pin;
    private final String what;

    Pin(byte[] pin, String what) {
      this.pin = pin;
      this.what = what;
    }

    abstract byte[] pinned(X509Certificate leaf) throws CertificateException;

    @Override
    void check(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
        throws CertificateException {
      byte[] seen = Fingerprints.sha256(pinned(chain[0]));
      if (!MessageDigest.isEqual(seen, pin)) {
        HexFormat hex = HexFormat.of();
        throw new Refusal(
            Cause.TLS_PIN_MISMATCH,
            WHO_SHOWS + what + " " + hex.formatHex(seen) + ", pinned is " + hex.formatHex(pin));
      }
    }
  }

  private static final class Anything extends Verifier {
    @Override
    void check(X509Certificate[] chain, String type, @Nullable SSLEngine engine) {}
  }

  /** Dates first, then the path, then the names, so that each failure has its own cause. */
  private static final class Paths extends Verifier {
    private final X509ExtendedTrustManager manager;

    Paths(X509ExtendedTrustManager manager) {
      this.manager = manager;
    }

    @Override
    void check(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
        throws CertificateException {
      X509Certificate leaf = chain[0];
      try {
        leaf.checkValidity();
      } catch (CertificateExpiredException e) {
        throw new Refusal(
            Cause.TLS_EXPIRED,
            WHO_SHOWS + "a certificate that ended at " + leaf.getNotAfter().toInstant());
      } catch (CertificateNotYetValidException e) {
        throw new Refusal(
            Cause.TLS_NOT_YET_VALID,
            WHO_SHOWS + "a certificate that begins at " + leaf.getNotBefore().toInstant());
      }
      try {
        manager.checkServerTrusted(chain, type);
      } catch (CertificateException e) {
        throw new Refusal(
            Cause.TLS_UNTRUSTED,
            WHO_SHOWS
                + "certificate "
                + TlsIdentity.fingerprint(leaf)
                + ", issued by nobody who is trusted here");
      }
      try {
        manager.checkServerTrusted(chain, type, engine);
      } catch (CertificateException e) {
        throw new Refusal(
            Cause.TLS_WRONG_HOST, WHO_SHOWS + "a certificate for other names than its address");
      }
    }
  }
}
