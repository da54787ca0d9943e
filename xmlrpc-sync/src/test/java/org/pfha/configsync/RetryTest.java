package org.pfha.configsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.RpcClient;
import org.pfha.configsync.rpc.RpcException;
import org.pfha.configsync.rpc.RpcException.Cause;
import org.pfha.configsync.rpc.RpcException.Step;
import org.pfha.configsync.rpc.RpcFault;
import org.pfha.configsync.rpc.RpcRequest;

/** What is repeated, how often, how long, and what an operator is told. */
@Timeout(60)
class RetryTest {
  private static final ConfigTree OWN = SectionPair.tree("rules", "new", "nat", "n");

  private final SectionPair pair = new SectionPair("rules", "old");
  private final List<String> methods = new ArrayList<>();
  private final List<Duration> budgets = new ArrayList<>();

  @FunctionalInterface
  private interface Fails {
    void at(int call, RpcRequest request) throws RpcException, RpcFault, InterruptedException;
  }

  /** The real secondary behind a line that fails when told to. */
  private RpcClient line(Fails fails) throws Exception {
    RpcClient straight = SectionPair.client(pair.secondary());
    return request -> {
      methods.add(request.method());
      budgets.add(request.budget());
      fails.at(methods.size(), request);
      return straight.call(request);
    };
  }

  private SyncException failure(Fails fails) throws Exception {
    ConfigPrimary primary = pair.primary(line(fails));
    SyncException failure = catchThrowableOfType(SyncException.class, () -> primary.sync(OWN));
    assertThat(primary.status().error()).isSameAs(failure);
    return failure;
  }

  private static RpcException status(int status) {
    return new RpcException(Cause.HTTP_STATUS, Step.BODY, status, "HTTP status " + status);
  }

  @ParameterizedTest
  @CsvSource({
    "CONNECTION_REFUSED, CONNECT, 4",
    "NO_ROUTE, CONNECT, 4",
    "UNKNOWN_HOST, CONNECT, 4",
    "CONNECTION_LOST, BODY, 4",
    "TIMEOUT, CONNECT, 4",
    "TIMEOUT, TLS, 4",
    "TIMEOUT, SEND, 4",
    "TIMEOUT, WAIT, 1",
    "TIMEOUT, BODY, 1",
    "TLS_EXPIRED, TLS, 1",
    "TLS_PIN_MISMATCH, TLS, 1",
    "HTML, BODY, 1",
    "MALFORMED, BODY, 1",
    "LIMIT, BODY, 1",
    "AUTHENTICATION, BODY, 1"
  })
  void onlyWhatIsSafeAndMayHelpIsRepeated(Cause cause, Step step, int attempts) throws Exception {
    failure(
        (call, request) -> {
          throw new RpcException(cause, step, "as told");
        });
    assertThat(methods).hasSize(attempts);
  }

