package org.pfha.examples.status;

import com.google.common.net.InetAddresses;
import com.sun.net.httpserver.Headers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps out what a browser would be tricked into, and whoever lacks the token. Immutable.
 *
 * <p>A page elsewhere can make a browser send requests here. It cannot read the answers unless its
 * own name comes to resolve to this address: then the {@code Host} is that name, and is refused. An
 * address cannot be rebound. A change needs a header that no form can send.
 */
final class Gate {

  private static final String SCHEME = "Bearer ";

  private final Optional<String> token;
  private final Set<String> names;

  /**
   * A gate.
   *
   * @param token allows changes; without it there are none
   * @param names of this host beside its addresses, in lower case
   */
  Gate(Optional<String> token, Set<String> names) {
    this.token = token;
    this.names = Set.copyOf(names);
  }

  /**
   * Whether the client wanted this host, by an address or a name that is known to be its own. Who
   * says nothing, as HTTP/1.0 allows, is no browser.
   */
  boolean isForUs(Headers request) {
    List<String> hosts = request.getOrDefault("Host", List.of());
    if (hosts.size() != 1) {
      return hosts.isEmpty();
    }
    String host = hosts.get(0).toLowerCase(Locale.ROOT).replaceFirst(":\\d{1,5}$", "");
    return host.equals("localhost") || names.contains(host) || InetAddresses.isUriInetAddress(host);
  }

  /** Whether no page of another site has sent it; programs say nothing about that. */
  boolean isOurOwnPage(Headers request) {
    List<String> sites = request.getOrDefault("Sec-Fetch-Site", List.of("none"));
    List<String> origins = request.getOrDefault("Origin", List.of());
    String host = request.getFirst("Host");
    return Set.of("none", "same-origin").containsAll(sites)
        && List.of("http://" + host, "https://" + host).containsAll(origins);
  }

  boolean isReadOnly() {
    return token.isEmpty();
  }

  boolean hasToken(Headers request) {
    List<String> given = request.getOrDefault("Authorization", List.of());
    return token.isPresent()
        && given.size() == 1
        && MessageDigest.isEqual(bytes(SCHEME + token.get()), bytes(given.get(0)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return isReadOnly() ? "read only" : "with a token";
  }
}
