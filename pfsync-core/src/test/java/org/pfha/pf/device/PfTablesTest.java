package org.pfha.pf.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfha.pf.device.InMemoryPf.Release;

/** Tables and their addresses, by each release's requests. */
class PfTablesTest {

  private static final TableName BLOCKED = TableName.of("blocked");
  private static final TableName OTHER = new TableName("sub/anchor", "other");

  private final List<String> journal = new ArrayList<>();

  private static List<TableAddress> addresses(String... texts) {
    return List.of(texts).stream().map(TableAddress::of).toList();
  }

  private static List<TableAddress> hosts(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> TableAddress.of("10.0.%d.%d".formatted(i / 256, i % 256)))
        .toList();
  }

  private static List<String> texts(List<TableAddress> addresses) {
    return addresses.stream().map(TableAddress::toString).toList();
  }

  private static PfDevice device(InMemoryPf kernel) throws PfException {
    PfDevice device = Kernels.open(kernel, Danger.RESET_STATISTICS);
    device.tables().create(List.of(new PfTable(BLOCKED, PfTable.PERSIST)));
    return device;
  }

  @ParameterizedTest
  @EnumSource
  void tablesAreCreatedListedAndRemoved(Release release) throws IOException {
    try (PfDevice device = Kernels.open(Kernels.of(release), Danger.RESET_STATISTICS)) {
      PfTables tables = device.tables();
      List<PfTable> wanted =
          List.of(
              new PfTable(BLOCKED, PfTable.PERSIST | PfTable.COUNTERS),
              new PfTable(OTHER, PfTable.PERSIST));
      assertThat(tables.create(wanted)).isEqualTo(2);
      assertThat(tables.create(wanted)).as("there already").isZero();
      assertThat(tables.list("")).extracting(PfTable::name).containsExactly(BLOCKED);
      assertThat(tables.list("sub/anchor")).extracting(PfTable::name).containsExactly(OTHER);
      assertThat(tables.listAll()).hasSize(2);
      assertThat(tables.statistics(""))
          .singleElement()
          .satisfies(
              each -> {
                assertThat(each.table().name()).isEqualTo(BLOCKED);
                assertThat(each.table().flags() & PfTable.USER_FLAGS)
                    .isEqualTo(PfTable.PERSIST | PfTable.COUNTERS);
                assertThat(each.packets()).hasSize(6);
              });
      assertThat(tables.clearStatistics(List.of(BLOCKED), true)).isOne();
      assertThat(tables.setFlags(List.of(BLOCKED), PfTable.CONST, PfTable.COUNTERS)).isOne();
      assertThat(tables.list("").get(0).flags() & PfTable.USER_FLAGS)
          .isEqualTo(PfTable.PERSIST | PfTable.CONST);
      assertThat(tables.delete(List.of(BLOCKED))).isOne();
      assertThat(tables.deleteAll("sub/anchor")).isOne();
      assertThat(tables.listAll()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void addressesAreAddedTestedReplacedAndDeleted(Release release) throws IOException {
    try (PfDevice device = device(Kernels.of(release))) {
      PfTables tables = device.tables();
      TableChange added =
          tables.add(BLOCKED, addresses("192.0.2.0/24", "!192.0.2.7", "2001:db8::/32"));
      assertThat(added.added()).isEqualTo(3);
      assertThat(added.addresses())
          .extracting(TableAddress::outcome)
          .containsOnly(TableFeedback.ADDED);
      TableChange again = tables.add(BLOCKED, addresses("192.0.2.0/24", "198.51.100.1"));
      assertThat(again.added()).isOne();
      assertThat(again.addresses())
          .extracting(TableAddress::outcome)
          .containsExactly(TableFeedback.NONE, TableFeedback.ADDED);

      assertThat(texts(tables.addresses(BLOCKED)))
          .containsExactlyInAnyOrder(
              "192.0.2.0/24", "!192.0.2.7/32", "2001:db8::/32", "198.51.100.1/32");
      assertThat(tables.test(BLOCKED, addresses("192.0.2.1", "192.0.2.7", "203.0.113.1")))
          .extracting(TableAddress::outcome)
          .containsExactly(TableFeedback.MATCH, TableFeedback.NOT_MATCH, TableFeedback.NONE);
      assertThat(texts(tables.findMatches(BLOCKED, addresses("192.0.2.1"))))
          .containsExactly("192.0.2.0/24");
      assertThat(tables.addressStatistics(BLOCKED)).hasSize(4);
      assertThat(tables.clearAddressStatistics(BLOCKED, addresses("198.51.100.1"))).isOne();

      TableChange replaced = tables.replace(BLOCKED, addresses("198.51.100.1", "10.0.0.0/8"));
      assertThat(List.of(replaced.added(), replaced.deleted())).containsExactly(1, 3);
      assertThat(tables.delete(BLOCKED, addresses("10.0.0.0/8", "10.1.0.0/16")).deleted()).isOne();
      assertThat(tables.clear(BLOCKED)).isOne();
      assertThat(tables.addresses(BLOCKED)).isEmpty();
    }
  }

  @Test
  void aDryRunChangesNothing() throws IOException {
    try (PfDevice device = device(Kernels.of(Release.V14))) {
      assertThat(device.tables().dryRun().add(BLOCKED, hosts(3)).added()).isEqualTo(3);
      assertThat(device.tables().addresses(BLOCKED)).isEmpty();
    }
  }

  @Test
  void moreAddressesThanARequestMayMoveAreSplit() throws IOException {
    InMemoryPf kernel = Kernels.of(Release.V14);
    kernel.requestMaxcount(2000);
    try (PfDevice device = Kernels.open(Kernels.recorded(kernel, journal))) {
      device.tables().create(List.of(new PfTable(BLOCKED, PfTable.PERSIST)));
      TableChange change = device.tables().add(BLOCKED, hosts(4500));
      assertThat(change.added()).isEqualTo(4500);
      assertThat(change.addresses()).hasSize(4500);
      assertThat(Kernels.requests(journal, PfRequest.DIOCRADDADDRS)).hasSize(3);
      assertThat(device.tables().test(BLOCKED, hosts(2500))).hasSize(2500);
      assertThatThrownBy(() -> device.tables().addresses(BLOCKED))
          .isInstanceOf(PfException.class)
          .hasMessageContainingAll("4500", "raise net.pf.request_maxcount above 2000");
      assertThatThrownBy(() -> device.tables().replace(BLOCKED, hosts(2001)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("net.pf.request_maxcount");
      kernel.requestMaxcount(5000);
      assertThat(device.tables().addresses(BLOCKED)).hasSize(4500);
    }
  }

  @Test
  void aMissingTableIsCalledThat() throws IOException {
    try (PfDevice device = Kernels.open(Kernels.of(Release.V14))) {
      assertThatThrownBy(() -> device.tables().addresses(BLOCKED))
          .isInstanceOf(PfAbsentException.class);
      assertThatThrownBy(() -> device.tables().add(BLOCKED, hosts(1)))
          .isInstanceOf(PfAbsentException.class);
    }
  }

  @Test
  void aConstantTableIsNotChanged() throws IOException {
    try (PfDevice device = Kernels.open(Kernels.of(Release.V14))) {
      device.tables().create(List.of(new PfTable(BLOCKED, PfTable.PERSIST | PfTable.CONST)));
      assertThatThrownBy(() -> device.tables().add(BLOCKED, hosts(1)))
          .isInstanceOf(PfPrivilegeException.class)
          .hasMessageContaining("constant table");
    }
  }

  @Test
  void whatTheKernelWouldRefuseWithoutAWordIsExplained() throws IOException {
    assertThatThrownBy(() -> TableAddress.of("192.0.2.1/24"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("192.0.2.1/24", "bits behind its prefix");
    assertThatThrownBy(() -> TableName.of("a name that is far too long for it"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("31 bytes");
    assertThatThrownBy(() -> TableAddress.of("192.0.2.0/33"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("33");
    try (PfDevice device = device(Kernels.of(Release.V14))) {
      assertThatThrownBy(() -> device.tables().test(BLOCKED, addresses("192.0.2.0/24")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not one host");
      assertThatThrownBy(
              () -> device.tables().create(List.of(new PfTable(BLOCKED, PfTable.ACTIVE))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("kernel's to set");
    }
  }

  @ParameterizedTest
  @EnumSource
  void severalTablesAreDefinedAtOnce(Release release) throws IOException {
    InMemoryPf kernel = Kernels.of(release);
    try (PfDevice device = device(kernel)) {
      device.tables().add(BLOCKED, hosts(5));
      device
          .tables()
          .define(
              List.of(
                  new TableContents(
                      new PfTable(BLOCKED, PfTable.PERSIST), addresses("192.0.2.0/24")),
                  new TableContents(
                      new PfTable(OTHER, PfTable.PERSIST), addresses("2001:db8::/32"))));
      assertThat(texts(device.tables().addresses(BLOCKED))).containsExactly("192.0.2.0/24");
      assertThat(texts(device.tables().addresses(OTHER))).containsExactly("2001:db8::/32");
    }
  }

  @Test
  void aDefinitionThatFailsChangesNothing() throws IOException {
    InMemoryPf kernel = Kernels.of(Release.V14);
    try (PfDevice device = device(kernel)) {
      device.tables().add(BLOCKED, hosts(5));
      List<TableContents> contents =
          List.of(new TableContents(new PfTable(BLOCKED, PfTable.PERSIST), hosts(1)));
      kernel.failNext(PfRequest.DIOCXCOMMIT, Errno.EBUSY.code);
      assertThatThrownBy(() -> device.tables().define(contents))
          .isInstanceOf(PfStaleTicketException.class);
      kernel.failNext(PfRequest.DIOCRINADEFINE, Errno.ENOMEM.code);
      assertThatThrownBy(() -> device.tables().define(contents)).isInstanceOf(PfException.class);
      assertThat(device.tables().addresses(BLOCKED)).hasSize(5);
      device.tables().define(contents);
      assertThat(device.tables().addresses(BLOCKED)).hasSize(1);
    }
  }
}
