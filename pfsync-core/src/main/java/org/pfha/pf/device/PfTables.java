package org.pfha.pf.device;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.Lists;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The tables of a kernel (spec pf-ioctl 5.9). An addition or deletion of more addresses than one
 * request may move ({@code net.pf.request_maxcount}) is made by several. Thread-safe.
 */
public final class PfTables {

  private static final int DUMMY = 0x02;
  private static final int FEEDBACK = 0x04;
  private static final int ADDRSTOO = 0x10;
  private static final int REPLACE = 0x20;
  private static final int ALLRSETS = 0x40;

  private static final int MAX_ROUNDS = 10;

  private interface Decoder<T> {
    T decode(ByteBuffer in, int at);
  }

  /** What a request is made of, and what its structure says afterwards. */
  private record Exchange(ByteBuffer argument, ByteBuffer elements) {

    int size() {
      return argument.getInt(Layouts.PFRIO_SIZE);
    }

    int added() {
      return argument.getInt(Layouts.PFRIO_NADD);
    }

    int deleted() {
      return argument.getInt(Layouts.PFRIO_NDEL);
    }

    int changed() {
      return argument.getInt(Layouts.PFRIO_NCHANGE);
    }
  }

  private final PfChannel channel;
  private final PfDevice device;
  private final boolean dry;

  PfTables(PfChannel channel, PfDevice device, boolean dry) {
    this.channel = channel;
    this.device = device;
    this.dry = dry;
  }

  /**
   * The same tables, but the kernel only says what a change would do.
   *
   * @return tables that are not changed
   */
  public PfTables dryRun() {
    return new PfTables(channel, device, true);
  }

  /**
   * Lists tables.
   *
   * @param anchor path, or empty for the main ruleset
   * @return its tables
   * @throws PfException if the kernel refuses
   */
  public List<PfTable> list(String anchor) throws PfException {
    return read(PfRequest.DIOCRGETTABLES, filter(anchor, 0), Layouts.PFR_TABLE, PfTable::decode);
  }

  /**
   * Lists tables of all anchors.
   *
   * @return all tables
   * @throws PfException if the kernel refuses
   */
  public List<PfTable> listAll() throws PfException {
    return read(PfRequest.DIOCRGETTABLES, filter("", ALLRSETS), Layouts.PFR_TABLE, PfTable::decode);
  }

  /**
   * Lists tables with their counters.
   *
   * @param anchor path, or empty for the main ruleset
   * @return its tables
   * @throws PfException if the kernel refuses
   */
  public List<TableStatistics> statistics(String anchor) throws PfException {
    return read(
        PfRequest.DIOCRGETTSTATS, filter(anchor, 0), Layouts.PFR_TSTATS, TableStatistics::decode);
  }

  /**
   * Creates tables; one that is there already is left as it is.
   *
   * @param tables with the flags they are to have
   * @return how many were created
   * @throws PfException if the kernel refuses
   */
  public int create(List<PfTable> tables) throws PfException {
    for (PfTable table : tables) {
      checkArgument(
          (table.flags() & ~PfTable.USER_FLAGS) == 0,
          "flags 0x%s of %s are the kernel's to set",
          Integer.toHexString(table.flags()),
          table.name());
    }
    return changeTables(PfRequest.DIOCRADDTABLES, tables, 0).added();
  }

  /**
   * Removes tables; those that rules refer to lose their addresses and flags and stay.
   *
   * @param names of tables; one that is not there does not matter
   * @return how many were removed
   * @throws PfException if the kernel refuses
   */
  public int delete(List<TableName> names) throws PfException {
    return changeTables(PfRequest.DIOCRDELTABLES, tables(names), 0).deleted();
  }

  /**
   * Removes all tables of an anchor.
   *
   * @param anchor path, or empty for the main ruleset
   * @return how many were removed
   * @throws PfException if the kernel refuses
   */
  public int deleteAll(String anchor) throws PfException {
    ByteBuffer argument = filter(anchor, 0);
    return call(PfRequest.DIOCRCLRTABLES, argument, 0, 0, Struct.of(0)).deleted();
  }

