package org.pfha.configsync.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.configsync.rpc.RpcServer.Refusal;

/** Attacks by who calls and what: spec section 22, rows 16 to 18 and 25 to 27. */
class AccessAttackTest {
  private static final InetAddress A = address(198, 51, 100, 1);
  private static final InetAddress B = address(198, 51, 100, 2);

  private final List<String> refusals = new ArrayList<>();
  private final AtomicInteger performed = new AtomicInteger();
  private final AtomicInteger verified = new AtomicInteger();
  private long now;

  private static InetAddress address(int... bytes) {
    try {
      byte[] raw = new byte[bytes.length];
      for (int i = 0; i < raw.length; i++) {
        raw[i] = (byte) bytes[i];
      }
      return InetAddress.getByAddress(raw);
    } catch (java.net.UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private RpcServer.Builder builder() {
    PasswordCheck right =
        secret -> {
          verified.incrementAndGet();
          return new String(secret, UTF_8).equals("right");
        };
    Authenticator authenticator =
        new Authenticator() {
          @Override
          public @Nullable PasswordCheck find(String user) {
            return user.equals("hasync") || user.equals("reader") ? right : null;
          }

          @Override
          public PasswordCheck decoy() {
            return right;
          }
        };
    return RpcServer.builder(
            authenticator, (user, method) -> user.equals("hasync") || method.equals("read"))
        .methods(
            Map.of(
                "read", (caller, call) -> performed.incrementAndGet(),
                "write", (caller, call) -> performed.incrementAndGet(),
                "broken",
                    (caller, call) -> {
                      throw new IllegalStateException("right");
                    }))
        .onRefusal((refusal, caller, user) -> refusals.add(refusal + " " + user))
        .clock(() -> now);
  }

  private static String header(String user, String secret) {
    return "Basic " + Base64.getEncoder().encodeToString((user + ":" + secret).getBytes(UTF_8));
  }

  private static RpcReply call(RpcServer server, InetAddress from, String header, String method)
      throws Exception {
    return server.handle(from, header, new ByteArrayInputStream(Node.call(method).getBytes(UTF_8)));
  }

  private static int code(RpcReply reply) throws Exception {
    try {
      XmlRpc.decodeResponse(reply.body().toByteArray());
      return 0;
    } catch (RpcFault fault) {
      return fault.code();
    }
  }

  @Test
  void noByteOfABodyIsReadBeforeTheCredentialsAreAccepted() throws Exception {
    RpcServer server = builder().build();
    InputStream untouchable =
        new InputStream() {
          @Override
          public int read() {
            throw new AssertionError("the body was read");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) {
            throw new AssertionError("the body was read");
          }
        };
    for (String header :
        new String[] {
          null, "", "Bearer x", "Basic ?", header("hasync", "wrong"), header("", "x")
        }) {
      assertThat(
              code(
                  server.handle(
                      address(203, 0, 113, header == null ? 0 : header.length()),
                      header,
                      untouchable)))
          .isEqualTo(-1);
    }
    assertThat(performed).hasValue(0);
  }

  @Test
  void unknownNamesCostAsMuchAsKnownOnesAndReadTheSame() throws Exception {
    RpcServer server = builder().build();
    TreeSet<String> answers = new TreeSet<>();
    for (String[] guess :
        new String[][] {
          {"hasync", "wrong"}, {"nobody", "wrong"}, {"nobody", "right"}, {"hasync", ""}
        }) {
      int before = verified.get();
      RpcReply reply =
          call(server, address(203, 0, 113, before), header(guess[0], guess[1]), "read");
      assertThat(verified.get() - before).as(guess[0]).isEqualTo(1);
      answers.add(new String(reply.body().toByteArray(), UTF_8));
    }
    int before = verified.get();
    RpcReply without = server.handle(B, null, InputStream.nullInputStream());
    assertThat(verified.get() - before).isEqualTo(1);
    answers.add(new String(without.body().toByteArray(), UTF_8));
    assertThat(answers).hasSize(1);
  }

  @Test
  void whoGuessesWaitsLongerAndLonger() throws Exception {
    RpcServer server = builder().build();
    int looked = 0;
    for (int second = 0; second < 600; second++) {
      now = second * 1_000_000_000L;
      RpcReply reply = call(server, A, header("user" + second, "wrong"), "read");
      if (reply.status() == 200) {
        looked++;
      } else {
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.retryAfterSeconds()).isBetween(1L, 31L);
      }
    }
    assertThat(looked).as("guesses looked at in ten minutes").isBetween(10, 30);
    assertThat(server.refused(Refusal.PAUSED)).isEqualTo(600 - looked);
    assertThat(call(server, B, header("hasync", "right"), "read").status()).isEqualTo(200);
  }

  @Test
  void aNameIsPausedFromEverywhereButWhereItWasAccepted() throws Exception {
    RpcServer server = builder().build();
    assertThat(code(call(server, A, header("hasync", "right"), "read"))).isZero();
    for (int i = 0; i < 20; i++) {
      call(server, address(203, 0, 113, i), header("hasync", "guess" + i), "read");
    }
    assertThat(call(server, B, header("hasync", "right"), "read").status())
        .as("one more address")
        .isEqualTo(503);
    assertThat(code(call(server, A, header("hasync", "right"), "read"))).as("the peer").isZero();
  }

  @Test
  void theTableOfOffendersIsBoundedAndAnIpv6NetworkIsOne() {
    Offenders offenders = new Offenders();
    for (int i = 0; i < 20_000; i++) {
      offenders.failed(address(10, i >> 16, i >> 8, i), "user" + i, i);
    }
    assertThat(offenders.size()).isEqualTo(Offenders.MAX_OFFENDERS);
    Offenders six = new Offenders();
    for (int i = 0; i < 10; i++) {
      six.failed(address(0x20, 1, 0xd, 0xb8, 0, 0, 0, 7, i, i, i, i, i, i, i, i), "u" + i, 0);
    }
    InetAddress next = address(0x20, 1, 0xd, 0xb8, 0, 0, 0, 7, 99, 0, 0, 0, 0, 0, 0, 0);
    InetAddress other = address(0x20, 1, 0xd, 0xb8, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1);
    assertThat(six.waitNanos(next, "new", 0)).isEqualTo(Offenders.LONGEST_NANOS);
    assertThat(six.waitNanos(other, "new", 0)).isZero();
    assertThat(six.waitNanos(next, "new", Offenders.LONGEST_NANOS)).isZero();
  }

  @Test
  void pausesDoubleAndAreForgotten() {
    Offenders offenders = new Offenders();
    long clock = Long.MAX_VALUE - 5; // the clock may wrap
    List<Long> pauses = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      offenders.failed(A, "u", clock);
      pauses.add(offenders.waitNanos(A, "u", clock) / 1_000_000_000L);
      clock += Offenders.LONGEST_NANOS;
    }
    assertThat(pauses).containsExactly(0L, 0L, 0L, 1L, 2L, 4L, 8L, 16L, 30L, 30L, 30L, 30L);
    offenders.failed(A, "u", clock + Offenders.FORGET_NANOS);
    assertThat(offenders.waitNanos(A, "u", clock + Offenders.FORGET_NANOS)).isZero();
  }

