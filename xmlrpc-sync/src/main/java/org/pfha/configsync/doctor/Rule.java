package org.pfha.configsync.doctor;

import static org.pfha.configsync.doctor.HaNode.isSet;
import static org.pfha.configsync.doctor.HaNode.text;

import com.google.common.net.InetAddresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;

/**
 * A firewall rule, as far as the doctor looks: of two packets it asks what happens to them, and of
 * policy routing what it catches. Immutable.
 *
 * @param path for findings
 * @param pass false for block and reject
 * @param nics internal names of its interfaces; none stands for all
 * @param protocol empty for any
 * @param source {@code any}, an interface's name, an address, a network, or an alias
 * @param destination likewise; {@code (self)} is this firewall
 * @param port empty for any
 * @param gateway empty for the routing table
 * @param negated whether source or destination is
 */
record Rule(
    String path,
    boolean pass,
    List<String> nics,
    String protocol,
    String source,
    String destination,
    String port,
    String gateway,
    boolean negated) {

  static final String ANY = "any";
  private static final String SELF = "(self)";

  /**
   * The enabled rules of a node in the order in which they decide: floating ones that are quick,
   * then those of interfaces. Floating ones that are not quick are left out.
   */
  static List<Rule> of(HaNode node) {
    List<Rule> floating = new ArrayList<>();
    List<Rule> rules = new ArrayList<>();
    int number = 0;
    for (ConfigNode each : HaNode.list(node.tree().section("filter"), "rule")) {
      Fields fields = each.fields();
      number++;
      boolean floats = isSet(fields, "floating");
      if (!isSet(fields, "disabled") && (!floats || isSet(fields, "quick"))) {
        Fields source = fields.at("source").fields();
        Fields destination = fields.at("destination").fields();
        (floats ? floating : rules)
            .add(
                new Rule(
                    "filter/rule[%s]".formatted(name(fields, number)),
                    text(fields, "type").equals("pass"),
                    node.members(HaNode.words(fields.at("interface"))),
                    text(fields, "protocol").toLowerCase(Locale.ROOT),
                    end(source),
                    end(destination),
                    text(destination, "port"),
                    text(fields, "gateway"),
                    isSet(source, "not") || isSet(destination, "not")));
      }
    }
    newer(node, rules);
    floating.addAll(rules);
    return floating;
  }

  /** OPNsense's rules of the newer kind. */
  private static void newer(HaNode node, List<Rule> rules) {
    Fields filter = node.tree().section("OPNsense").fields().at("Firewall").fields();
    ConfigNode list = filter.at("Filter").fields().at("rules");
    int number = 0;
    for (ConfigNode each : HaNode.list(list, "rule")) {
      Fields fields = each.fields();
      number++;
      if (text(fields, "enabled").equals("1")) {
        String protocol = text(fields, "protocol").toLowerCase(Locale.ROOT);
        rules.add(
            new Rule(
                "OPNsense/Firewall/Filter/rules/rule[%d]".formatted(number),
                text(fields, "action").equals("pass"),
                HaNode.words(fields.at("interface")),
                protocol.equals(ANY) ? "" : protocol,
                text(fields, "source_net"),
                text(fields, "destination_net"),
                text(fields, "destination_port"),
                text(fields, "gateway"),
                text(fields, "source_not").equals("1")
                    || text(fields, "destination_not").equals("1")));
      }
    }
  }

  private static String name(Fields fields, int number) {
    String tracker = text(fields, "tracker");
    return tracker.isEmpty() ? Integer.toString(number) : tracker;
  }

  private static String end(Fields end) {
    if (end.get("any") != null) {
      return ANY;
    }
    String address = text(end, "address");
    String which = address.isEmpty() ? text(end, "network") : address;
    return which.isEmpty() ? ANY : which;
  }

  /** A rule without interface is for all. */
  boolean isOn(String nic) {
    return nics.isEmpty() || nics.contains(nic);
  }

  boolean isProtocol(String... some) {
    return protocol.isEmpty() || List.of(some).contains(protocol);
  }

  boolean isFrom(HaNode node, InetAddress address) {
    return matches(node, source, address, false);
  }

  boolean isTo(HaNode node, InetAddress address) {
    return matches(node, destination, address, node.isOwn(InetAddresses.toAddrString(address)));
  }

  /** Aliases that cannot be looked into are believed to fit. */
  private static boolean matches(HaNode node, String what, InetAddress address, boolean self) {
    if (what.equals(ANY) || what.isEmpty()) {
      return true;
    }
    if (what.equals(SELF)) {
      return self;
    }
    Nic nic = node.nic(what);
    boolean own = what.endsWith("ip") && node.nic(what.substring(0, what.length() - 2)) != null;
    if (own) {
      return self;
    }
    if (nic != null) {
      Subnet subnet = nic.subnet(address instanceof Inet6Address);
      return subnet != null && subnet.contains(address);
    }
    Subnet literal = Subnet.of(what);
    if (literal != null) {
      return literal.contains(address);
    }
    return !InetAddresses.isInetAddress(what) || InetAddresses.forString(what).equals(address);
  }

  /** A port, a range of ports, or an alias, which is believed to fit. */
  boolean isPort(String wanted) {
    if (port.isEmpty() || port.equals(wanted) || !port.matches("[\\d:-]+")) {
      return true;
    }
    String[] ends = port.split("[:-]", -1);
    return ends.length == 2
        && isNumber(wanted)
        && isNumber(ends[0])
        && isNumber(ends[1])
        && Integer.parseInt(ends[0]) <= Integer.parseInt(wanted)
        && Integer.parseInt(wanted) <= Integer.parseInt(ends[1]);
  }

  private static boolean isNumber(String text) {
    return text.matches("[0-9]{1,5}");
  }

  boolean isToAny() {
    return destination.equals(ANY) && !negated;
  }
}
