package org.pfha.configsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.pfha.configsync.SyncPolicy.Behaviour;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.RpcClient;
import org.pfha.configsync.rpc.RpcException;
import org.pfha.configsync.rpc.RpcException.Cause;
import org.pfha.configsync.rpc.RpcException.Step;

/** Two nodes in one JVM, in virtual time. */
class ConfigSyncTest {
  private static final char[] SECRET = "Sync-Pa55 wörd/+%:@".toCharArray();

  private final Samples.VirtualClock clock = new Samples.VirtualClock();
  private final List<List<String>> applied = new ArrayList<>();

  private ConfigSecondary secondary(ConfigStore store, Behaviour behaviour, Set<SyncArea> areas) {
    return ConfigSecondary.over(store)
        .credentials("hasync", SECRET)
        .areas(areas)
        .behaviour(behaviour)
        .clock(clock)
        .onApplied((before, after, changed) -> applied.add(changed))
        .build();
  }

  private ConfigPrimary primary(RpcClient client, char[] secret) {
    return ConfigPrimary.to("simulated peer")
        .as("hasync", secret)
        .areas(SyncArea.all())
        .client(client)
        .random(() -> 0)
        .clock(clock)
        .build();
  }

  private RpcClient to(ConfigSecondary secondary) throws IOException {
    return RpcClient.inMemory(secondary.server(), Samples.primaryAddress());
  }

  private ConfigStore store() throws IOException {
    return ConfigStores.inMemory(Samples.bytes("config-secondary.xml"));
  }

  @Test
  void likePfSenseTheSecondaryEndsByteForByteWhereTheProductEnds() throws Exception {
    ConfigStore store = store();
    ConfigSecondary node = secondary(store, Behaviour.LIKE_THE_PRODUCT, SyncArea.all());

    SyncReceipt receipt = primary(to(node), SECRET).sync(Samples.tree("config-primary.xml"));

    assertThat(new String(store.load(), StandardCharsets.UTF_8))
        .isEqualTo(
            new String(Samples.bytes("expected-secondary-after-sync.xml"), StandardCharsets.UTF_8));
    assertThat(receipt.sections()).hasSize(24).extracting("name").contains("filter", "virtualip");
    assertThat(receipt.peerVersion()).isEqualTo("24.5");
  }

  @Test
  void theSafeDefaultKeepsLocalOrderAndRemovesWhatThePrimaryDoesNotHave() throws Exception {
    ConfigStore store = store();
    ConfigSecondary node = secondary(store, Behaviour.SAFE, SyncArea.all());

    SyncReceipt receipt = primary(to(node), SECRET).sync(Samples.tree("config-primary.xml"));

    ConfigTree after = ConfigTree.parse(store.load());
    assertThat(receipt.sections()).filteredOn(section -> !section.verified()).isEmpty();
    assertThat(names(after, "system", "user"))
        .containsExactly("admin", "alice", "hasync", "jerome");
    assertThat(
            after.section("virtualip").fields().at("vip").items().stream()
                .map(vip -> vip.fields().at("uniqid").text()))
        .startsWith("5f0000000d101", "5f0000000d102", "5f0000000d103", "5f0000000d001");
    assertThat(after.section("system").fields().at("hostname").text()).isEqualTo("fw2");
  }

  private static List<String> names(ConfigTree tree, String section, String list) {
    return tree.section(section).fields().at(list).items().stream()
        .map(entry -> entry.fields().at("name").text())
        .toList();
  }

  @Test
  void syncingAgainChangesNothingAndAppliesNothing() throws Exception {
    ConfigStore store = store();
    ConfigPrimary primary = primary(to(secondary(store, Behaviour.SAFE, SyncArea.all())), SECRET);
    ConfigTree config = Samples.tree("config-primary.xml");
    primary.sync(config);
    byte[] once = store.load();
    primary.sync(config);
    assertThat(store.load()).isEqualTo(once);
    assertThat(applied).hasSize(1);
    assertThat(applied.get(0)).contains("filter", "virtualip").doesNotContain("interfaces");
  }

