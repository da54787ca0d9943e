package org.pfha.pf.device;

import static org.pfha.pf.device.Refusal.unless;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Rules, transactions and source nodes of a kernel in memory. */
final class InMemoryRules {

  /** The ruleset of tables, in transactions. */
  static final int TABLES = 6;

  private static final int MAX_RULESET = 7;
  private static final int CLEAR_COUNTERS = 1;
  private static final int EFAULT = 14;

  /** Of which ruleset the actions pass, drop, scrub, no-scrub, nat … and rdr are. */
  private static final int[] RULESET_OF_ACTION = {1, 1, 0, 0, 2, 2, 3, 3, 4, 4};

  private static final int MATCH = 12;
  private static final int FILTER = 1;

  private static final Set<String> COUNTERS = Set.of("evaluations", "packets", "bytes");

  private static final class Rule {
    NvList fields;

    Rule(NvList fields) {
      this.fields = fields;
    }

    void clear() {
      List<NvPair> kept = new ArrayList<>(fields.pairs());
      kept.removeIf(pair -> COUNTERS.contains(pair.name()));
      fields = new NvList(0, kept);
    }
  }

  private record Ruleset(String anchor, int number) {}

  private final InMemoryPf.Release release;
  private final Map<String, List<Rule>> rulesets = new TreeMap<>();
  private final List<byte[]> sourceNodes = new ArrayList<>();
  private final Map<Ruleset, Integer> tickets = new HashMap<>();
  private final Set<Ruleset> open = new HashSet<>();

  /** Makes the tables that a transaction defined in an anchor active. */
  interface Commit {
    void accept(String anchor) throws Refusal;
  }

  private Commit commitTables = anchor -> {};
  private Consumer<String> forgetTables = anchor -> {};

  InMemoryRules(InMemoryPf.Release release) {
    this.release = release;
    rulesets.put("", new ArrayList<>());
  }

  /** Who has the tables of transactions. */
  void onTables(Commit commit, Consumer<String> forget) {
    commitTables = commit;
    forgetTables = forget;
  }

  void add(String anchor, NvList fields) {
    rulesets.computeIfAbsent(anchor, key -> new ArrayList<>()).add(new Rule(fields));
  }

  void addSourceNode(byte[] record) {
    sourceNodes.add(record);
  }

  int sourceNodes() {
    return sourceNodes.size();
  }

  boolean has(String anchor, int nr) {
    return nr >= 0 && nr < rulesets.getOrDefault(anchor, List.of()).size();
  }

  /** The first label of a rule of the main ruleset. */
  String label(int nr) {
    return has("", nr) ? label(rulesets.getOrDefault("", List.of()).get(nr).fields) : "";
  }

  private static String label(NvList rule) {
    List<String> labels = rule.texts("labels");
    return labels.isEmpty() ? rule.text("label").orElse("") : labels.get(0);
  }

  /** Whether a request resets what it reads. */
  static boolean clearsCounters(PfRequest request, ByteBuffer argument, ByteBuffer pointee) {
    if (request == PfRequest.DIOCGETRULE) {
      return argument.getInt(Layouts.RULE_IO_ACTION) == CLEAR_COUNTERS;
    }
    try {
      return request == PfRequest.DIOCGETRULENV
          && InMemoryNv.request(argument, pointee, Integer.MAX_VALUE)
              .bool("clear_counter")
              .orElse(false);
    } catch (Refusal e) {
      return false;
    }
  }

