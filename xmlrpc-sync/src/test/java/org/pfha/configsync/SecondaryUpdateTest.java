package org.pfha.configsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.configsync.SecondaryReport.Outcome;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.dialect.Effect;
import org.pfha.configsync.dialect.SectionStore;
import org.pfha.configsync.dialect.Sections;
import org.pfha.configsync.rpc.XmlRpc;

/** All of a change or nothing of it, whatever the application, the disk and the power do. */
@Timeout(60)
class SecondaryUpdateTest {
  private static final ConfigTree OWN = SectionPair.tree("rules", "new", "nat", "n");

  private final SectionPair pair = new SectionPair("rules", "old", "local", "stays");

  @Test
  void theApplicationIsToldAfterTheConfigurationIsStored() throws Exception {
    List<String> seen = new ArrayList<>();
    pair.secondaryWith(
        builder ->
            builder.on(
                Effect.ApplySections.class,
                (effect, config) -> {
                  seen.addAll(effect.names());
                  seen.add(pair.held().get("rules"));
                }));
    pair.primary().sync(OWN);
    assertThat(seen).containsExactly("rules", "nat", "new");
    assertThat(pair.effects).containsExactly(new Effect.SyncOnward());
    assertThat(pair.reports).hasSize(1);
    SecondaryReport report = pair.reports.get(0);
    assertThat(report.outcome()).isEqualTo(Outcome.APPLIED);
    assertThat(report.changed()).containsExactly("nat", "rules");
    assertThat(report.hops()).containsExactly("a");
    assertThat(report.caller().getHostAddress()).isEqualTo("192.0.2.1");
    assertThat(report.effects()).extracting("error").containsOnly("");
  }

  @Test
  void theHistoryNamesThePrimary() throws Exception {
    pair.primary().sync(OWN);
    var revision = SectionPair.DIALECT.read(pair.store.load()).section("revision").fields();
    assertThat(revision.at("username").text()).isEqualTo("(system)@192.0.2.1");
    assertThat(revision.at("description").text()).isEqualTo("Sections rules, nat from a");
    assertThat(revision.at("time").text()).isEqualTo("1700000100");
  }

  /** Attack 22: what is sent once more changes nothing, writes nothing and restarts nothing. */
  @Test
  void aRepeatedCallWritesAndAppliesNothing() throws Exception {
    ConfigPrimary primary = pair.primary();
    primary.sync(OWN);
    byte[] once = pair.store.load();
    pair.effects.clear();
    pair.clock.pause(Duration.ofHours(1));
    primary.sync(OWN, List.of(), true);
    assertThat(pair.store.load()).isEqualTo(once);
    assertThat(pair.effects).isEmpty();
  }

  @Test
  void anApplicationThatFailsGetsTheOldConfigurationBack() throws Exception {
    byte[] before = pair.store.load();
    pair.secondaryWith(
        builder ->
            builder.on(
                Effect.ApplySections.class,
                (effect, config) -> {
                  throw new IllegalStateException("pfctl: syntax error, password hunter2");
                }));
    assertThatThrownBy(() -> pair.primary().sync(OWN))
        .isInstanceOf(SyncException.Refused.class)
        .hasMessageContaining("the old configuration is in force again")
        .hasMessageNotContaining("hunter2");
    assertThat(pair.store.load()).isEqualTo(before);
    assertThat(pair.effects)
        .containsExactly(
            new Effect.RollBack(List.of(new Effect.ApplySections(List.of("rules", "nat")))));
    assertThat(pair.reports)
        .extracting(SecondaryReport::outcome)
        .containsExactly(Outcome.ROLLED_BACK);
    assertThat(pair.store.note()).isEmpty();
  }

  @Test
  void aDiskThatFailsDuringTheRollBackIsToldAndMadeUpForLater() throws Exception {
    ConfigStore full =
        new ConfigStore() {
          private int saves;

          @Override
          public byte[] load() throws IOException {
            return pair.store.load();
          }

          @Override
          public void save(byte[] config) throws IOException {
            if (++saves > 1) {
              throw new IOException("disk full");
            }
            pair.store.save(config);
          }

          @Override
          public void note(String note) throws IOException {
            pair.store.note(note);
          }
        };
    SectionPair stuck = new SectionPair(full);
    stuck.secondaryWith(
        builder ->
            builder.onEffect(
                (effect, config) -> {
                  throw new IllegalStateException("no");
                }));
    assertThatThrownBy(() -> stuck.primary().sync(OWN))
        .hasMessageContaining("could not be put back");
    assertThat(stuck.reports).extracting("outcome").containsExactly(Outcome.STUCK);
    pair.secondary().recover();
    assertThat(pair.effects).containsExactly(new Effect.ApplyAgain(List.of("nat", "rules")));
  }

