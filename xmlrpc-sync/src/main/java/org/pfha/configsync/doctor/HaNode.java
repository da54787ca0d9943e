package org.pfha.configsync.doctor;

import com.google.common.base.Splitter;
import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigTree;

/** What the doctor reads of one node, whichever product's it is. Immutable. */
final class HaNode {

  private static final Splitter WORDS = Splitter.onPattern("[\\s,|]+").omitEmptyStrings();

  private final Side side;
  private final ConfigTree tree;
  private final Map<String, Nic> nics = new LinkedHashMap<>();
  private final List<Vip> vips = new ArrayList<>();

  HaNode(Side side, ConfigTree tree) {
    this.side = side;
    this.tree = tree;
    tree.section("interfaces")
        .fields()
        .map()
        .forEach((name, node) -> nics.put(name, nic(name, node)));
    for (ConfigNode vip : list(tree.section("virtualip"), "vip")) {
      vips.add(vip(vip.fields()));
    }
  }

  private static Nic nic(String name, ConfigNode node) {
    Fields fields = node.fields();
    String kind4 = text(fields, "ipaddr");
    String kind6 = text(fields, "ipaddrv6");
    return new Nic(
        name,
        text(fields, "if"),
        text(fields, "descr"),
        isSet(fields, "enable"),
        Subnet.of(kind4, text(fields, "subnet")),
        Subnet.of(kind6, text(fields, "subnetv6")),
        kind4,
        kind6,
        text(fields, "gateway") + text(fields, "gatewayv6"));
  }

  private Vip vip(Fields fields) {
    String peers = text(fields, "carp_peer") + " " + text(fields, "peer");
    String number = text(fields, "vhid");
    return new Vip(
        text(fields, "mode"),
        text(fields, "interface"),
        number.isEmpty() ? 0 : number.matches("\\d{1,6}") ? Integer.parseInt(number) : -1,
        text(fields, "advbase"),
        text(fields, "advskew"),
        text(fields, "password"),
        Subnet.of(text(fields, "subnet"), text(fields, "subnet_bits")),
        text(fields, "uniqid"),
        peers.strip());
  }

  // --- reading

  static String text(Fields fields, String name) {
    return fields.at(name).text().strip();
  }

  /** Present, and not 0: pfSense marks by presence, OPNsense by 1. */
  static boolean isSet(Fields fields, String name) {
    ConfigNode node = fields.get(name);
    return node != null && !node.text().equals("0");
  }

  /** The entries under a name, however many there are. */
  static List<ConfigNode> list(ConfigNode section, String name) {
    ConfigNode node = section.fields().at(name);
    if (node instanceof ConfigNode.Items) {
      return node.items();
    }
    return node instanceof Fields ? List.of(node) : List.of();
  }

  /** The words of a list written as one text, or as several elements. */
  static List<String> words(ConfigNode node) {
    List<String> words = new ArrayList<>();
    if (node instanceof ConfigNode.Items) {
      node.items().forEach(item -> words.addAll(WORDS.splitToList(item.text())));
    } else {
      words.addAll(WORDS.splitToList(node.text()));
    }
    return words;
  }

  // --- the node

  Side side() {
    return side;
  }

  ConfigTree tree() {
    return tree;
  }

  boolean isOpnSense() {
    return tree.root().equals("opnsense");
  }

  Fields system() {
    return tree.section("system").fields();
  }

  Fields hasync() {
    return tree.section("hasync").fields();
  }

  Fields webgui() {
    return system().at("webgui").fields();
  }

  String hostname() {
    return text(system(), "hostname");
  }

  String guiProtocol() {
    String protocol = text(webgui(), "protocol");
    return protocol.isEmpty() ? "https" : protocol;
  }

  /** The port it listens at; empty means that of the protocol. */
  String guiPort() {
    String port = text(webgui(), "port");
    return !port.isEmpty() ? port : guiProtocol().equals("http") ? "80" : "443";
  }

  /** A tunable, or empty. */
  String tunable(String name) {
    for (ConfigNode item : list(tree.section("sysctl"), "item")) {
      if (text(item.fields(), "tunable").equals(name)) {
        return text(item.fields(), "value");
      }
    }
    return "";
  }

  // --- addresses

  Map<String, Nic> nics() {
    return nics;
  }

  @Nullable Nic nic(String name) {
    return nics.get(name);
  }

