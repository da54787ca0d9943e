package org.pfha.configsync.rpc;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects the options of an {@link RpcClient} over HTTP. Confined to one thread. */
public final class RpcClientBuilder {
  private static final System.Logger LOG = System.getLogger(RpcClientBuilder.class.getName());

  private final String peer;
  PeerTrust trust = PeerTrust.system();
  Decoding decoding = Decoding.STRICT;
  long maxAnswer = XmlRpc.MAX_BYTES;
  Duration connectTimeout = Duration.ofSeconds(10);
  private String path = RequestHead.PATH;
  private boolean plainHttp;

  RpcClientBuilder(String peer) {
    this.peer = peer;
  }

  /**
   * Which peer to believe.
   *
   * @param trust by default what this Java trusts
   * @return this
   */
  public RpcClientBuilder trust(PeerTrust trust) {
    this.trust = trust;
    return this;
  }

  /**
   * Allows {@code http://}: everybody on the way reads user, secret and configuration.
   *
   * @return this
   */
  public RpcClientBuilder plainHttp() {
    this.plainHttp = true;
    return this;
  }

  /**
   * Where the peer answers.
   *
   * @param path by default {@code /xmlrpc.php}
   * @return this
   */
  public RpcClientBuilder path(String path) {
    this.path = path;
    return this;
  }

  /**
   * How long connecting alone may take.
   *
   * @param timeout by default 10 s
   * @return this
   */
  public RpcClientBuilder connectTimeout(Duration timeout) {
    this.connectTimeout = timeout;
    return this;
  }

  /**
   * How much to forgive in answers.
   *
   * @param decoding by default nothing
   * @return this
   */
  public RpcClientBuilder decoding(Decoding decoding) {
    this.decoding = decoding;
    return this;
  }

  /**
   * The longest answer.
   *
   * @param bytes inflated; by default {@link XmlRpc#MAX_BYTES}
   * @return this
   */
  public RpcClientBuilder maxAnswer(long bytes) {
    this.maxAnswer = bytes;
    return this;
  }

  /**
   * Builds it.
   *
   * @return a client
   * @throws IllegalArgumentException naming everything that is wrong, and no secret
   */
  public RpcClient build() {
    List<String> problems = new ArrayList<>();
    URI target = target(problems);
    if (connectTimeout.isNegative() || connectTimeout.isZero()) {
      problems.add("the connect timeout is " + connectTimeout + ", must be positive");
    }
    if (maxAnswer < 1) {
      problems.add("the longest answer is " + maxAnswer + " bytes, must be at least 1");
    }
    if (target == null || !problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    if (target.getScheme().equals("http")) {
      LOG.log(
          System.Logger.Level.WARNING,
          "plain HTTP to {0}: whoever is on the way reads the secret and the configuration",
          target.getRawAuthority());
    } else if (!trust.verified()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the certificate of {0} is not verified: whoever answers there gets the secret and the"
              + " configuration",
          target.getRawAuthority());
    }
    return new HttpRpcClient(this, target);
  }

  /** The address may hold a user and a password by mistake: it is never quoted. */
  private @Nullable URI target(List<String> problems) {
    URI uri;
    try {
      uri = new URI(peer);
    } catch (URISyntaxException e) {
      problems.add("the peer's address is no URL: use https://host:port");
      return null;
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme();
    if (uri.getRawUserInfo() != null) {
      problems.add("the peer's address holds user and password: give them as credentials");
    }
    if (uri.getHost() == null) {
      problems.add("the peer's address names no host: use https://host:port");
    }
    if (uri.getRawQuery() != null
        || uri.getRawFragment() != null
        || !(uri.getRawPath() == null || uri.getRawPath().matches("/?"))) {
      problems.add("the peer's address has a path: use https://host:port, and path(...)");
    }
    if (!scheme.equals("https") && !(scheme.equals("http") && plainHttp)) {
      problems.add(
          scheme.equals("http")
              ? "the peer's address is http: use https, or allow it with plainHttp()"
              : "the peer's address is not https: use https://host:port");
    }
    if (!path.startsWith("/")) {
      problems.add("the path does not begin with '/'");
    }
    return problems.isEmpty() ? URI.create(scheme + "://" + uri.getRawAuthority() + path) : null;
  }
}