  @ParameterizedTest
  @CsvSource({"500, 1", "502, 4", "503, 4", "504, 4", "404, 1", "302, 1", "401, 1"})
  void aWebServerThatWaitsForWhatIsBehindItIsAskedAgain(int status, int attempts) throws Exception {
    SyncException failure =
        failure(
            (call, request) -> {
              throw status(status);
            });
    assertThat(methods).hasSize(attempts);
    assertThat(failure)
        .isInstanceOfSatisfying(
            SyncException.HttpError.class, http -> assertThat(http.status()).isEqualTo(status));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, -2, -32601, -32602, -32700, 0, 1})
  void aFaultIsNeverRepeated(int code) throws Exception {
    failure(
        (call, request) -> {
          throw new RpcFault(code, "no");
        });
    assertThat(methods).hasSize(1);
  }

  @Test
  void pausesDoubleAndEndAndVaryByChance() {
    RetryPolicy policy =
        new RetryPolicy(9, Duration.ofSeconds(1), Duration.ofSeconds(10), 0.5, false);
    assertThat(List.of(1, 2, 3, 4, 5, 1000))
        .extracting(failures -> policy.pause(failures, () -> 0).toMillis())
        .containsExactly(1000L, 2000L, 4000L, 8000L, 10_000L, 10_000L);
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<Long> seen = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      seen.add(policy.pause(4, random::nextLong).toMillis());
    }
    assertThat(seen).as("seed " + seed).allMatch(millis -> millis >= 4000 && millis <= 8000);
    assertThat(seen.stream().distinct().count()).as("seed " + seed).isGreaterThan(500);
  }

  @Test
  void oneDeadlineCoversAllAttemptsAndPauses() throws Exception {
    Deadlines deadlines =
        new Deadlines(Duration.ofSeconds(2), Duration.ofSeconds(20), Duration.ofSeconds(50));
    pair.primaryWith(
        builder ->
            builder
                .deadlines(deadlines)
                .retry(
                    new RetryPolicy(100, Duration.ofSeconds(1), Duration.ofSeconds(1), 0, false)));
    Instant begun = pair.clock.instant();
    SyncException failure =
        failure(
            (call, request) -> {
              pair.clock.pause(request.budget()); // every attempt takes all it may
              throw new RpcException(Cause.TIMEOUT, Step.CONNECT, "too slow");
            });
    assertThat(failure).isInstanceOf(SyncException.TimedOut.class);
    assertThat(Duration.between(begun, pair.clock.instant())).isEqualTo(Duration.ofSeconds(50));
    assertThat(budgets)
        .containsExactly(Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofSeconds(8));
  }

  @ParameterizedTest
  @EnumSource(
      value = SyncStep.class,
      names = {"GREET", "READ", "WRITE", "VERIFY"})
  void aTimeoutNamesTheStep(SyncStep step) throws Exception {
    AtomicReference<SyncStep> now = new AtomicReference<>(SyncStep.PREPARE);
    pair.primaryWith(
        builder ->
            builder.listener(
                new SyncListener() {
                  @Override
                  public void step(String peer, SyncStep begun) {
                    now.set(begun);
                  }
                }));
    SyncException failure =
        failure(
            (call, request) -> {
              if (now.get() == step) {
                throw new RpcException(Cause.TIMEOUT, Step.WAIT, "too slow");
              }
            });
    assertThat(failure.step()).isEqualTo(step);
    assertThat(failure).hasMessageContaining(step.toString());
    if (step == SyncStep.VERIFY) {
      assertThat(failure)
          .isInstanceOf(SyncException.PartialSync.class)
          .hasCauseInstanceOf(SyncException.TimedOut.class);
    } else {
      assertThat(failure).isInstanceOf(SyncException.TimedOut.class);
    }
  }

  @Test
  void aPeerThatDiesWhileItIsWrittenToIsSyncedWhenItIsBack() throws Exception {
    ConfigPrimary primary =
        pair.primary(
            line(
                (call, request) -> {
                  if (request.method().equals("pfha.apply") && methods.size() < 5) {
                    throw new RpcException(Cause.CONNECTION_LOST, Step.WAIT, "reset");
                  }
                }));
    assertThat(primary.sync(OWN).verified()).isTrue();
    assertThat(methods.stream().filter("pfha.apply"::equals)).hasSize(3);
  }

  @Test
  void aCallThatWasAppliedBeforeTheLineBrokeIsAppliedOnce() throws Exception {
    RpcClient straight = SectionPair.client(pair.secondary());
    List<String> applied = new ArrayList<>();
    RpcClient cut =
        request -> {
          var answer = straight.call(request);
          if (request.method().equals("pfha.apply") && applied.isEmpty()) {
            applied.add("once");
            throw new RpcException(Cause.CONNECTION_LOST, Step.BODY, "cut before the answer");
          }
          return answer;
        };
    assertThat(pair.primary(cut).sync(OWN).verified()).isTrue();
    assertThat(pair.effects).hasSize(2);
    assertThat(pair.reports)
        .extracting(SecondaryReport::outcome)
        .containsExactly(SecondaryReport.Outcome.APPLIED, SecondaryReport.Outcome.UNCHANGED);
  }

  @Test
  void aWaitingPushCanBeInterrupted() throws Exception {
    CountDownLatch calling = new CountDownLatch(1);
    ConfigPrimary primary =
        pair.primary(
            line(
                (call, request) -> {
                  calling.countDown();
                  new CountDownLatch(1).await();
                }));
    AtomicReference<Throwable> seen = new AtomicReference<>();
    Thread push =
        new Thread(
            () -> {
              try {
                primary.sync(OWN);
              } catch (SyncException e) {
                seen.set(e);
              }
            });
    push.start();
    assertThat(calling.await(10, TimeUnit.SECONDS)).isTrue();
    push.interrupt();
    push.join(10_000);
    assertThat(seen.get()).isInstanceOf(SyncException.Cancelled.class);
  }

  @Test
  void likePfSenseEverythingIsRepeatedFourTimesOneSecondApart() throws Exception {
    pair.primaryWith(ConfigPrimaryBuilder::likeTheProduct);
    Instant begun = pair.clock.instant();
    failure(
        (call, request) -> {
          throw new RpcFault(-1, "Authentication failed: Invalid username or password");
        });
    assertThat(methods).hasSize(4);
    assertThat(Duration.between(begun, pair.clock.instant())).isEqualTo(Duration.ofSeconds(3));
    assertThat(budgets).containsOnly(Duration.ofSeconds(60));
  }

  @Test
  void likeTheProductThereAreNoCallsBesidesItsOwn() throws Exception {
    pair.primaryWith(ConfigPrimaryBuilder::likeTheProduct);
    SyncReceipt receipt = pair.primary(line((call, request) -> {})).sync(OWN);
    assertThat(methods).containsExactly("pfha.describe", "pfha.apply");
    assertThat(receipt.sections())
        .extracting(SyncReceipt.Section::outcome)
        .containsOnly(SyncReceipt.Outcome.NOT_VERIFIABLE);
  }

  @Test
  void theStatusRemembersWhatSucceededWhen() throws Exception {
    List<String> events = new ArrayList<>();
    pair.primaryWith(
        builder ->
            builder
                .retry(RetryPolicy.NONE)
                .listener(
                    new SyncListener() {
                      @Override
                      public void succeeded(SyncReceipt receipt) {
                        events.add("succeeded " + receipt.verified());
                      }

                      @Override
                      public void failed(String peer, SyncException cause) {
                        events.add("failed " + cause.getClass().getSimpleName());
                        throw new IllegalStateException("a listener's own trouble");
                      }
                    }));
    ConfigPrimary primary =
        pair.primary(
            line(
                (call, request) -> {
                  if (methods.contains("from now on it fails")) {
                    throw status(503);
                  }
                }));
    assertThat(primary.status().lastAttempt()).isNull();
    primary.sync(OWN);
    methods.add("from now on it fails");
    Instant first = pair.clock.instant();
    pair.clock.pause(Duration.ofMinutes(5));
    assertThatThrownBy(() -> primary.sync(OWN)).isInstanceOf(SyncException.HttpError.class);
    SyncStatus status = primary.status();
    Instant second = first.plus(Duration.ofMinutes(5));
    assertThat(events).containsExactly("succeeded true", "failed HttpError");
    assertThat(status.lastSuccess()).isEqualTo(first);
    assertThat(status.lastAttempt()).isEqualTo(second);
    assertThat(status.error()).isInstanceOf(SyncException.HttpError.class);
    assertThat(status.areas().get("rules"))
        .isEqualTo(new SyncStatus.Area(second, first, SyncReceipt.Outcome.DIFFERS));
  }
}
