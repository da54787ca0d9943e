package org.pfha.configsync.rpc;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEInputDecryptorProviderBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A server's private key and certificate chain. Immutable.
 *
 * <p>Generated ones are self-signed, on curve P-256, to be pinned by {@link #fingerprint} or, so
 * that a renewal changes nothing for the peers, by {@link #publicKeyFingerprint}.
 */
public final class TlsIdentity {
  /** How long a generated certificate is valid. */
  public static final Duration VALIDITY = Duration.ofDays(825);

  /** How long before its end a certificate should be renewed. */
  public static final Duration RENEWAL = Duration.ofDays(30);

  private static final Duration SLOW_CLOCKS = Duration.ofDays(1);
  private static final int MAX_PEM = 1 << 20;

  private final PrivateKey key;
  private final List<X509Certificate> chain;

  private TlsIdentity(PrivateKey key, List<X509Certificate> chain) {
    this.key = key;
    this.chain = List.copyOf(chain);
  }

  /**
   * Makes a key and a self-signed certificate for it.
   *
   * @param now the current time; validity begins a day earlier, for peers whose clock is slow
   * @param addresses what clients connect to
   * @return a new identity
   */
  public static TlsIdentity selfSigned(Instant now, InetAddress... addresses) {
    List<String> names = new ArrayList<>();
    for (InetAddress address : addresses) {
      names.add(address.getHostAddress());
    }
    return selfSigned(now, VALIDITY, names);
  }

  /**
   * Makes a key and a self-signed certificate for it.
   *
   * @param now the current time; validity begins a day earlier, for peers whose clock is slow
   * @param validity how long it is valid from now
   * @param names what clients connect to: IP addresses and DNS names
   * @return a new identity
   */
  public static TlsIdentity selfSigned(Instant now, Duration validity, Collection<String> names) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      List<GeneralName> general = new ArrayList<>();
      for (String name : names) {
        boolean address = name.indexOf(':') >= 0 || name.matches("\\d+(\\.\\d+){3}");
        general.add(
            address
                ? new GeneralName(GeneralName.iPAddress, name.replaceFirst("%.*", ""))
                : new GeneralName(GeneralName.dNSName, name));
      }
      GeneralNames alternatives =
          general.isEmpty() ? null : new GeneralNames(general.toArray(new GeneralName[0]));
      return selfSigned(
          pair.getPrivate(),
          pair.getPublic(),
          now,
          validity,
          new X500Name("CN=pfHA config sync"),
          alternatives);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java cannot make keys on P-256", e);
    }
  }

  private static TlsIdentity selfSigned(
      PrivateKey key,
      PublicKey publicKey,
      Instant now,
      Duration validity,
      X500Name name,
      @Nullable GeneralNames names) {
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              name,
              new BigInteger(120, new SecureRandom()).setBit(120),
              Date.from(now.minus(SLOW_CLOCKS)),
              Date.from(now.plus(validity)),
              name,
              publicKey);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
      if (names != null) {
        builder.addExtension(Extension.subjectAlternativeName, false, names);
      }
      X509CertificateHolder holder =
          builder.build(new JcaContentSignerBuilder(signature(key)).build(key));
      return new TlsIdentity(
          key, List.of(new JcaX509CertificateConverter().getCertificate(holder)));
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new IllegalStateException("this Java cannot sign with " + key.getAlgorithm(), e);
    }
  }

  private static String signature(PrivateKey key) {
    return switch (key.getAlgorithm()) {
      case "EC" -> "SHA256withECDSA";
      case "RSA" -> "SHA256withRSA";
      default -> key.getAlgorithm();
    };
  }

  /**
   * Reads a key and its certificate chain, leaf first, in any order of the two.
   *
   * @param pem PKCS#8, PKCS#1 or SEC1 key and X.509 certificates
   * @param password of an encrypted PKCS#8 key; empty when it is not encrypted
   * @return the identity
   * @throws GeneralSecurityException when key or certificate are missing, do not belong together,
   *     or the password is wrong
   */
  public static TlsIdentity fromPem(String pem, char[] password) throws GeneralSecurityException {
    PrivateKey key = null;
    List<X509Certificate> chain = new ArrayList<>();
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      JcaPEMKeyConverter keys = new JcaPEMKeyConverter();
      for (Object entry = parser.readObject(); entry != null; entry = parser.readObject()) {
        if (entry instanceof X509CertificateHolder holder) {
          chain.add(new JcaX509CertificateConverter().getCertificate(holder));
        } else if (entry instanceof PKCS8EncryptedPrivateKeyInfo encrypted) {
          key =
              keys.getPrivateKey(
                  encrypted.decryptPrivateKeyInfo(
                      new JcePKCSPBEInputDecryptorProviderBuilder()
                          .setProvider(new BouncyCastleProvider())
                          .build(password)));
        } else if (entry instanceof PrivateKeyInfo plain) {
          key = keys.getPrivateKey(plain);
        } else if (entry instanceof PEMKeyPair pair) {
          key = keys.getPrivateKey(pair.getPrivateKeyInfo());
        }
      }
    } catch (PKCSException e) {
      throw new GeneralSecurityException("the private key does not open with this password");
    } catch (IOException | RuntimeException e) {
      // Bouncy Castle's messages may quote what it read.
      throw new GeneralSecurityException("not a PEM file that can be read");
    }
    if (key == null || chain.isEmpty()) {
      throw new GeneralSecurityException(
          key == null ? "no private key in the file" : "no certificate in the file");
    }
    TlsIdentity identity = new TlsIdentity(key, chain);
    identity.checkPair();
    return identity;
  }

  private void checkPair() throws GeneralSecurityException {
    byte[] probe = {1, 2, 3};
    try {
      Signature signer = Signature.getInstance(signature(key));
      signer.initSign(key);
      signer.update(probe);
      byte[] signed = signer.sign();
      signer.initVerify(leaf().getPublicKey());
      signer.update(probe);
      if (signer.verify(signed)) {
        return;
      }
    } catch (GeneralSecurityException e) {
      // Another kind of key: the same to the operator.
    }
    throw new GeneralSecurityException(
        "the private key does not belong to the first certificate in the file");
  }

  /**
   * Reads what {@link #save} wrote, or any such PEM file.
   *
   * @param file key and certificates
   * @param password of an encrypted key; empty when it is not encrypted
   * @return the identity
   * @throws IOException when it cannot be read, or is larger than 1 MiB
   * @throws GeneralSecurityException as for {@link #fromPem}
   */
  public static TlsIdentity load(Path file, char[] password)
      throws IOException, GeneralSecurityException {
    if (Files.size(file) > MAX_PEM) {
      throw new IOException(file + " is too large for a key and certificates");
    }
    return fromPem(Files.readString(file, StandardCharsets.US_ASCII), password);
  }

  /**
   * Writes key and chain as PEM, readable for its owner only, whole or not at all. The key is not
   * encrypted: whoever can read the file is this node.
   *
   * @param file replaced if it exists
   * @throws IOException when it cannot be written
   */
  public void save(Path file) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
      pem.writeObject(new org.bouncycastle.openssl.jcajce.JcaPKCS8Generator(key, null));
      for (X509Certificate certificate : chain) {
        pem.writeObject(certificate);
      }
    }
    Path whole = file.toAbsolutePath();
    Path directory = whole.getParent();
    Path temporary =
        Files.createTempFile(
            directory,
            ".pfha",
            ".pem",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(temporary, text.toString(), StandardCharsets.US_ASCII);
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(temporary, whole, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /**
   * A new certificate for the same key and the same names, so that peers that pin the public key
   * notice nothing. Only for self-signed ones: others are renewed by their authority.
   *
   * @param now the current time
   * @return the renewed identity
   * @throws IllegalStateException when the certificate is not self-signed
   */
  public TlsIdentity renewed(Instant now) {
    X509Certificate leaf = leaf();
    if (!leaf.getSubjectX500Principal().equals(leaf.getIssuerX500Principal())) {
      throw new IllegalStateException(
          "issued by " + leaf.getIssuerX500Principal() + ": renew it there, then load it");
    }
    try {
      Collection<List<?>> known = leaf.getSubjectAlternativeNames();
      List<GeneralName> names = new ArrayList<>();
      for (List<?> name : known == null ? List.<List<?>>of() : known) {
        names.add(new GeneralName((Integer) name.get(0), (String) name.get(1)));
      }
      return selfSigned(
          key,
          leaf.getPublicKey(),
          now,
          VALIDITY,
          new X500Name(leaf.getSubjectX500Principal().getName()),
          names.isEmpty() ? null : new GeneralNames(names.toArray(new GeneralName[0])));
    } catch (CertificateParsingException e) {
      throw new IllegalStateException("a certificate with unreadable names", e);
    }
  }

  /**
   * Whether it is time to renew.
   *
   * @param now the current time
   * @return true when it ends within {@link #RENEWAL}, or has ended
   */
  public boolean needsRenewal(Instant now) {
    return !now.isBefore(expiresAt().minus(RENEWAL));
  }

  /**
   * When the first certificate of the chain ends.
   *
   * @return its {@code notAfter}
   */
  public Instant expiresAt() {
    return leaf().getNotAfter().toInstant();
  }

  /**
   * What a primary pins, when every renewal is to be confirmed.
   *
   * @return SHA-256 of the certificate, lower-case hex
   */
  public String fingerprint() {
    return fingerprint(leaf());
  }

  /**
   * What a primary pins, when renewals keep the key.
   *
   * @return SHA-256 of the public key (SubjectPublicKeyInfo), lower-case hex
   */
  public String publicKeyFingerprint() {
    return HexFormat.of().formatHex(Fingerprints.sha256(leaf().getPublicKey().getEncoded()));
  }

  static String fingerprint(X509Certificate certificate) {
    try {
      return HexFormat.of().formatHex(Fingerprints.sha256(certificate.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate without an encoding", e);
    }
  }

  private X509Certificate leaf() {
    return chain.get(0);
  }

  /**
   * The certificates, as peers see them.
   *
   * @return leaf first
   */
  public List<X509Certificate> chain() {
    return chain;
  }

  PrivateKey key() {
    return key;
  }

  /** The fingerprint only. */
  @Override
  public String toString() {
    return "TlsIdentity[" + fingerprint() + "]";
  }
}