  void handle(PfRequest request, ByteBuffer argument, ByteBuffer pointee, InMemorySettings settings)
      throws Refusal {
    switch (request) {
      case DIOCGETRULES -> {
        List<Rule> rules = rules(argument);
        argument.putInt(Layouts.RULE_IO_NR, rules.size());
        argument.putInt(Layouts.RULE_IO_TICKET, activeTicket(anchor(argument)));
      }
      case DIOCGETRULE -> {
        int nr = argument.getInt(Layouts.RULE_IO_NR);
        Rule rule =
            rule(rules(argument), nr, anchor(argument), argument.getInt(Layouts.RULE_IO_TICKET));
        write(rule.fields, nr, argument);
        if (argument.getInt(Layouts.RULE_IO_ACTION) == CLEAR_COUNTERS) {
          rule.clear();
        }
      }
      case DIOCGETRULENV ->
          InMemoryNv.reply(
              argument,
              pointee,
              rule(InMemoryNv.request(argument, pointee, settings.requestMaxcount())));
      case DIOCCLRRULECTRS -> rulesets.values().forEach(rules -> rules.forEach(Rule::clear));
      case DIOCGETRULESETS -> {
        List<String> names = below(Struct.string(argument, Layouts.RULESET_PATH, Layouts.PATH));
        argument.putInt(Layouts.RULESET_NR, names.size());
      }
      case DIOCGETRULESET -> {
        List<String> names = below(Struct.string(argument, Layouts.RULESET_PATH, Layouts.PATH));
        int nr = argument.getInt(Layouts.RULESET_NR);
        unless(nr >= 0 && nr < names.size(), Errno.EBUSY);
        argument.put(Layouts.RULESET_NAME, new byte[Layouts.LABEL]);
        Struct.putString(argument, Layouts.RULESET_NAME, names.get(nr));
      }
      case DIOCXBEGIN, DIOCXCOMMIT, DIOCXROLLBACK -> transaction(request, argument, pointee);
      case DIOCGETSRCNODES -> listSourceNodes(argument, pointee);
      case DIOCCLRSRCNODES -> sourceNodes.clear();
      default -> killSourceNodes(argument);
    }
  }

  private static String anchor(ByteBuffer argument) {
    return Struct.string(argument, Layouts.RULE_IO_ANCHOR, Layouts.PATH);
  }

  /** The rules of an anchor, of the ruleset that the rule's action names. */
  private List<Rule> rules(ByteBuffer argument) throws Refusal {
    return rules(anchor(argument), ruleset(Struct.u8(argument, Layouts.RULE_ACTION)));
  }

  private static int ruleset(long action) {
    return action == MATCH
        ? FILTER
        : action < RULESET_OF_ACTION.length ? RULESET_OF_ACTION[(int) action] : -1;
  }

  private List<Rule> rules(String anchor, int ruleset) throws Refusal {
    List<Rule> all = rulesets.get(anchor);
    if (all == null || ruleset < 0) {
      throw new Refusal(Errno.EINVAL);
    }
    return all.stream()
        .filter(rule -> ruleset(rule.fields.number("action").orElse(0)) == ruleset)
        .toList();
  }

  private Rule rule(List<Rule> rules, int nr, String anchor, int ticket) throws Refusal {
    unless(ticket == activeTicket(anchor), Errno.EBUSY);
    unless(nr >= 0 && nr < rules.size(), Errno.EBUSY);
    return rules.get(nr);
  }

  private NvList rule(NvList request) throws Refusal {
    int ruleset = ruleset(InMemoryNv.number(request, "ruleset", 0xffff_ffffL));
    int ticket = (int) InMemoryNv.number(request, "ticket", 0xffff_ffffL);
    int nr = (int) InMemoryNv.number(request, "nr", 0xffff_ffffL);
    String anchor = InMemoryNv.text(request, "anchor", Layouts.PATH);
    boolean clear = request.bool("clear_counter").orElse(false);
    Rule rule = rule(rules(anchor, ruleset), nr, anchor, ticket);
    NvList reply =
        NvList.builder()
            .number("nr", nr)
            .list("rule", numbered(rule.fields, nr))
            .text("anchor_call", rule.fields.text("anchor_call").orElse(""))
            .build();
    if (clear) {
      rule.clear();
    }
    return reply;
  }

  /** A rule's fields with its position and, where they were cleared, counters of zero. */
  private static NvList numbered(NvList fields, int nr) {
    NvListBuilder whole = NvList.builder().number("nr", nr);
    if (fields.number("evaluations").isEmpty()) {
      whole.number("evaluations", 0).numbers("packets", 0, 0).numbers("bytes", 0, 0);
    }
    List<NvPair> pairs = new ArrayList<>(whole.build().pairs());
    pairs.addAll(fields.pairs());
    return new NvList(0, pairs);
  }

