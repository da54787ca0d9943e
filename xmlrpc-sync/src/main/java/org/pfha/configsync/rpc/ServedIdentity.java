package org.pfha.configsync.rpc;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The identity new connections are shown. It may change while others still shake hands with the one
 * before, so both are kept, each under its fingerprint. Thread-safe.
 */
final class ServedIdentity extends X509ExtendedKeyManager {
  private volatile TlsIdentity[] newestFirst;

  ServedIdentity(TlsIdentity identity) {
    newestFirst = new TlsIdentity[] {identity};
  }

  TlsIdentity current() {
    return newestFirst[0];
  }

  void change(TlsIdentity identity) {
    newestFirst = new TlsIdentity[] {identity, newestFirst[0]};
  }

  SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new X509ExtendedKeyManager[] {this}, null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java cannot serve TLS", e);
    }
  }

  private @Nullable TlsIdentity find(String alias) {
    for (TlsIdentity identity : newestFirst) {
      if (identity.fingerprint().equals(alias)) {
        return identity;
      }
    }
    return null;
  }

  private @Nullable String choose(String keyType) {
    TlsIdentity identity = current();
    return identity.key().getAlgorithm().equals(keyType) ? identity.fingerprint() : null;
  }

  // The JDK's interfaces are not annotated: null means "none of mine" to its callers.

  @Override
  @SuppressWarnings("NullAway")
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return choose(keyType);
  }

  @Override
  @SuppressWarnings("NullAway")
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return choose(keyType);
  }

  @Override
  @SuppressWarnings("NullAway")
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    String alias = choose(keyType);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  @SuppressWarnings("NullAway")
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    TlsIdentity identity = find(alias);
    return identity == null ? null : identity.chain().toArray(new X509Certificate[0]);
  }

  @Override
  @SuppressWarnings("NullAway")
  public @Nullable PrivateKey getPrivateKey(String alias) {
    TlsIdentity identity = find(alias);
    return identity == null ? null : identity.key();
  }

  @Override
  @SuppressWarnings("NullAway")
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  @SuppressWarnings("NullAway")
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}