  /**
   * Sets and clears flags of tables.
   *
   * @param names of tables
   * @param set of {@link PfTable#USER_FLAGS}
   * @param clear of {@link PfTable#USER_FLAGS}
   * @return how many were changed or removed by it
   * @throws PfException if the kernel refuses
   */
  public int setFlags(List<TableName> names, int set, int clear) throws PfException {
    checkArgument(
        ((set | clear) & ~PfTable.USER_FLAGS) == 0 && (set & clear) == 0,
        "flags 0x%s and 0x%s are not both of the user's, or overlap",
        Integer.toHexString(set),
        Integer.toHexString(clear));
    ByteBuffer argument = Struct.of(Layouts.PFIOC_TABLE);
    argument.putInt(Layouts.PFRIO_SIZE2, set).putInt(Layouts.PFRIO_NADD, clear);
    Exchange exchange = changeTables(PfRequest.DIOCRSETTFLAGS, argument, tables(names), 0);
    return exchange.changed() + exchange.deleted();
  }

  /**
   * Zeroes the counters of tables.
   *
   * @param names of tables
   * @param addressesToo whether those of their addresses are zeroed too
   * @return how many
   * @throws IllegalStateException unless the device was opened with {@link Danger#RESET_STATISTICS}
   * @throws PfException if the kernel refuses
   */
  public int clearStatistics(List<TableName> names, boolean addressesToo) throws PfException {
    device.require(Danger.RESET_STATISTICS);
    int flags = addressesToo ? ADDRSTOO : 0;
    return changeTables(PfRequest.DIOCRCLRTSTATS, tables(names), flags).added();
  }

  /**
   * Lists the addresses of a table.
   *
   * @param table its name
   * @return its addresses
   * @throws PfAbsentException if there is no such table
   * @throws PfException if the kernel refuses
   */
  public List<TableAddress> addresses(TableName table) throws PfException {
    return read(
        PfRequest.DIOCRGETADDRS, argument(table, 0), Layouts.PFR_ADDR, TableAddress::decode);
  }

  /**
   * Lists the addresses of a table with their counters.
   *
   * @param table its name
   * @return its addresses
   * @throws PfAbsentException if there is no such table
   * @throws PfException if the kernel refuses
   */
  public List<AddressStatistics> addressStatistics(TableName table) throws PfException {
    return read(
        PfRequest.DIOCRGETASTATS,
        argument(table, 0),
        Layouts.PFR_ASTATS,
        AddressStatistics::decode);
  }

  /**
   * Adds addresses.
   *
   * @param table its name
   * @param addresses those that are there already do not matter
   * @return what it did
   * @throws PfAbsentException if there is no such table
   * @throws PfException if the kernel refuses; earlier of several requests stay done
   */
  public TableChange add(TableName table, List<TableAddress> addresses) throws PfException {
    return changeAddresses(PfRequest.DIOCRADDADDRS, table, addresses);
  }

  /**
   * Deletes addresses.
   *
   * @param table its name
   * @param addresses those that are not there do not matter
   * @return what it did
   * @throws PfAbsentException if there is no such table
   * @throws PfException if the kernel refuses; earlier of several requests stay done
   */
  public TableChange delete(TableName table, List<TableAddress> addresses) throws PfException {
    return changeAddresses(PfRequest.DIOCRDELADDRS, table, addresses);
  }

  /**
   * Makes a table hold exactly these addresses, at once.
   *
   * @param table its name
   * @param addresses at most {@code net.pf.request_maxcount}
   * @return what it did
   * @throws PfAbsentException if there is no such table
   * @throws PfException if the kernel refuses
   */
  public TableChange replace(TableName table, List<TableAddress> addresses) throws PfException {
    checkCount(addresses.size());
    return changeOnce(PfRequest.DIOCRSETADDRS, table, addresses, FEEDBACK);
  }

  /**
   * Empties a table.
   *
   * @param table its name
   * @return how many addresses it held
   * @throws PfAbsentException if there is no such table
   * @throws PfException if the kernel refuses
   */
  public int clear(TableName table) throws PfException {
    return call(PfRequest.DIOCRCLRADDRS, argument(table, 0), 0, 0, Struct.of(0)).deleted();
  }

  /**
   * Tests which hosts a table matches.
   *
   * @param table its name
   * @param hosts with full prefixes
   * @return the same, each with {@link TableFeedback#MATCH}, {@link TableFeedback#NOT_MATCH} or
   *     {@link TableFeedback#NONE}
   * @throws PfAbsentException if there is no such table
   * @throws PfException if the kernel refuses
   */
  public List<TableAddress> test(TableName table, List<TableAddress> hosts) throws PfException {
    return test(table, hosts, 0);
  }