  private static void write(NvList fields, int nr, ByteBuffer out) {
    out.put(Layouts.RULE_SRC, new byte[Layouts.PFIOC_RULE.size() - Layouts.RULE_SRC]);
    writeSide(fields, "src", out, Layouts.RULE_SRC);
    writeSide(fields, "dst", out, Layouts.RULE_DST);
    Struct.putString(out, Layouts.RULE_LABEL, label(fields));
    Struct.putString(out, Layouts.RULE_IFNAME, fields.text("ifname").orElse(""));
    Struct.putString(out, Layouts.RULE_IO_ANCHOR_CALL, fields.text("anchor_call").orElse(""));
    out.putLong(Layouts.RULE_EVALUATIONS, fields.number("evaluations").orElse(0));
    writePair(fields, "packets", out, Layouts.RULE_PACKETS);
    writePair(fields, "bytes", out, Layouts.RULE_BYTES);
    out.putInt(Layouts.RULE_NR, nr);
    writeByte(fields, "action", out, Layouts.RULE_ACTION);
    writeByte(fields, "direction", out, Layouts.RULE_DIRECTION);
    writeByte(fields, "log", out, Layouts.RULE_LOG);
    writeByte(fields, "keep_state", out, Layouts.RULE_KEEP_STATE);
    writeByte(fields, "af", out, Layouts.RULE_AF);
    writeByte(fields, "proto", out, Layouts.RULE_PROTO);
    out.put(Layouts.RULE_QUICK, (byte) (fields.bool("quick").orElse(false) ? 1 : 0));
    out.put(Layouts.RULE_IFNOT, (byte) (fields.bool("ifnot").orElse(false) ? 1 : 0));
    out.putLong(Layouts.RULE_STATES_CUR, fields.number("states_cur").orElse(0));
    out.putLong(Layouts.RULE_STATES_TOT, fields.number("states_tot").orElse(0));
    out.putLong(Layouts.RULE_SRC_NODES, fields.number("src_nodes").orElse(0));
  }

  private static void writeByte(NvList fields, String key, ByteBuffer out, int at) {
    out.put(at, (byte) fields.number(key).orElse(0));
  }

  private static void writePair(NvList fields, String key, ByteBuffer out, int at) {
    long[] values = fields.numbers(key);
    for (int i = 0; i < values.length; i++) {
      out.putLong(at + Long.BYTES * i, values[i]);
    }
  }

  private static void writeSide(NvList fields, String key, ByteBuffer out, int at) {
    NvList side = fields.list(key).orElse(NvList.builder().build());
    NvList wrapper = side.list("addr").orElse(NvList.builder().build());
    wrapper
        .list("addr")
        .flatMap(address -> address.binary("addr"))
        .ifPresent(bytes -> out.put(at + Layouts.RULE_ADDR_ADDR, bytes));
    wrapper
        .list("mask")
        .flatMap(mask -> mask.binary("addr"))
        .ifPresent(bytes -> out.put(at + Layouts.RULE_ADDR_MASK, bytes));
    wrapper
        .text("ifname")
        .ifPresent(name -> Struct.putString(out, at + Layouts.RULE_ADDR_IFNAME, name));
    wrapper
        .text("tblname")
        .ifPresent(name -> Struct.putString(out, at + Layouts.RULE_ADDR_TBLNAME, name));
    writeByte(wrapper, "type", out, at + Layouts.RULE_ADDR_TYPE);
    writeByte(wrapper, "iflags", out, at + Layouts.RULE_ADDR_IFLAGS);
    long[] ports = side.numbers("port");
    for (int i = 0; i < ports.length; i++) {
      out.putShort(at + Layouts.RULE_ADDR_PORT + Short.BYTES * i, (short) ports[i]);
    }
    writeByte(side, "neg", out, at + Layouts.RULE_ADDR_NEG);
    writeByte(side, "port_op", out, at + Layouts.RULE_ADDR_PORT_OP);
  }

  private List<String> below(String path) throws Refusal {
    unless(path.isEmpty() || rulesets.containsKey(path), Errno.ENOENT);
    String prefix = path.isEmpty() ? "" : path + "/";
    Set<String> names = new TreeSet<>();
    for (String anchor : rulesets.keySet()) {
      if (!anchor.isEmpty() && anchor.startsWith(prefix) && !anchor.equals(path)) {
        String rest = anchor.substring(prefix.length());
        names.add(rest.contains("/") ? rest.substring(0, rest.indexOf('/')) : rest);
      }
    }
    return List.copyOf(names);
  }