  List<Vip> vips() {
    return vips;
  }

  List<Vip> carps() {
    return vips.stream().filter(Vip::isCarp).toList();
  }

  List<Vip> carpsOn(String nic) {
    return vips.stream().filter(vip -> vip.isCarp() && vip.on().equals(nic)).toList();
  }

  /** The interface that state synchronisation uses, or null. */
  @Nullable Nic sync() {
    return nics.get(text(hasync(), "pfsyncinterface"));
  }

  boolean isPfsyncOn() {
    boolean chosen = !text(hasync(), "pfsyncinterface").isEmpty();
    return isOpnSense() ? chosen : isSet(hasync(), "pfsyncenabled") && chosen;
  }

  /** The entry that a stacked alias names as its interface. */
  Optional<Vip> parent(Vip alias) {
    if (alias.on().startsWith(Vip.STACKED)) {
      String uniqid = alias.on().substring(Vip.STACKED.length());
      return vips.stream().filter(vip -> vip.uniqid().equals(uniqid)).findFirst();
    }
    if (alias.vhid() > 0) {
      return carpsOn(alias.on()).stream().filter(vip -> vip.vhid() == alias.vhid()).findFirst();
    }
    return Optional.empty();
  }

  boolean isStacked(Vip vip) {
    return !vip.isCarp() && (vip.on().startsWith(Vip.STACKED) || vip.vhid() > 0);
  }

  /** The CARP entry that an alias stands on in the end; empty in a circle or without one. */
  Optional<Vip> carpOf(Vip vip) {
    Set<Vip> seen = new HashSet<>();
    Optional<Vip> at = Optional.of(vip);
    while (at.isPresent() && !at.get().isCarp()) {
      if (!seen.add(at.get())) {
        return Optional.empty();
      }
      at = parent(at.get());
    }
    return at;
  }

  /** Every address that moves with a failover: CARP's and those stacked on them. */
  List<Vip> movingAddresses() {
    return vips.stream().filter(vip -> vip.subnet() != null && carpOf(vip).isPresent()).toList();
  }

  boolean isMoving(String address) {
    if (!InetAddresses.isInetAddress(address)) {
      return false;
    }
    InetAddress wanted = InetAddresses.forString(address);
    return movingAddresses().stream()
        .anyMatch(vip -> vip.subnet() != null && vip.subnet().address().equals(wanted));
  }

  /** Whether a text that names an interface names a virtual address, in either product's way. */
  boolean isMovingInterface(String name) {
    if (name.startsWith(Vip.STACKED)) {
      String uniqid = name.substring(Vip.STACKED.length());
      return vips.stream().anyMatch(vip -> vip.uniqid().equals(uniqid) && carpOf(vip).isPresent());
    }
    return isMoving(name);
  }

  /** Whether an address is one of the node's own fixed ones. */
  boolean isOwn(String address) {
    if (!InetAddresses.isInetAddress(address)) {
      return false;
    }
    InetAddress wanted = InetAddresses.forString(address);
    return nics.values().stream()
        .anyMatch(
            nic ->
                (nic.v4() != null && nic.v4().address().equals(wanted))
                    || (nic.v6() != null && nic.v6().address().equals(wanted)));
  }

  /** Bridges by the internal names of their members. */
  Map<String, String> bridged() {
    Map<String, String> bridged = new LinkedHashMap<>();
    for (ConfigNode bridge : list(tree.section("bridges"), "bridged")) {
      String device = text(bridge.fields(), "bridgeif");
      for (String member : words(bridge.fields().at("members"))) {
        bridged.put(member, device);
      }
      nics.values().stream()
          .filter(nic -> nic.device().equals(device))
          .forEach(nic -> bridged.put(nic.name(), device));
    }
    return bridged;
  }

  /** Interfaces, with groups of interfaces taken apart. */
  List<String> members(List<String> names) {
    List<String> members = new ArrayList<>();
    for (String name : names) {
      members.add(name);
      for (ConfigNode group : list(tree.section("ifgroups"), "ifgroupentry")) {
        if (text(group.fields(), "ifname").equals(name)) {
          members.addAll(words(group.fields().at("members")));
        }
      }
    }
    return members;
  }

  /** WANs: interfaces with a gateway of their own, by the names of those gateways. */
  List<Nic> wans() {
    return nics.values().stream().filter(nic -> !nic.gateway().isEmpty()).toList();
  }
}
