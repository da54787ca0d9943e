package org.pfha.configsync.doctor;

import static org.pfha.configsync.doctor.HaNode.isSet;
import static org.pfha.configsync.doctor.HaNode.text;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.pfha.configsync.SyncArea;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;

/** What state and configuration synchronisation need. */
final class SyncRules {

  private static final String GROUP = "224.0.0.240";
  private static final int WIDEST = 24;
  private static final int NARROWEST = 30;
  private static final String TARGET = "hasync/synchronizetoip";
  private static final List<String> HASHES =
      List.of("bcrypt-hash", "sha512-hash", "md5-hash", "password");

  private final Examination examination;
  private final Findings findings;

  SyncRules(Examination examination, Findings findings) {
    this.examination = examination;
    this.findings = findings;
  }

  void run() {
    for (HaNode node : examination.nodes()) {
      pfsync(node);
      Nic sync = node.sync();
      if (sync != null) {
        syncInterface(node, sync);
        rules(node, sync);
      }
    }
    examination.both(this::pair);
    target();
    gui();
  }

  // --- pfsync

  private void pfsync(HaNode node) {
    if (!node.isPfsyncOn()) {
      add(node, Check.PFSYNC_OFF, "hasync", "state synchronisation is not enabled");
      return;
    }
    String name = text(node.hasync(), "pfsyncinterface");
    Nic nic = node.sync();
    if (nic == null || !nic.enabled() || nic.v4() == null) {
      String what =
          nic == null ? "there is no interface %s" : "%s is not enabled, or has no address";
      add(node, Check.PFSYNC_INTERFACE, "hasync/pfsyncinterface", what.formatted(name));
    }
    String peer = text(node.hasync(), "pfsyncpeerip");
    if (peer.isEmpty() || nic == null || nic.v4() == null) {
      return;
    }
    HaNode other = examination.other(node);
    Nic theirs = other == null ? null : other.sync();
    boolean right =
        (theirs != null && theirs.v4() != null)
            ? peer.equals(InetAddresses.toAddrString(theirs.v4().address()))
            : InetAddresses.isInetAddress(peer)
                && nic.v4().contains(InetAddresses.forString(peer))
                && !node.isOwn(peer);
    if (!right || node.isMoving(peer)) {
      add(
          node,
          Check.PFSYNC_PEER,
          "hasync/pfsyncpeerip",
          "%s is not the other node's sync address".formatted(peer));
    }
  }

  private void syncInterface(HaNode node, Nic sync) {
    if (!node.carpsOn(sync.name()).isEmpty() || sync.name().equals("lan")) {
      String why = sync.name().equals("lan") ? "is the LAN" : "has virtual addresses";
      add(node, Check.SYNC_SHARED, sync.path(), "the sync interface " + why);
    }
    if (!sync.gateway().isEmpty()) {
      add(node, Check.SYNC_GATEWAY, sync.path() + "/gateway", "gateway " + sync.gateway());
    }
    Subnet own = sync.v4();
    if (own == null) {
      return;
    }
    if (own.bits() < WIDEST || own.bits() > NARROWEST) {
      add(node, Check.SYNC_MASK, sync.path(), "its network is a /%d".formatted(own.bits()));
    }
    for (Nic nic : node.nics().values()) {
      if (!nic.name().equals(sync.name()) && nic.v4() != null && own.overlaps(nic.v4())) {
        add(
            node,
            Check.SYNC_OVERLAP,
            sync.path(),
            "%s overlaps %s of %s".formatted(own.network(), nic.v4().network(), nic.name()));
      }
    }
  }

  // --- rules

  private void rules(HaNode node, Nic sync) {
    if (sync.v4() == null) {
      return;
    }
    InetAddress own = sync.v4().address();
    InetAddress peer = peer(node, sync);
    String configured = text(node.hasync(), "pfsyncpeerip");
    InetAddress states = configured.isEmpty() ? InetAddresses.forString(GROUP) : own;
    Predicate<Rule> pfsync =
        rule ->
            rule.isProtocol("pfsync", "any") && rule.isFrom(node, peer) && rule.isTo(node, states);
    if (!isPassed(node, sync, pfsync)) {
      add(node, Check.RULE_PFSYNC, "filter", "no rule on %s passes pfsync".formatted(sync.name()));
    }
    Predicate<Rule> gui =
        rule ->
            rule.isProtocol("tcp", "tcp/udp", "any")
                && rule.isFrom(node, peer)
                && rule.isTo(node, own)
                && rule.isPort(node.guiPort());
    if (!isPassed(node, sync, gui)) {
      add(
          node,
          Check.RULE_GUI,
          "filter",
          "no rule on %s passes TCP port %s".formatted(sync.name(), node.guiPort()));
    }
  }