  private int activeTicket(String anchor) {
    return tickets.getOrDefault(new Ruleset(anchor, FILTER), 0);
  }

  void checkTicket(int number, String anchor, int ticket) throws Refusal {
    Ruleset ruleset = new Ruleset(anchor, number);
    unless(open.contains(ruleset) && tickets.getOrDefault(ruleset, 0) == ticket, Errno.EBUSY);
  }

  private void transaction(PfRequest request, ByteBuffer argument, ByteBuffer array)
      throws Refusal {
    int size = Layouts.PFIOC_TRANS_E.size();
    unless(argument.getInt(Layouts.TRANS_ESIZE) == size, Errno.ENODEV);
    int count = argument.getInt(Layouts.TRANS_SIZE);
    unless(count >= 0, Errno.EINVAL);
    if ((long) count * size > array.capacity()) {
      throw new Refusal(EFAULT);
    }
    List<Ruleset> named = new ArrayList<>();
    for (int at = 0; at < count * size; at += size) {
      int number = array.getInt(at + Layouts.TRANS_E_RS_NUM);
      unless(number >= 0 && number <= (release.major() >= 14 ? MAX_RULESET : TABLES), Errno.EINVAL);
      String anchor = Struct.string(array, at + Layouts.TRANS_E_ANCHOR, Layouts.PATH);
      if (request == PfRequest.DIOCXCOMMIT) {
        checkTicket(number, anchor, array.getInt(at + Layouts.TRANS_E_TICKET));
      }
      named.add(new Ruleset(anchor, number));
    }
    for (int i = 0; i < count; i++) {
      Ruleset ruleset = named.get(i);
      boolean isTables = ruleset.number() == TABLES;
      if (isTables && request == PfRequest.DIOCXCOMMIT) {
        commitTables.accept(ruleset.anchor());
      } else if (isTables) {
        forgetTables.accept(ruleset.anchor());
      }
      if (request == PfRequest.DIOCXBEGIN) {
        open.add(ruleset);
        array.putInt(i * size + Layouts.TRANS_E_TICKET, tickets.merge(ruleset, 1, Integer::sum));
      } else {
        open.remove(ruleset);
      }
    }
  }

  private void listSourceNodes(ByteBuffer argument, ByteBuffer out) throws Refusal {
    int size = Layouts.PF_SRC_NODE.size();
    int length = argument.getInt(Layouts.SRC_NODES_LEN);
    int count = length == 0 ? sourceNodes.size() : Math.min(length / size, sourceNodes.size());
    if (length != 0) {
      if (length < 0 || count * size > out.capacity()) {
        throw new Refusal(EFAULT);
      }
      for (int i = 0; i < count; i++) {
        out.put(i * size, sourceNodes.get(i));
      }
    }
    argument.putInt(Layouts.SRC_NODES_LEN, count * size);
  }

  private void killSourceNodes(ByteBuffer kill) {
    int family = Struct.u8(kill, Layouts.SRC_NODE_KILL_AF);
    InMemoryFilter.Side src = InMemoryFilter.Side.of(kill, Layouts.SRC_NODE_KILL_SRC);
    InMemoryFilter.Side dst = InMemoryFilter.Side.of(kill, Layouts.SRC_NODE_KILL_DST);
    int before = sourceNodes.size();
    sourceNodes.removeIf(
        bytes -> {
          ByteBuffer node = Struct.wrap(bytes);
          int nodeFamily = Struct.u8(node, Layouts.SRC_NODE_AF);
          return (family == 0 || family == nodeFamily)
              && src.matches(Struct.address(node, Layouts.SRC_NODE_ADDR, nodeFamily).getAddress())
              && dst.matches(Struct.address(node, Layouts.SRC_NODE_RADDR, nodeFamily).getAddress());
        });
    kill.putInt(Layouts.SRC_NODE_KILL_KILLED, before - sourceNodes.size());
  }
}
