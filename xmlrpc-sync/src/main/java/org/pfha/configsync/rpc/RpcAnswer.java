package org.pfha.configsync.rpc;

import java.security.cert.X509Certificate;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a peer answered. Immutable.
 *
 * @param value the result, as {@link XmlRpc} describes values
 * @param peerTime the peer's clock by its {@code Date} header, in whole seconds; null without one
 * @param certificate what the peer showed; null without TLS
 * @param sent bytes of the call
 * @param received bytes of the answer, as they came over the wire
 */
public record RpcAnswer(
    Object value,
    @Nullable Instant peerTime,
    @Nullable X509Certificate certificate,
    long sent,
    long received) {

  /** Sizes only: values hold secrets. */
  @Override
  public String toString() {
    return "RpcAnswer[sent " + sent + ", received " + received + " bytes]";
  }
}