  /**
   * Finds which entries of a table match hosts.
   *
   * @param table its name
   * @param hosts with full prefixes
   * @return in place of each, the entry that it matches, with its feedback
   * @throws PfAbsentException if there is no such table
   * @throws PfException if the kernel refuses
   */
  public List<TableAddress> findMatches(TableName table, List<TableAddress> hosts)
      throws PfException {
    return test(table, hosts, REPLACE);
  }

  private List<TableAddress> test(TableName table, List<TableAddress> hosts, int flags)
      throws PfException {
    for (TableAddress host : hosts) {
      checkArgument(
          host.prefix() == host.address().getAddress().length * 8, "%s is not one host", host);
    }
    List<TableAddress> tested = new ArrayList<>();
    for (List<TableAddress> part : parts(hosts)) {
      tested.addAll(changeOnce(PfRequest.DIOCRTSTADDRS, table, part, flags).addresses());
    }
    return tested;
  }

  /**
   * Zeroes the counters of addresses.
   *
   * @param table its name
   * @param addresses whose
   * @return how many
   * @throws IllegalStateException unless the device was opened with {@link Danger#RESET_STATISTICS}
   * @throws PfAbsentException if there is no such table
   * @throws PfException if the kernel refuses
   */
  public int clearAddressStatistics(TableName table, List<TableAddress> addresses)
      throws PfException {
    device.require(Danger.RESET_STATISTICS);
    return changeAddresses(PfRequest.DIOCRCLRASTATS, table, addresses).added();
  }

  /**
   * Makes several tables of an anchor hold exactly these addresses, all at once or not at all.
   * Tables that do not exist are created.
   *
   * @param contents of each table
   * @throws PfStaleTicketException if somebody else began a transaction in between
   * @throws PfException if the kernel refuses; nothing has changed then
   */
  public void define(List<TableContents> contents) throws PfException {
    checkArgument(!dry, "a transaction has no dry run");
    List<String> anchors =
        contents.stream().map(each -> each.table().name().anchor()).distinct().toList();
    contents.forEach(each -> checkCount(each.addresses().size()));
    TableTransaction transaction = TableTransaction.begin(channel, anchors);
    try {
      for (TableContents each : contents) {
        TableName name = each.table().name();
        ByteBuffer argument = argument(name, 0);
        each.table().encode(argument, Layouts.PFRIO_TABLE);
        argument.putInt(Layouts.PFRIO_TICKET, transaction.ticket(name.anchor()));
        argument.putInt(Layouts.PFRIO_FLAGS, ADDRSTOO);
        Exchange defined =
            call(
                PfRequest.DIOCRINADEFINE,
                argument,
                Layouts.PFR_ADDR.size(),
                each.addresses().size(),
                elements(each.addresses()));
        assert defined.added() >= 0 : "tables that are new";
      }
      transaction.commit();
    } catch (PfException e) {
      transaction.rollback(e);
      throw e;
    }
  }

  private void checkCount(int addresses) {
    int max = channel.maxCount();
    checkArgument(
        addresses <= max,
        "%s addresses do not go into one request; raise net.pf.request_maxcount above %s",
        addresses,
        max);
  }

  private List<List<TableAddress>> parts(List<TableAddress> addresses) {
    return Lists.partition(addresses, channel.maxCount());
  }

  private TableChange changeAddresses(
      PfRequest request, TableName table, List<TableAddress> addresses) throws PfException {
    TableChange sum = new TableChange(0, 0, 0, List.of());
    List<TableAddress> answers = new ArrayList<>();
    for (List<TableAddress> part : parts(addresses)) {
      TableChange change = changeOnce(request, table, part, FEEDBACK);
      answers.addAll(change.addresses());
      sum =
          new TableChange(
              sum.added() + change.added(),
              sum.deleted() + change.deleted(),
              sum.changed() + change.changed(),
              List.of());
    }
    return new TableChange(sum.added(), sum.deleted(), sum.changed(), answers);
  }