  @Test
  void retriesFourTimesAndWaitsTwiceAsLongEachTime() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    RpcClient dead =
        request -> {
          calls.incrementAndGet();
          throw new RpcException(Cause.CONNECTION_REFUSED, Step.CONNECT, "nobody there");
        };
    var begun = clock.instant();
    assertFails(dead, SECRET, SyncException.Unreachable.class);
    assertThat(calls).hasValue(4);
    assertThat(Duration.between(begun, clock.instant())).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void aPeerThatComesBackIsSyncedAtALaterAttempt() throws Exception {
    RpcClient peer = to(secondary(store(), Behaviour.SAFE, SyncArea.all()));
    AtomicInteger calls = new AtomicInteger();
    RpcClient flaky =
        request -> {
          if (calls.incrementAndGet() < 3) {
            throw new RpcException(Cause.CONNECTION_REFUSED, Step.CONNECT, "booting");
          }
          return peer.call(request);
        };
    SyncReceipt receipt = primary(flaky, SECRET).sync(Samples.tree("config-primary.xml"));
    assertThat(receipt.verified()).isTrue();
    assertThat(receipt.attempts()).isEqualTo(calls.get());
    assertThat(receipt.duration()).isEqualTo(Duration.ofSeconds(1 + 2));
  }

  @Test
  void aWrongPasswordIsRefusedOnceWithoutShowingIt() throws Exception {
    ConfigStore store = store();
    SyncException failure =
        assertFails(
            to(secondary(store, Behaviour.SAFE, SyncArea.all())),
            "guessed-secret".toCharArray(),
            SyncException.Credentials.class);
    assertThat(failure).hasMessageNotContaining("guessed-secret").hasMessageContaining("hasync");
    assertThat(store.load()).isEqualTo(Samples.bytes("config-secondary.xml"));
  }

  @Test
  void anotherRevisionStopsBeforeAnythingIsSent() throws Exception {
    String other =
        new String(Samples.bytes("config-secondary.xml"), StandardCharsets.UTF_8)
            .replace("<version>24.5<", "<version>23.3<");
    ConfigStore store = ConfigStores.inMemory(other.getBytes(StandardCharsets.UTF_8));
    SyncException failure =
        assertFails(
            to(secondary(store, Behaviour.SAFE, SyncArea.all())),
            SECRET,
            SyncException.VersionMismatch.class);
    assertThat(failure).hasMessageContaining("23.3").hasMessageContaining("24.5");
    assertThat(new String(store.load(), StandardCharsets.UTF_8)).isEqualTo(other);
  }

  @Test
  void anAreaThatIsNotEnabledIsRefusedAsAWhole() throws Exception {
    ConfigStore store = store();
    SyncException failure =
        assertFails(
            to(secondary(store, Behaviour.SAFE, Set.of(SyncArea.RULES))),
            SECRET,
            SyncException.Refused.class);
    assertThat(failure).hasMessageContaining("-32602");
    assertThat(store.load()).isEqualTo(Samples.bytes("config-secondary.xml"));
  }

  @Test
  void aFailedWriteLeavesTheOldConfigurationAndTellsNobody() throws Exception {
    ConfigStore broken =
        new ConfigStore() {
          @Override
          public byte[] load() throws IOException {
            return Samples.bytes("config-secondary.xml");
          }

          @Override
          public void save(byte[] config) throws IOException {
            throw new IOException("disk full");
          }
        };
    assertFails(
        to(secondary(broken, Behaviour.SAFE, SyncArea.all())), SECRET, SyncException.Refused.class);
    assertThat(applied).isEmpty();
  }

  @Test
  void aBuilderNamesAllThatIsMissing() {
    assertThatThrownBy(() -> ConfigPrimary.to("http://192.0.2.1").build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("as(user, secret)", "areas(", "plainHttp()");
  }

  @Test
  void noTextOfTheLibraryShowsASecret() throws Exception {
    ConfigTree primary = Samples.tree("config-primary.xml");
    ConfigTree secondary = Samples.tree("config-secondary.xml");
    String texts = primary + " " + primary.sections() + " " + primary.diff(secondary);
    assertThat(texts)
        .contains("virtualip/vip")
        .doesNotContain("carp-lan-pass", "old-lan-pass", "invented-psk-1", "$2y$");
  }

  private SyncException assertFails(
      RpcClient client, char[] secret, Class<? extends SyncException> cause) throws Exception {
    ConfigTree config = Samples.tree("config-primary.xml");
    try {
      primary(client, secret).sync(config);
    } catch (SyncException e) {
      assertThat(e).isInstanceOf(cause);
      return e;
    }
    throw new AssertionError("the sync should have failed with " + cause);
  }
}
