package org.pfha.configsync;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfha.configsync.SyncException.At;
import org.pfha.configsync.rpc.RpcException;
import org.pfha.configsync.rpc.RpcException.Cause;
import org.pfha.configsync.rpc.RpcException.Step;
import org.pfha.configsync.rpc.RpcFault;

/** One type per cause, one line per message, a remedy in each. */
class SyncExceptionTest {
  private static final At AT = new At("https://192.0.2.2", SyncStep.WRITE);

  private static final Map<Cause, Class<? extends SyncException>> TYPES =
      new EnumMap<>(
          Map.ofEntries(
              Map.entry(Cause.CANNOT_BE_SENT, SyncException.Unsendable.class),
              Map.entry(Cause.UNKNOWN_HOST, SyncException.Unreachable.class),
              Map.entry(Cause.CONNECTION_REFUSED, SyncException.Unreachable.class),
              Map.entry(Cause.NO_ROUTE, SyncException.Unreachable.class),
              Map.entry(Cause.UNREACHABLE, SyncException.Unreachable.class),
              Map.entry(Cause.CONNECTION_LOST, SyncException.Unreachable.class),
              Map.entry(Cause.TLS_EXPIRED, SyncException.CertificateExpired.class),
              Map.entry(Cause.TLS_NOT_YET_VALID, SyncException.CertificateNotYetValid.class),
              Map.entry(Cause.TLS_UNTRUSTED, SyncException.CertificateUntrusted.class),
              Map.entry(Cause.TLS_WRONG_HOST, SyncException.WrongHost.class),
              Map.entry(Cause.TLS_PIN_MISMATCH, SyncException.PinMismatch.class),
              Map.entry(Cause.TLS_PROTOCOL, SyncException.TlsFailed.class),
              Map.entry(Cause.TIMEOUT, SyncException.TimedOut.class),
              Map.entry(Cause.HTTP_STATUS, SyncException.HttpError.class),
              Map.entry(Cause.HTML, SyncException.NotXml.class),
              Map.entry(Cause.EMPTY, SyncException.NotXml.class),
              Map.entry(Cause.NOT_XML, SyncException.NotXml.class),
              Map.entry(Cause.MALFORMED, SyncException.MalformedAnswer.class),
              Map.entry(Cause.LIMIT, SyncException.MalformedAnswer.class),
              Map.entry(Cause.AUTHENTICATION, SyncException.Credentials.class)));

  @ParameterizedTest
  @EnumSource(Cause.class)
  void everyCauseOfTheTransportHasItsType(Cause cause) {
    SyncException failure =
        TransportFailure.cause(
            AT,
            "hasync",
            new RpcException(cause, Step.WAIT, 504, "as told"),
            Duration.ofSeconds(5));
    assertThat(failure).isInstanceOf(TYPES.get(cause));
    assertThat(failure.peer()).isEqualTo("https://192.0.2.2");
    assertThat(failure.step()).isEqualTo(SyncStep.WRITE);
    assertThat(failure.getMessage())
        .startsWith("https://192.0.2.2, writing to the peer: ")
        .endsWith(failure.remedy());
    assertThat(failure.remedy()).isNotBlank();
  }

  @Test
  void theFamilyIsClosedAndEveryMemberFinal() {
    assertThat(SyncException.class.isSealed()).isTrue();
    assertThat(Arrays.stream(SyncException.class.getPermittedSubclasses()))
        .hasSizeGreaterThan(15)
        .allMatch(type -> Modifier.isFinal(type.getModifiers()));
  }

  /** Attack 25: what a peer says becomes one line, whatever it says. */
  @Test
  void aPeersWordsCannotForgeLines() {
    for (String hostile :
        List.of(
            "a\r\nb: forged", "\u001b[2Jgone", "\u202eright to left", "\u2028line", "\u0085n")) {
      assertThat(new SyncException.Refused(AT, new RpcFault(7, hostile)).getMessage())
          .doesNotContainPattern("[\\p{Cntrl}\u0085\u2028\u202e\u001b]");
    }
    assertThat(new SyncException.Unreachable(AT, "x".repeat(100_000)).getMessage().length())
        .isLessThan(1000);
  }
}
