package org.pfha.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pfha.carp.CarpNode;
import org.pfha.carp.VirtualRouter;
import org.pfha.configsync.ConfigPrimary;
import org.pfha.configsync.ConfigSecondary;
import org.pfha.configsync.ConfigStores;
import org.pfha.configsync.SyncArea;
import org.pfha.configsync.doctor.HaPlan;
import org.pfha.configsync.doctor.PlanSecrets;
import org.pfha.configsync.rpc.Credentials;
import org.pfha.configsync.rpc.RpcClient;
import org.pfha.configsync.rpc.TlsIdentity;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimNetwork;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.PfsyncNode;

/** Whoever describes something wrongly hears of all of it at once, and nothing shows a secret. */
class BuildersTest {

  private static final String SECRET = "canary-4711";
  private static final Pattern SECRET_NAME =
      Pattern.compile("(?i).*(password|passphrase|secret|token|privatekey).*");

  /** A description with several mistakes, and words that the complaint about each must have. */
  private record Wrong(String what, Callable<?> start, List<String> words) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static SimHost host() {
    SimNetwork network = new SimNetwork(1);
    SimHost host = network.host("a");
    host.attach(network.segment("lan"), "em1", "192.0.2.2/24");
    return host;
  }

  static Stream<Wrong> wrong() {
    return Stream.of(
        new Wrong(
            "CarpNode",
            () ->
                CarpNode.builder(host())
                    .virtualRouter(
                        VirtualRouter.onInterface("nope")
                            .vhid(300)
                            .address("192.0.2.999")
                            .advskew(1000)
                            .password(SECRET + " which is much too long"))
                    .virtualRouter(VirtualRouter.onInterface("em1").vhid(7))
                    .start(),
            List.of("nope", "300", "192.0.2.999", "1000", "7@em1 has no password", "no address")),
        new Wrong(
            "PfsyncNode",
            () ->
                PfsyncNode.builder(host())
                    .onInterface("nope")
                    .peer("not an address")
                    .maxUpdates(999)
                    .buckets(65)
                    .flushDelay(Duration.ofSeconds(-3))
                    .bulkPace(0)
                    .start(),
            List.of(
                "nope",
                "not an address",
                "999",
                "65",
                "PT-3S",
                "0 packets",
                "call table(",
                "call creatorId(")),
        new Wrong(
            "ConfigPrimary",
            () -> ConfigPrimary.to("ftp://192.0.2.3").node("no id!").build(),
            List.of("call as(user, secret)", "call areas(", "no id!", "https")),
        new Wrong(
            "ConfigSecondary",
            () -> ConfigSecondary.over(ConfigStores.inMemory(new byte[0])).node("no id!").build(),
            List.of("call credentials(user, secret)", "call areas(", "no id!")),
        new Wrong(
            "RpcClient",
            () ->
                RpcClient.to("ftp://192.0.2.3")
                    .connectTimeout(Duration.ofSeconds(-3))
                    .maxAnswer(-4)
                    .build(),
            List.of("https", "PT-3S", "-4")),
        new Wrong(
            "HaPlan",
            () -> HaPlan.of("fw 1", "fw 1").reserve("nowhere").sync("10.0.0.0/8").build(),
            List.of("fw 1", "nowhere", "inside network", "10.0.0.0/8")));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void allThatIsWrongIsToldAtOnceWithItsValue(Wrong wrong) {
    Throwable told = catchThrowable(wrong.start::call);
    assertThat(told).isInstanceOf(IllegalArgumentException.class);
    assertThat(told.getMessage()).contains(wrong.words).doesNotContain(SECRET);
  }

  static Stream<Object> holders() throws Exception {
    char[] secret = SECRET.toCharArray();
    VirtualRouter router =
        VirtualRouter.onInterface("em1").vhid(1).address("192.0.2.1/24").password(SECRET);
    TlsIdentity identity =
        TlsIdentity.selfSigned(
            Instant.parse("2026-01-01T00:00:00Z"), InetAddress.getLoopbackAddress());
    return Stream.of(
        router,
        CarpNode.builder(host()).virtualRouter(router),
        CarpNode.builder(host()).virtualRouter(router).start(),
        PfsyncNode.builder(host()).table(StateTable.withLimit(10)),
        new Credentials("admin", secret),
        ConfigPrimary.to("https://192.0.2.3").as("admin", secret),
        ConfigPrimary.to("https://192.0.2.3").as("admin", secret).areas(SyncArea.all()).build(),
        ConfigSecondary.over(ConfigStores.inMemory(SECRET.getBytes(UTF_8)))
            .credentials("admin", secret),
        ConfigSecondary.over(ConfigStores.inMemory(SECRET.getBytes(UTF_8)))
            .credentials("admin", secret)
            .areas(SyncArea.all())
            .build(),
        ConfigStores.inMemory(SECRET.getBytes(UTF_8)),
        PlanSecrets.madeBy(() -> SECRET),
        identity);
  }

  @ParameterizedTest
  @MethodSource("holders")
  void whatHoldsASecretDoesNotShowIt(Object holder) {
    assertThat(holder.toString()).isNotBlank().doesNotContain(SECRET, "PRIVATE KEY");
  }

  /** A record shows all its components unless it says otherwise: those with a secret must. */
  @Test
  void noRecordShowsWhatIsNamedLikeASecret() throws Exception {
    List<String> looked = new ArrayList<>();
    for (JavaClass type :
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.pfha")) {
      if (type.isRecord()
          && type.getFields().stream()
              .anyMatch(f -> isSecret(f.getName(), f.getRawType().getName()))) {
        Class<?> record = Class.forName(type.getName());
        assertThat(example(record).toString()).as(type.getName()).doesNotContain(SECRET);
        looked.add(record.getSimpleName());
      }
    }
    assertThat(looked).isNotEmpty();
  }

  private static boolean isSecret(String name, String type) {
    return SECRET_NAME.matcher(name).matches()
        && Set.of("java.lang.String", "java.util.Optional", "java.util.List").contains(type);
  }

  private static Object example(Class<?> record) throws Exception {
    RecordComponent[] components = record.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = value(types[i], SECRET_NAME.matcher(components[i].getName()).matches());
    }
    Constructor<?> constructor = record.getDeclaredConstructor(types);
    constructor.setAccessible(true);
    return constructor.newInstance(values);
  }

  private static Object value(Class<?> type, boolean secret) throws Exception {
    if (type == String.class) {
      return secret ? SECRET : "x";
    }
    if (type == Optional.class) {
      return secret ? Optional.of(SECRET) : Optional.empty();
    }
    if (type == List.class) {
      return secret ? List.of(SECRET) : List.of();
    }
    if (type == Set.class) {
      return Set.of();
    }
    if (type == Map.class) {
      return Map.of();
    }
    if (type.isEnum()) {
      return type.getEnumConstants()[0];
    }
    if (type.isPrimitive()) {
      return Array.get(Array.newInstance(type, 1), 0);
    }
    return type.isRecord() ? example(type) : null;
  }

  @Test
  void theNamesOfSecretsAreRecognised() {
    assertThat(Stream.of("password", "carpPassword", "tokenFile", "sharedSecret"))
        .allMatch(name -> isSecret(name, "java.lang.String"));
    assertThat(isSecret("passphrase".toUpperCase(Locale.ROOT), "java.util.Optional")).isTrue();
    assertThat(isSecret("name", "java.lang.String")).isFalse();
  }
}