  private TableChange changeOnce(
      PfRequest request, TableName table, List<TableAddress> addresses, int flags)
      throws PfException {
    boolean changes = request != PfRequest.DIOCRTSTADDRS;
    Exchange exchange =
        call(
            request,
            argument(table, flags | (changes && dry ? DUMMY : 0)),
            Layouts.PFR_ADDR.size(),
            addresses.size(),
            elements(addresses));
    return new TableChange(
        exchange.added(),
        exchange.deleted(),
        exchange.changed(),
        decode(
            request,
            exchange.elements(),
            addresses.size(),
            Layouts.PFR_ADDR,
            TableAddress::decode));
  }

  private static ByteBuffer elements(List<TableAddress> addresses) {
    int size = Layouts.PFR_ADDR.size();
    ByteBuffer elements = Struct.of(size * addresses.size());
    for (int i = 0; i < addresses.size(); i++) {
      TableAddress each = addresses.get(i).checked();
      new TableAddress(each.address(), each.prefix(), each.negated(), 0).encode(elements, size * i);
    }
    return elements;
  }

  private static List<PfTable> tables(List<TableName> names) {
    return names.stream().map(name -> new PfTable(name, 0)).toList();
  }

  private Exchange changeTables(PfRequest request, List<PfTable> tables, int flags)
      throws PfException {
    return changeTables(request, Struct.of(Layouts.PFIOC_TABLE), tables, flags);
  }

  private Exchange changeTables(
      PfRequest request, ByteBuffer argument, List<PfTable> tables, int flags) throws PfException {
    int size = Layouts.PFR_TABLE.size();
    ByteBuffer elements = Struct.of(size * tables.size());
    for (int i = 0; i < tables.size(); i++) {
      tables.get(i).encode(elements, size * i);
    }
    argument.putInt(Layouts.PFRIO_FLAGS, flags | (dry ? DUMMY : 0));
    return call(request, argument, size, tables.size(), elements);
  }

  private ByteBuffer filter(String anchor, int flags) {
    Struct.checkText("anchor", anchor, Layouts.PATH);
    ByteBuffer argument = Struct.of(Layouts.PFIOC_TABLE);
    Struct.putString(argument, Layouts.TABLE_ANCHOR, anchor);
    return argument.putInt(Layouts.PFRIO_FLAGS, flags);
  }

  private static ByteBuffer argument(TableName table, int flags) {
    ByteBuffer argument = Struct.of(Layouts.PFIOC_TABLE);
    table.encode(argument, Layouts.PFRIO_TABLE);
    return argument.putInt(Layouts.PFRIO_FLAGS, flags);
  }

  /** Asks until all elements fit: the kernel writes none of too many, but says how many. */
  private <T> List<T> read(
      PfRequest request, ByteBuffer argument, KernelLayout element, Decoder<T> decoder)
      throws PfException {
    int given = 0;
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Exchange exchange =
          call(request, argument, element.size(), given, Struct.of(given * element.size()));
      int needed = exchange.size();
      if (needed <= given) {
        return decode(request, exchange.elements(), needed, element, decoder);
      }
      if (needed > channel.maxCount()) {
        throw new PfException(
            "%s would answer with %d elements; raise net.pf.request_maxcount above %d"
                .formatted(request, needed, channel.maxCount()));
      }
      if ((long) needed * element.size() > Struct.MOST_BYTES) {
        throw new PfException("%s answered nonsense: %d elements".formatted(request, needed));
      }
      given = needed;
    }
    throw new PfException(request + " does not come to rest; the tables change too fast");
  }

  private static <T> List<T> decode(
      PfRequest request, ByteBuffer elements, int count, KernelLayout element, Decoder<T> decoder)
      throws PfException {
    try {
      List<T> decoded = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        decoded.add(decoder.decode(elements, i * element.size()));
      }
      return decoded;
    } catch (IllegalArgumentException e) {
      throw new PfException("%s answered nonsense: %s".formatted(request, e.getMessage()));
    }
  }

  private Exchange call(
      PfRequest request, ByteBuffer argument, int elementSize, int count, ByteBuffer elements)
      throws PfException {
    argument.putInt(Layouts.PFRIO_ESIZE, elementSize).putInt(Layouts.PFRIO_SIZE, count);
    try {
      channel.call(request, argument, Layouts.PFRIO_BUFFER, elements);
      return new Exchange(argument, elements);
    } catch (PfException e) {
      if (Errno.ESRCH.is(e.errno()) || Errno.ENOENT.is(e.errno())) {
        throw new PfAbsentException(request + ": there is no such table or anchor", e.errno(), e);
      }
      throw e;
    }
  }
}
