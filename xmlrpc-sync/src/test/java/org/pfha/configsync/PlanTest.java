package org.pfha.configsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.pfha.configsync.SyncPlan.Change;
import org.pfha.configsync.SyncReceipt.Outcome;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.dialect.Sections;
import org.pfha.configsync.rpc.RpcAnswer;
import org.pfha.configsync.rpc.RpcClient;

/** Look first, push what was looked at, see that it arrived. */
class PlanTest {
  private final SectionPair pair =
      new SectionPair("rules", "block in all", "local", "stays", "old", "x");

  @Test
  void aPlanSaysWhatWouldChangeAndChangesNothing() throws Exception {
    byte[] before = pair.store.load();
    ConfigTree own =
        SectionPair.tree("rules", "pass in all", "nat", "rdr on em0", "secret", "not sent");
    SyncPlan plan = pair.primary().plan(own);
    assertThat(plan.version().node()).isEqualTo("b");
    assertThat(plan.sections())
        .extracting(SyncPlan.Section::name, SyncPlan.Section::change)
        .containsExactly(tuple("rules", Change.CHANGED), tuple("nat", Change.ADDED));
    assertThat(plan.uncovered()).containsExactly("secret");
    assertThat(plan.changesNothing()).isFalse();
    assertThat(plan.toString())
        .contains("peer peer-b", "~ rules", "12 bytes", "11 bytes", "+ nat")
        .doesNotContain("pass in all", "rdr on em0", "\u001b");
    assertThat(pair.store.load()).isEqualTo(before);
    assertThat(pair.reports).isEmpty();
  }

  @Test
  void applyingAPlanPushesItAndProvesIt() throws Exception {
    ConfigPrimary primary = pair.primary();
    ConfigTree own = SectionPair.tree("rules", "pass in all", "nat", "rdr on em0");
    SyncReceipt receipt = primary.apply(primary.plan(own), own);
    assertThat(receipt.sent()).isTrue();
    assertThat(receipt.verified()).isTrue();
    assertThat(receipt.sections())
        .allSatisfy(section -> assertThat(section.peerDigest()).isEqualTo(section.sentDigest()));
    assertThat(receipt.steps())
        .containsOnlyKeys(
            SyncStep.PREPARE, SyncStep.GREET, SyncStep.READ, SyncStep.WRITE, SyncStep.VERIFY);
    assertThat(pair.held())
        .containsEntry("rules", "pass in all")
        .containsEntry("nat", "rdr on em0")
        .containsEntry("local", "stays");
    assertThat(primary.plan(own).changesNothing()).isTrue();
    assertThat(primary.plan(own).toString()).contains("nothing would change");
  }

  @Test
  void aSectionThatIsGoneHereIsRemovedThere() throws Exception {
    pair.primaryWith(builder -> builder.scope(SyncScope.sections("rules", "old")));
    ConfigPrimary primary = pair.primary();
    ConfigTree own = SectionPair.tree("rules", "block in all");
    SyncPlan plan = primary.plan(own);
    assertThat(plan.diff().changes()).hasSize(1).first().asString().startsWith("- old");
    assertThat(primary.apply(plan).verified()).isTrue();
    assertThat(pair.held()).doesNotContainKey("old").containsEntry("local", "stays");
    assertThat(primary.sync(own).sent()).isFalse();
  }

  @Test
  void aPlanIsStaleWhenThePeerChangedSince() throws Exception {
    ConfigPrimary primary = pair.primary();
    SyncPlan plan = primary.plan(SectionPair.tree("rules", "pass in all", "nat", ""));
    pair.change("rules", "somebody was faster", "local", "stays");
    assertThatThrownBy(() -> primary.apply(plan))
        .isInstanceOf(SyncException.StalePlan.class)
        .hasMessageContaining("rules of the peer");
    assertThat(pair.held()).containsEntry("rules", "somebody was faster");
    assertThat(pair.reports).isEmpty();
  }

