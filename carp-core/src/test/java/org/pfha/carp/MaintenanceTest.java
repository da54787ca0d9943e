package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pfha.carp.SimPair.assertRoles;
import static org.pfha.carp.engine.Role.BACKUP;
import static org.pfha.carp.engine.Role.INIT;
import static org.pfha.carp.engine.Role.MASTER;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Maintenance mode: the intent is stored before it acts, and outlives the node. */
class MaintenanceTest {

  @TempDir private Path directory;
  private final SimPair pair = new SimPair();

  private Path file() {
    return directory.resolve("maintenance");
  }

  private CarpNode maintained() throws IOException {
    return pair.primaryBuilder().maintenance(MaintenanceStore.inFile(file())).start();
  }

  @Test
  void theNodeHandsOverAndComesBackWhenItLeaves() throws IOException {
    CarpNode primary = maintained();
    CarpNode secondary = pair.secondary();
    pair.settle();

    primary.enterMaintenance("new disk");
    pair.soon();
    assertRoles(primary, BACKUP, secondary, MASTER);
    assertThat(primary.maintenance()).contains("new disk");
    assertThat(primary.demotion().entries())
        .singleElement()
        .hasToString("+240 maintenance: new disk");
    assertThat(file()).hasContent("new disk\n");

    primary.leaveMaintenance();
    pair.settle();
    assertRoles(primary, MASTER, secondary, BACKUP);
    assertThat(primary.maintenance()).isEmpty();
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void itSurvivesARestart() throws IOException {
    CarpNode before = maintained();
    before.enterMaintenance("new disk");
    before.close();
    assertThat(before.demotion().total()).as("taken back with the node").isZero();

    CarpNode after = maintained();
    CarpNode secondary = pair.secondary();
    pair.settle();

    assertThat(after.maintenance()).contains("new disk");
    assertRoles(after, BACKUP, secondary, MASTER);
  }

  @Test
  void enteringTwiceCostsOnceAndKeepsTheLastReason() throws IOException {
    CarpNode primary = maintained();
    primary.enterMaintenance("new disk");
    primary.enterMaintenance("and a new fan");

    assertThat(primary.demotion().total()).isEqualTo(240);
    assertThat(primary.maintenance()).contains("and a new fan");
    assertThat(file()).hasContent("and a new fan\n");
    primary.leaveMaintenance();
    primary.leaveMaintenance();
    assertThat(primary.demotion().total()).isZero();
  }

  @Test
  void aStoreThatFailsIsReportedAndNothingActs() throws IOException {
    Path missing = directory.resolve("not-mounted").resolve("maintenance");
    Files.createDirectory(missing.getParent());
    CarpNode primary = pair.primaryBuilder().maintenance(MaintenanceStore.inFile(missing)).start();
    Files.delete(missing.getParent());

    assertThatThrownBy(() -> primary.enterMaintenance("new disk"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not-mounted");

    assertThat(primary.maintenance()).isEmpty();
    assertThat(primary.demotion().total()).isZero();
  }

  @Test
  void aNodeThatCannotBeTakenOutOfTheStoreStaysInMaintenance() throws IOException {
    CarpNode primary = maintained();
    primary.enterMaintenance("new disk");
    Files.delete(file());
    Files.createDirectory(file());
    Files.createFile(file().resolve("in-the-way"));

    assertThatThrownBy(primary::leaveMaintenance).isInstanceOf(IOException.class);

    assertThat(primary.maintenance()).contains("new disk");
    assertThat(primary.demotion().total()).isEqualTo(240);
  }

  @Test
  void aNodeWhoseStoreCannotBeReadDoesNotStart() {
    Path missing = directory.resolve("not-mounted").resolve("maintenance");
    DemotionLedger ledger = new DemotionLedger();

    assertThatThrownBy(
            () ->
                pair.primaryBuilder()
                    .demotion(ledger)
                    .maintenance(MaintenanceStore.inFile(missing))
                    .start())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not-mounted");
    assertThat(ledger.entries()).isEmpty();
  }

  @Test
  void withoutAStoreThereIsNoMaintenance() throws IOException {
    CarpNode primary = pair.primary();
    assertThatThrownBy(() -> primary.enterMaintenance("new disk"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("maintenance(...)");
  }

  @Test
  void enteringOnANodeThatWasClosedMeanwhileIsForTheNextStart() throws IOException {
    CarpNode[] node = new CarpNode[1];
    boolean[] stored = new boolean[1];
    node[0] =
        pair.primaryBuilder()
            .maintenance(
                new MaintenanceStore() {
                  @Override
                  public Optional<String> load() {
                    return Optional.empty();
                  }

                  @Override
                  public void enter(String reason) {
                    node[0].close();
                    stored[0] = true;
                  }

                  @Override
                  public void leave() {}
                })
            .start();

    node[0].enterMaintenance("new disk");

    assertThat(stored[0]).isTrue();
    assertThat(node[0].role("em1", 1)).isEqualTo(INIT);
    assertThat(node[0].demotion().entries()).isEmpty();
  }
}