  /** The other node's sync address, or one like it. */
  private InetAddress peer(HaNode node, Nic sync) {
    HaNode other = examination.other(node);
    Nic theirs = other == null ? null : other.sync();
    if (theirs != null && theirs.v4() != null) {
      return theirs.v4().address();
    }
    Subnet own = sync.v4();
    if (own == null) {
      throw new AssertionError("only asked for with an address");
    }
    InetAddress first = own.at(1);
    return first.equals(own.address()) ? own.at(2) : first;
  }

  /** The first rule that matches decides; negated ones are not understood, and left out. */
  private static boolean isPassed(HaNode node, Nic sync, Predicate<Rule> matches) {
    Optional<Rule> first =
        Rule.of(node).stream()
            .filter(rule -> rule.isOn(sync.name()) && !rule.negated() && matches.test(rule))
            .findFirst();
    return first.isPresent() && first.get().pass();
  }

  // --- between the nodes

  private void pair(HaNode a, HaNode b) {
    Nic mine = a.sync();
    Nic theirs = b.sync();
    if (mine != null && theirs != null && mine.v4() != null && theirs.v4() != null) {
      boolean same = mine.v4().address().equals(theirs.v4().address());
      if (!same && !mine.v4().isSameNetwork(theirs.v4())) {
        findings.add(
            Check.SYNC_SUBNET,
            Side.BOTH,
            "hasync/pfsyncinterface",
            "A is in %s, B in %s".formatted(mine.v4().network(), theirs.v4().network()));
      }
    }
    String id = text(a.hasync(), "pfhostid");
    if (!id.isEmpty() && id.equalsIgnoreCase(text(b.hasync(), "pfhostid"))) {
      findings.add(Check.PFSYNC_HOST_ID, Side.BOTH, "hasync/pfhostid", "both are " + id);
    }
    String format = text(a.hasync(), "pfsyncversion");
    String theirFormat = text(b.hasync(), "pfsyncversion");
    // Which one an empty setting means depends on the release.
    if (!format.isEmpty() && !theirFormat.isEmpty() && !format.equals(theirFormat)) {
      findings.add(
          Check.PFSYNC_FORMAT,
          Side.BOTH,
          "hasync/pfsyncversion",
          "A has %s, B has %s".formatted(format, theirFormat));
    }
    if (!host(b).isEmpty()) {
      findings.add(Check.TARGET_ON_SECONDARY, Side.B, TARGET, "target " + host(b));
    }
  }

  // --- config sync

  /** The target's host; OPNsense allows a URL. */
  private static String host(HaNode node) {
    String target = text(node.hasync(), "synchronizetoip");
    if (!target.startsWith("http")) {
      return target;
    }
    String rest = target.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
    return rest.startsWith("[")
        ? rest.replaceAll("[\\[\\]].*$|^\\[", "")
        : rest.replaceAll(":\\d+$", "");
  }

  private void target() {
    HaNode a = examination.a();
    String host = host(a);
    if (host.isEmpty()) {
      add(a, Check.TARGET_MISSING, TARGET, "the primary has no config sync target");
      return;
    }
    HaNode b = examination.b();
    if (a.isMoving(host) || (b != null && b.isMoving(host))) {
      add(a, Check.TARGET_IS_VIP, TARGET, host + " is a virtual address");
    } else if (a.isOwn(host) || (b != null && !b.isOwn(host))) {
      add(a, Check.TARGET_WRONG, TARGET, host + " is not the other node's address");
    }
    boolean nothing =
        a.isOpnSense()
            ? text(a.hasync(), "syncitems").isEmpty()
            : SyncArea.enabledIn(a.tree()).isEmpty();
    if (nothing) {
      add(a, Check.AREAS_NONE, "hasync", "no area is chosen");
    }
    if (text(a.hasync(), "password").isEmpty()) {
      add(a, Check.ACCOUNT_PASSWORD, "hasync/password", "it is empty");
    }
    account(a, b == null ? a : b);
    boolean users = areaOfUsers(a);
    if (!a.isOpnSense() && users) {
      for (String number : List.of("nextuid", "nextgid")) {
        if (text(a.system(), number).isEmpty()) {
          add(a, Check.NEXT_UID, "system/" + number, "users are synchronised, and it is missing");
        }
      }
    }
  }