  @Test
  void whoMayReadMayNotWriteAndWhoIsUnknownHereMayNothing() throws Exception {
    RpcServer server = builder().build();
    assertThat(code(call(server, A, header("reader", "right"), "read"))).isZero();
    assertThat(code(call(server, A, header("reader", "right"), "write"))).isEqualTo(-2);
    assertThat(performed).hasValue(1);
    RpcServer nobodyMay =
        RpcServer.builder(
                Authenticator.of(Map.of("u", PasswordCheck.of("right".toCharArray()))),
                (user, method) -> false)
            .methods(Map.of("read", (caller, call) -> performed.incrementAndGet()))
            .build();
    assertThat(code(call(nobodyMay, A, header("u", "right"), "read"))).isEqualTo(-2);
    assertThat(performed).hasValue(1);
  }

  @Test
  void aFailingAuthenticatorAcceptsNobody() throws Exception {
    Authenticator failing =
        new Authenticator() {
          @Override
          public PasswordCheck find(String user) {
            throw new IllegalStateException("the directory is down");
          }

          @Override
          public PasswordCheck decoy() {
            return secret -> true;
          }
        };
    RpcServer server =
        RpcServer.builder(failing, (user, method) -> true)
            .methods(Map.of("read", (caller, call) -> performed.incrementAndGet()))
            .build();
    assertThat(code(call(server, A, header("u", "right"), "read"))).isEqualTo(-1);
    assertThat(performed).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "__construct", "toString", "getClass", "read ", " read", "Read", "READ", "read.x",
        "pfsense.read", "", "reаd", "read\u200b", "&lt;b&gt;", "read&#0;", "hashCode",
            "write/../read"
      })
  void onlyExactNamesAreMethodsAndNoneIsEchoed(String method) throws Exception {
    RpcServer server = builder().build();
    RpcReply reply = call(server, A, header("hasync", "right"), method);
    assertThat(code(reply)).isIn(-32601, -32700);
    String answer = new String(reply.body().toByteArray(), UTF_8);
    assertThat(performed).hasValue(0);
    if (method.length() > 5) {
      assertThat(answer).doesNotContain(method.trim());
    }
  }

  @Test
  void multicallIsNotOfferedUnlessAskedFor() throws Exception {
    RpcServer server = builder().build();
    assertThat(code(call(server, A, header("hasync", "right"), "system.multicall")))
        .isEqualTo(-32601);
  }

  private static Map<String, Object> inner(String method) {
    Map<String, Object> call = new LinkedHashMap<>();
    call.put("methodName", method);
    call.put("params", List.of());
    return call;
  }

  private Object multicall(String user, List<?> calls) throws Exception {
    RpcServer server = builder().multicall().build();
    byte[] body = XmlRpc.encodeCall("system.multicall", calls);
    return XmlRpc.decodeResponse(
        server
            .handle(A, header(user, "right"), new ByteArrayInputStream(body))
            .body()
            .toByteArray());
  }

  @Test
  void multicallIsBoundedDoesNotNestAndChecksEachRight() throws Exception {
    Object results =
        multicall(
            "reader",
            List.of(inner("read"), inner("write"), inner("nosuch"), inner("system.multicall")));
    assertThat(results.toString())
        .isEqualTo(
            "[[1], {faultCode=-2, faultString=not enough privileges},"
                + " {faultCode=-32601, faultString=server error. requested method not found},"
                + " {faultCode=-32600, faultString=Recursive calls to system.multicall are"
                + " forbidden}]");
    List<Object> many = new ArrayList<>();
    for (int i = 0; i < 17; i++) {
      many.add(inner("read"));
    }
    assertThatThrownBy(() -> multicall("hasync", many))
        .isInstanceOfSatisfying(RpcFault.class, f -> assertThat(f.code()).isEqualTo(-32602));
    assertThat(performed).hasValue(1);
  }

  @Test
  void whatCallersSendReachesLogsAsOneHarmlessLine() throws Exception {
    RpcServer server = builder().build();
    String evil = "root\r\nAug 1 sshd accepted\u001b[2J\u202e\u2028" + "x".repeat(500);
    call(server, A, header(evil, "wrong"), "read");
    assertThat(refusals).hasSize(1);
    assertThat(refusals.get(0)).hasSize("CREDENTIALS ".length() + 64);
    assertThat(refusals.get(0)).matches("[\\P{Cntrl}&&[^\u202e\u2028]]*");
    assertThat(new RpcFault(1, evil).getMessage())
        .doesNotContainPattern("[\\p{Cntrl}\u202e\u2028]");
    assertThat(new Credentials(evil, new char[0]).toString())
        .doesNotContainPattern("[\\p{Cntrl}\u202e\u2028]");
  }

  @Test
  void secretsAreInNoText() throws Exception {
    Credentials credentials = new Credentials("hasync", "S3cret!".toCharArray());
    RpcRequest request =
        RpcRequest.of(credentials, java.time.Duration.ofSeconds(1), "m", "S3cret!");
    assertThat(List.of(credentials.toString(), request.toString()).toString())
        .doesNotContain("S3cret!");
    assertThat(new RpcCall("m", List.of("S3cret!")).toString()).doesNotContain("S3cret!");
    assertThat(new RpcAnswer("S3cret!", null, null, 1, 2).toString()).doesNotContain("S3cret!");
    RpcReply reply = call(builder().build(), A, header("hasync", "right"), "broken");
    assertThat(new String(reply.body().toByteArray(), UTF_8))
        .contains("internal error")
        .doesNotContain("right");
  }

  @ParameterizedTest
  @EnumSource(FaultStyle.class)
  void everyStyleRefusesInItsOwnWords(FaultStyle style) throws Exception {
    RpcServer server = builder().faults(style).build();
    String ok = header("hasync", "right");
    Map<String, String> expected =
        Map.of(
            "STANDARD", "-32700 -32700 -32600 -32700 -32601 -1 -2",
            "PFSENSE", "0 1 1 -32700 -32601 -1 -2",
            "OPNSENSE", "-32700 -32700 -32600 -32700 -32601 text text");
    List<String> codes = new ArrayList<>();
    for (String body :
        List.of("hello", "<methodCall><x/></methodCall>", "<a/>", "<!DOCTYPE a><a/>")) {
      codes.add(said(server.handle(A, ok, new ByteArrayInputStream(body.getBytes(UTF_8)))));
    }
    codes.add(said(call(server, A, ok, "nosuch")));
    codes.add(said(call(server, A, header("hasync", "wrong"), "read")));
    codes.add(said(call(server, A, header("reader", "right"), "write")));
    assertThat(String.join(" ", codes)).isEqualTo(expected.get(style.name()));
  }

  private static String said(RpcReply reply) throws Exception {
    try {
      Object value = XmlRpc.decodeResponse(reply.body().toByteArray());
      assertThat(value).isEqualTo("Authentication failed");
      return "text";
    } catch (RpcFault fault) {
      return Integer.toString(fault.code());
    }
  }

  @Test
  void bcryptHashesAreChecked() {
    // Made by PHP's password_hash("Sync-Pa55", PASSWORD_BCRYPT, ["cost" => 4]).
    PasswordCheck check = PasswordCheck.bcrypt(BCRYPT);
    assertThat(check.matches("Sync-Pa55".getBytes(UTF_8))).isTrue();
    assertThat(check.matches("Sync-Pa56".getBytes(UTF_8))).isFalse();
    assertThat(check.matches(new byte[0])).isFalse();
    for (String bad : List.of("", "$2y$10$short", "plain", "$1$x$y")) {
      assertThatThrownBy(() -> PasswordCheck.bcrypt(bad))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static final String BCRYPT =
      "$2y$04$bVY6B7pWZOTfM8/JYiNB.OoD3Gv7iR9APA2/1k0.yyupb9zdvVmpa";
}