  @Test
  void anApplicationThatHangsIsInterruptedAndRolledBack() throws Exception {
    byte[] before = pair.store.load();
    CountDownLatch interrupted = new CountDownLatch(1);
    pair.secondaryWith(
        builder ->
            builder
                .effectLimit(Duration.ofMillis(500))
                .on(
                    Effect.ApplySections.class,
                    (effect, config) -> {
                      try {
                        new CountDownLatch(1).await();
                      } catch (InterruptedException e) {
                        interrupted.countDown();
                      }
                    }));
    assertThatThrownBy(() -> pair.primary().sync(OWN))
        .hasMessageContaining("took longer than 500 ms");
    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(pair.store.load()).isEqualTo(before);
    assertThat(pair.effects).hasOnlyElementsOfType(Effect.RollBack.class);
  }

  @Test
  void aHandlerThatNeverEndsCostsAThreadAndSoonNothingIsAppliedAnyMore() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    pair.secondaryWith(
        builder ->
            builder
                .effectLimit(Duration.ofMillis(500))
                .on(
                    Effect.ApplySections.class,
                    (effect, config) -> {
                      boolean done = false;
                      while (!done) {
                        try {
                          done = end.await(1, TimeUnit.MINUTES);
                        } catch (InterruptedException e) {
                          done = false; // does not care
                        }
                      }
                    }));
    ConfigPrimary primary = pair.primary();
    try {
      for (int i = 0; i < 4; i++) {
        assertThatThrownBy(() -> primary.sync(OWN)).hasMessageContaining("took longer");
      }
      assertThatThrownBy(() -> primary.sync(OWN)).hasMessageContaining("still hang");
      assertThat(pair.held()).containsEntry("rules", "old");
    } finally {
      end.countDown();
    }
  }

  @Test
  void thousandsOfEffectsNeedOneThread() throws Exception {
    Map<String, byte[]> many = new TreeMap<>();
    List<String> threads = new ArrayList<>();
    pair.secondaryWith(
        builder ->
            builder.onEffect((effect, config) -> threads.add(Thread.currentThread().getName())));
    ConfigSecondary secondary = pair.secondary();
    for (int i = 0; i < 300; i++) {
      many.put("rules", new byte[] {(byte) ('a' + i % 26)});
      pair.primary(SectionPair.client(secondary)).sync(Sections.tree("7", many));
    }
    assertThat(threads).hasSize(600);
    assertThat(threads.stream().distinct()).hasSize(1);
  }

  @Test
  void aListenerThatFailsDoesNotUndoWhatIsApplied() throws Exception {
    pair.secondaryWith(
        builder ->
            builder.onApplied(
                (before, after, changed) -> {
                  throw new IllegalStateException("a listener's own trouble");
                }));
    assertThat(pair.primary().sync(OWN).verified()).isTrue();
  }

  @Test
  void keptSectionsStayEvenIfThePrimarySendsThem() throws Exception {
    pair.secondaryWith(builder -> builder.keep("nat"));
    SyncReceipt receipt = pair.primary().sync(OWN);
    assertThat(pair.held()).containsEntry("rules", "new").doesNotContainKey("nat");
    assertThat(receipt.sections())
        .filteredOn("name", "nat")
        .extracting(SyncReceipt.Section::outcome)
        .containsExactly(SyncReceipt.Outcome.DIFFERS);
    assertThat(pair.effects).contains(new Effect.ApplySections(List.of("rules")));
  }

  @Test
  void sectionsThatAreNotEnabledRefuseTheWholeCall() throws Exception {
    byte[] before = pair.store.load();
    pair.secondaryWith(builder -> builder.scope(SyncScope.sections("rules")));
    assertThatThrownBy(() -> pair.primary().sync(OWN))
        .isInstanceOfSatisfying(
            SyncException.Refused.class, refused -> assertThat(refused.code()).isEqualTo(-32602));
    assertThat(pair.store.load()).isEqualTo(before);
  }

  /** Attack 21: two calls at once; the second one must see what the first one wrote. */
  @Test
  void overlappingCallsLoseNothing() throws Exception {
    CountDownLatch applying = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    pair.secondaryWith(
        builder ->
            builder.on(
                Effect.ApplySections.class,
                (effect, config) -> {
                  if (effect.names().contains("one")) {
                    applying.countDown();
                    go.await();
                  }
                }));
    ConfigSecondary secondary = pair.secondary();
    pair.primaryWith(builder -> builder.scope(SyncScope.sections("one")));
    ConfigPrimary first = pair.primary(SectionPair.client(secondary));
    pair.primaryWith(builder -> builder.scope(SyncScope.sections("two")));
    ConfigPrimary second = pair.primary(SectionPair.client(secondary));
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<SyncReceipt> one = threads.submit(() -> first.sync(SectionPair.tree("one", "1")));
      assertThat(applying.await(10, TimeUnit.SECONDS)).isTrue();
      Future<SyncReceipt> two = threads.submit(() -> second.sync(SectionPair.tree("two", "2")));
      go.countDown();
      assertThat(one.get(20, TimeUnit.SECONDS).verified()).isTrue();
      assertThat(two.get(20, TimeUnit.SECONDS).verified()).isTrue();
    } finally {
      threads.shutdownNow();
    }
    assertThat(pair.held()).containsEntry("one", "1").containsEntry("two", "2");
  }

  @Test
  void aCallThatWaitsTooLongIsToldThatTheNodeIsBusyAndTriesAgain() throws Exception {
    pair.secondaryWith(builder -> builder.patience(Duration.ofMillis(1)));
    ConfigPrimary primary = pair.primary();
    ConfigStore.Hold editor = pair.store.lock(Duration.ZERO);
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      Future<?> push = other.submit(() -> primary.sync(OWN));
      assertThatThrownBy(() -> push.get(20, TimeUnit.SECONDS))
          .hasCauseInstanceOf(SyncException.PeerBusy.class);
      assertThat(pair.reports).hasSize(4).extracting("outcome").containsOnly(Outcome.REFUSED);
    } finally {
      other.shutdownNow();
      editor.close();
    }
    assertThat(primary.sync(OWN).verified()).isTrue();
  }

  @Test
  void aCrashBetweenWritingAndApplyingIsMadeUpForAtTheNextStart() throws Exception {
    class PowerFailure extends Error {
      private static final long serialVersionUID = 1L;
    }
    // The process is gone in the middle: what it would have done next does not happen.
    ConfigStore crashing =
        new ConfigStore() {
          private boolean written;

          @Override
          public byte[] load() throws IOException {
            return pair.store.load();
          }

          @Override
          public void save(byte[] config) throws IOException {
            if (written) {
              throw new IOException("no power");
            }
            written = true;
            pair.store.save(config);
          }

          @Override
          public void note(String note) throws IOException {
            if (written) {
              throw new IOException("no power");
            }
            pair.store.note(note);
          }
        };
    SectionPair dying = new SectionPair(crashing);
    dying.secondaryWith(
        builder ->
            builder.onEffect(
                (effect, config) -> {
                  throw new PowerFailure();
                }));
    assertThatThrownBy(() -> dying.primary().sync(OWN)).isInstanceOf(SyncException.class);
    assertThat(pair.held()).containsEntry("rules", "new");

    pair.secondaryWith(builder -> builder);
    ConfigSecondary restarted = pair.secondary();
    restarted.recover();
    assertThat(pair.effects).containsExactly(new Effect.ApplyAgain(List.of("nat", "rules")));
    assertThat(pair.reports).extracting("outcome").containsExactly(Outcome.APPLIED_AGAIN);
    pair.effects.clear();
    restarted.recover();
    pair.secondary().recover();
    assertThat(pair.effects).isEmpty();
  }

  @Test
  void aCrashBeforeWritingNeedsNothing() throws Exception {
    pair.store.note("0".repeat(64) + " rules");
    pair.secondary().recover();
    assertThat(pair.effects).isEmpty();
    assertThat(pair.store.note()).isEmpty();
  }

  @Test
  void aFailedRecoveryIsTriedAgainBeforeTheNextChange() throws Exception {
    pair.primary().sync(OWN);
    byte[] stored = pair.store.load();
    pair.store.note(sha256(stored) + " rules");
    List<Effect> told = new ArrayList<>();
    pair.secondaryWith(
        builder ->
            builder.onEffect(
                (effect, config) -> {
                  told.add(effect);
                  if (told.size() == 1) {
                    throw new IOException("not yet");
                  }
                }));
    ConfigSecondary secondary = pair.secondary();
    assertThatThrownBy(secondary::recover).isInstanceOf(IOException.class);
    secondary.recover();
    assertThat(told)
        .containsExactly(
            new Effect.ApplyAgain(List.of("rules")), new Effect.ApplyAgain(List.of("rules")));
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  /** Attack 29: nobody but the owner reads what is on disk. */
  @Test
  void everyFileOfAStoreIsTheOwnersOnly(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("config.xml");
    Files.write(file, SectionPair.bytes(SectionPair.tree("rules", "old")));
    SectionPair onDisk = new SectionPair(ConfigStores.file(file));
    onDisk.store.note("a note");
    onDisk.primary().sync(OWN);
    onDisk.store.note("a note");
    try (var files = Files.list(directory)) {
      List<Path> all = files.toList();
      assertThat(all)
          .extracting(path -> path.getFileName().toString())
          .containsExactlyInAnyOrder(
              "config.xml", "config.xml.bak", "config.xml.lock", "config.xml.note");
      for (Path path : all) {
        assertThat(Files.getPosixFilePermissions(path))
            .as(path.toString())
            .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      }
    }
    assertThat(onDisk.held()).containsEntry("rules", "new");
  }

  @Test
  void twoStoresOfOneFileKeepEachOtherOut(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("config.xml");
    Files.write(file, SectionPair.bytes(SectionPair.tree("rules", "old")));
    ConfigStore.Hold held = ConfigStores.file(file).lock(Duration.ZERO);
    assertThatThrownBy(() -> ConfigStores.file(file).lock(Duration.ofMillis(30)))
        .isInstanceOf(LockedException.class);
    held.close();
    ConfigStores.file(file).lock(Duration.ZERO).close();
  }

  /** Attack 14: what was not installed does not exist. */
  @ParameterizedTest
  @ValueSource(strings = {"exec_php", "exec_shell", "reboot"})
  void methodsThatRunCodeExistOnlyWithAHandler(String method) throws Exception {
    List<String> run = new ArrayList<>();
    for (boolean allowed : new boolean[] {false, true}) {
      ConfigSecondary.Builder builder =
          ConfigSecondary.over(ConfigStores.inMemory(Samples.bytes("config-secondary.xml")))
              .credentials("sync", SectionPair.SECRET)
              .areas(SyncArea.all());
      if (allowed) {
        builder.allow(method, text -> run.add(method + text));
      }
      byte[] call = XmlRpc.encodeCall("pfsense." + method, "touch /tmp/owned");
      byte[] answer = Samples.exchange(builder.build().server(), "sync", SectionPair.SECRET, call);
      assertThat(new String(answer, StandardCharsets.UTF_8))
          .contains(allowed ? "<boolean>1</boolean>" : "-32601");
    }
    assertThat(run).hasSize(1);
  }

  @Test
  void onlyTheThreeMethodsCanBeInstalled() {
    assertThatThrownBy(
            () ->
                ConfigSecondary.over(pair.store)
                    .credentials("sync", SectionPair.SECRET)
                    .scope(SyncScope.sections("x"))
                    .node("not a node")
                    .allow("exec_anything", text -> true)
                    .build())
        .hasMessageContainingAll("exec_anything", "not a node");
  }

  @Test
  void anApplicationsOwnSectionsCanBeTheStore() throws Exception {
    Map<String, byte[]> live = new TreeMap<>(Map.of("rules", new byte[] {1, 0, 13}));
    List<String> replaced = new ArrayList<>();
    ConfigStore store =
        Sections.store(
            "7",
            new SectionStore() {
              @Override
              public Map<String, byte[]> load() {
                return live;
              }

              @Override
              public void replace(Map<String, byte[]> sections, Set<String> changed) {
                replaced.addAll(changed);
                Map<String, byte[]> copy = Map.copyOf(sections);
                live.clear();
                live.putAll(copy);
              }
            });
    SyncReceipt receipt = new SectionPair(store).primary().sync(OWN);
    assertThat(receipt.verified()).isTrue();
    assertThat(replaced).containsExactlyInAnyOrder("rules", "nat");
    assertThat(live.get("nat")).isEqualTo(new byte[] {'n'});
  }
}