  private static boolean areaOfUsers(HaNode a) {
    return a.isOpnSense()
        ? HaNode.words(a.hasync().at("syncitems")).contains("users")
        : isSet(a.hasync(), "synchronizeusers");
  }

  private void account(HaNode a, HaNode where) {
    String configured = text(a.hasync(), "username");
    String name = !configured.isEmpty() ? configured : a.isOpnSense() ? "root" : "admin";
    Optional<Fields> account = user(where, name);
    String path = "system/user[%s]".formatted(name);
    if (account.isEmpty()) {
      add(where, Check.ACCOUNT_MISSING, path, "there is no such account");
      return;
    }
    Fields fields = account.get();
    if (isSet(fields, "disabled")) {
      add(where, Check.ACCOUNT_DISABLED, path, "the account is disabled");
    }
    if (!isAllowed(where, fields, name)) {
      add(where, Check.ACCOUNT_PRIVILEGE, path, "it lacks the privilege for config sync");
    }
    String uid = text(fields, "uid");
    Optional<Fields> mine = user(a, name);
    boolean synced = areaOfUsers(a) && (a.isOpnSense() || uid.length() >= 4);
    if (synced && where != a && mine.isPresent() && !hash(mine.get()).equals(hash(fields))) {
      findings.add(Check.ACCOUNT_LOCKOUT, Side.BOTH, path, "the nodes have different hashes");
    }
  }

  private static Optional<Fields> user(HaNode node, String name) {
    return HaNode.list(node.system(), "user").stream()
        .map(ConfigNode::fields)
        .filter(fields -> text(fields, "name").equals(name))
        .findFirst();
  }

  private static String hash(Fields user) {
    StringBuilder hashes = new StringBuilder();
    HASHES.forEach(kind -> hashes.append(text(user, kind)).append('\n'));
    return hashes.toString();
  }

  private static boolean isAllowed(HaNode node, Fields user, String name) {
    if (text(user, "uid").equals("0")) {
      return true;
    }
    List<String> own = HaNode.words(user.at("priv"));
    if (!node.isOpnSense()) {
      return own.contains("system-xmlrpc-ha-sync");
    }
    Predicate<List<String>> enough =
        privileges -> privileges.contains("page-xmlrpclibrary") || privileges.contains("page-all");
    return enough.test(own)
        || HaNode.list(node.system(), "group").stream()
            .map(ConfigNode::fields)
            .filter(
                group ->
                    HaNode.words(group.at("member")).contains(text(user, "uid"))
                        || HaNode.words(group.at("member")).contains(name))
            .anyMatch(group -> enough.test(HaNode.words(group.at("priv"))));
  }

  // --- the GUI, by which config sync goes

  private void gui() {
    HaNode a = examination.a();
    for (HaNode node : examination.nodes()) {
      if (node.guiProtocol().equals("http")) {
        add(node, Check.GUI_PLAIN, "system/webgui/protocol", "plain HTTP");
      }
    }
    HaNode b = examination.b();
    if (b == null) {
      return;
    }
    if (!a.guiProtocol().equals(b.guiProtocol())) {
      findings.add(
          Check.GUI_PROTOCOL,
          Side.BOTH,
          "system/webgui/protocol",
          "A has %s, B has %s".formatted(a.guiProtocol(), b.guiProtocol()));
    } else if (!a.guiPort().equals(b.guiPort())) {
      findings.add(
          Check.GUI_PORT,
          Side.BOTH,
          "system/webgui/port",
          "A has %s, B has %s".formatted(a.guiPort(), b.guiPort()));
    }
  }

  private void add(HaNode node, Check check, String path, String detail) {
    findings.add(check, node.side(), path, detail);
  }
}