  @Test
  void whatThePlanDoesNotTouchMayChange() throws Exception {
    ConfigPrimary primary = pair.primary();
    SyncPlan plan = primary.plan(SectionPair.tree("rules", "pass in all"));
    pair.change("rules", "block in all", "local", "changed");
    assertThat(primary.apply(plan).verified()).isTrue();
    assertThat(pair.held()).containsEntry("local", "changed");
  }

  @Test
  void aPlanIsStaleWhenThisNodeChangedSince() throws Exception {
    ConfigPrimary primary = pair.primary();
    SyncPlan plan = primary.plan(SectionPair.tree("rules", "pass in all"));
    ConfigTree now = SectionPair.tree("rules", "pass in quick");
    assertThatThrownBy(() -> primary.apply(plan, now))
        .isInstanceOf(SyncException.StalePlan.class)
        .hasMessageContaining("rules of this node");
    assertThat(pair.held()).containsEntry("rules", "block in all");
  }

  /** Attack 21: between the primary's last look and its write somebody else writes. */
  @Test
  void thePeerChecksUnderItsOwnLockThatNobodyWroteMeanwhile() throws Exception {
    RpcClient straight = SectionPair.client(pair.secondary());
    RpcClient raced =
        request -> {
          if (request.method().equals("pfha.apply")) {
            try {
              pair.change("rules", "the other admin", "local", "stays");
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          }
          return straight.call(request);
        };
    ConfigPrimary primary = pair.primary(raced);
    ConfigTree own = SectionPair.tree("rules", "pass in all");
    assertThatThrownBy(() -> primary.sync(own))
        .isInstanceOf(SyncException.StalePlan.class)
        .hasMessageContaining("rules");
    assertThat(pair.held()).containsEntry("rules", "the other admin");
    assertThat(pair.effects).isEmpty();
  }

  @Test
  void whatThePeerAlreadyHoldsIsNotSentUnlessAsked() throws Exception {
    ConfigPrimary primary = pair.primary();
    ConfigTree own = SectionPair.tree("rules", "block in all");
    SyncReceipt receipt = primary.sync(own);
    assertThat(receipt.sent()).isFalse();
    assertThat(receipt.verified()).isTrue();
    assertThat(pair.reports).isEmpty();
    assertThat(primary.sync(own, List.of(), true).sent()).isTrue();
    assertThat(pair.reports)
        .extracting(SecondaryReport::outcome)
        .containsExactly(SecondaryReport.Outcome.UNCHANGED);
  }

  @Test
  void aPeerWithAnotherVersionOrOfAnotherProductIsLeftAlone() throws Exception {
    ConfigPrimary primary = pair.primary();
    ConfigTree newer = Sections.tree("8", Map.of());
    assertThatThrownBy(() -> primary.plan(newer))
        .isInstanceOf(SyncException.VersionMismatch.class)
        .hasMessageContainingAll("acme 7", "acme 8");
    pair.primaryWith(builder -> builder.dialect(new Sections("other")));
    assertThatThrownBy(() -> pair.primary().sync(SectionPair.tree("rules", "x")))
        .isInstanceOf(SyncException.VersionMismatch.class);
    assertThat(pair.reports).isEmpty();
  }

  @Test
  void excludedElementsAreNotSentAndSaidToBeKeptBack() throws Exception {
    pair.primaryWith(builder -> builder.scope(SyncScope.sections("rules", "nat").without("nat")));
    SyncPlan plan = pair.primary().plan(SectionPair.tree("rules", "r", "nat", "n"));
    assertThat(plan.sections()).extracting(SyncPlan.Section::name).containsExactly("rules");
    assertThat(plan.withheld()).extracting("path", "reason").hasSize(1);
    assertThat(plan.toString()).contains("nat (excluded)");
    assertThat(plan.uncovered()).isEmpty();
  }

  @Test
  void clocksThatDifferByMoreThanAMinuteAreTold() throws Exception {
    RpcClient straight = SectionPair.client(pair.secondary());
    AtomicReference<Instant> peerTime = new AtomicReference<>(pair.clock.instant());
    RpcClient dated =
        request -> {
          RpcAnswer answer = straight.call(request);
          return new RpcAnswer(
              answer.value(), peerTime.get(), null, answer.sent(), answer.received());
        };
    ConfigPrimary primary = pair.primary(dated);
    ConfigTree own = SectionPair.tree("rules", "x");
    peerTime.set(pair.clock.instant().plusSeconds(60));
    assertThat(primary.plan(own).warnings()).isEmpty();
    peerTime.set(pair.clock.instant().minusSeconds(61));
    assertThat(primary.plan(own).warnings()).containsExactly("the peer's clock is 61 s behind");
    assertThat(primary.sync(own).warnings()).containsExactly("the peer's clock is 61 s behind");
  }

  @Test
  void aPeerThatConfirmsAndHoldsSomethingElseIsFoundOut() throws Exception {
    RpcClient straight = SectionPair.client(pair.secondary());
    RpcClient lying =
        request ->
            request.method().equals("pfha.apply")
                ? new RpcAnswer(Map.of("changed", true), null, null, 0, 0)
                : straight.call(request);
    SyncReceipt receipt = pair.primary(lying).sync(SectionPair.tree("rules", "pass in all"));
    assertThat(receipt.verified()).isFalse();
    assertThat(receipt.sections())
        .filteredOn("name", "rules")
        .extracting(SyncReceipt.Section::outcome)
        .containsExactly(Outcome.DIFFERS);
    assertThatThrownBy(receipt::complete)
        .isInstanceOfSatisfying(
            SyncException.PartialSync.class,
            partial -> assertThat(partial.missing()).containsExactly("rules"));
  }

  @Test
  void nothingToSendMeansNoCall() throws Exception {
    pair.primaryWith(builder -> builder.scope(SyncScope.NOTHING));
    RpcClient dead =
        request -> {
          throw new AssertionError("no call was expected");
        };
    assertThat(pair.primary(dead).sync(SectionPair.tree("rules", "x")).sent()).isFalse();
  }

  @Test
  void aPlanForPfSenseShowsNoSecret() throws Exception {
    ConfigSecondary secondary =
        ConfigSecondary.over(ConfigStores.inMemory(Samples.bytes("config-secondary.xml")))
            .credentials("sync", SectionPair.SECRET)
            .areas(SyncArea.all())
            .build();
    ConfigPrimary primary =
        ConfigPrimary.to("peer")
            .as("sync", SectionPair.SECRET)
            .areas(SyncArea.all())
            .client(SectionPair.client(secondary))
            .build();
    SyncPlan plan = primary.plan(Samples.tree("config-primary.xml"));
    assertThat(plan.toString())
        .contains("virtualip/vip", "not covered by any area:", "system/hostname")
        .doesNotContain("carp-lan-pass", "old-lan-pass", "invented-psk-1", "$2y$", "BEGIN ");
    assertThat(plan.uncovered()).contains("interfaces", "hasync").doesNotContain("filter");
  }

  /** A real pfSense replaces all certificates; one that its web interface uses would be gone. */
  @Test
  void aPlanWarnsOfTheCertificateThatWouldVanish() throws Exception {
    String file = new String(Samples.bytes("config-secondary.xml"), StandardCharsets.UTF_8);
    ConfigTree peer = Samples.parse(file);
    String used = peer.section("system").fields().at("webgui").fields().at("ssl-certref").text();
    assertThat(used).isNotEmpty();
    ConfigSecondary secondary =
        ConfigSecondary.over(ConfigStores.inMemory(file.getBytes(StandardCharsets.UTF_8)))
            .credentials("sync", SectionPair.SECRET)
            .behaviour(SyncPolicy.Behaviour.LIKE_THE_PRODUCT)
            .areas(SyncArea.all())
            .build();
    for (boolean certificates : new boolean[] {true, false}) {
      ConfigPrimary primary =
          ConfigPrimary.to("peer")
              .as("sync", SectionPair.SECRET)
              .areas(Set.of(certificates ? SyncArea.CERTIFICATES : SyncArea.RULES))
              .client(SectionPair.client(secondary))
              .build();
      assertThat(primary.plan(Samples.tree("config-primary.xml")).warnings())
          .as("certificates " + certificates)
          .hasSize(certificates ? 1 : 0)
          .allSatisfy(warning -> assertThat(warning).contains(used));
    }
  }
}
