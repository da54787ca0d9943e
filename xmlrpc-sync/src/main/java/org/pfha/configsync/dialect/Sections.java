package org.pfha.configsync.dialect;

import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pfha.configsync.ConfigStore;
import org.pfha.configsync.SyncException;
import org.pfha.configsync.SyncPolicy;
import org.pfha.configsync.SyncScope;
import org.pfha.configsync.config.ConfigDiff;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Text;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.RpcCall;
import org.pfha.configsync.rpc.RpcFault;
import org.pfha.configsync.rpc.RpcServer;

/**
 * The dialect of products that are neither pfSense nor OPNsense: a configuration is a set of named
 * sections whose content only the product understands. Immutable.
 *
 * <p>A section is a name of 1 to 128 letters, digits, {@code _}, {@code .} and {@code -} that
 * begins with a letter, a digit or {@code _}, and up to {@value #MAX_SECTION} bytes. It is replaced
 * as a whole or removed; nothing is merged. {@code version}, {@code revision} and {@code
 * lastchange} are no names of sections: every configuration has one version, chosen by the product,
 * and nodes sync only when both have the same.
 *
 * <p>On the wire there are three methods. A section's content travels as a string when it is text
 * that XML can carry, else as base64; receivers take either. Its digest is the SHA-256 of its bytes
 * in lower-case hex, or {@code absent}.
 *
 * <table>
 *   <caption>Methods</caption>
 *   <tr><th>method</th><th>parameters</th><th>result</th></tr>
 *   <tr><td>{@code pfha.describe}</td><td>optional array of names; none means all</td>
 *     <td>struct {@code product}, {@code version}, {@code node} (the node's id), {@code sections}
 *     (struct name → digest)</td></tr>
 *   <tr><td>{@code pfha.fetch}</td><td>optional array of names</td>
 *     <td>struct name → content; names the node does not have, or does not let itself be told, are
 *     missing</td></tr>
 *   <tr><td>{@code pfha.apply}</td><td>struct name → content, an empty array removes the section;
 *     optional struct {@code hops} (array of node ids, the origin first), {@code expected} (struct
 *     name → digest), {@code dry_run} (boolean)</td>
 *     <td>struct {@code changed} (boolean), {@code sections} (struct name → digest, as they are
 *     now)</td></tr>
 * </table>
 *
 * <p>{@code pfha.apply} stores and applies all of it or nothing. Faults: -32602 a name that is not
 * enabled or malformed, -32010 another change is being applied, -32011 a section is not as
 * expected, -32012 the configuration came round to this node or the node is not secondary now,
 * -32013 the application could not apply it and it was rolled back.
 */
public final class Sections implements Dialect {
  /** The longest section, in bytes. */
  public static final int MAX_SECTION = 16 << 20;

  /** In a scope: every section there is. Then a section removed on the primary stays elsewhere. */
  public static final String ALL = "*";

  /** The digest of a section that is not there. */
  public static final String ABSENT = "absent";

  private static final Set<String> RESERVED = Set.of("version", "revision", "lastchange");

  private final String product;

  /**
   * The dialect of one product.
   *
   * @param product its name; two nodes sync only when it is the same
   */
  public Sections(String product) {
    this.product = product;
  }

  /**
   * A configuration made of sections.
   *
   * @param version what both nodes must share
   * @param sections name to content
   * @return the configuration, as a primary syncs it
   * @throws IllegalArgumentException naming every section with a name or a size that cannot be
   */
  public static ConfigTree tree(String version, Map<String, byte[]> sections) {
    List<String> wrong =
        sections.entrySet().stream()
            .filter(section -> !isName(section.getKey()) || section.getValue().length > MAX_SECTION)
            .map(Map.Entry::getKey)
            .toList();
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(
          "sections with a name or size that cannot be: " + String.join(", ", wrong));
    }
    Map<String, ConfigNode> tree = new LinkedHashMap<>();
    tree.put("version", new Text(version));
    sections.forEach((name, content) -> tree.put(name, SectionContent.node(content)));
    return new ConfigTree(SectionFile.ROOT, new Fields(tree));
  }

  /**
   * The sections of a configuration.
   *
   * @param config made by this dialect
   * @return name to content, in file order
   */
  public static Map<String, byte[]> contents(ConfigTree config) {
    Map<String, byte[]> contents = new LinkedHashMap<>();
    config
        .sections()
        .map()
        .forEach(
            (name, node) -> {
              if (isName(name)) {
                contents.put(name, SectionContent.bytes(node));
              }
            });
    return contents;
  }

  /**
   * A store over an application's own sections.
   *
   * @param version what both nodes must share
   * @param sections the application
   * @return a store for {@link org.pfha.configsync.ConfigSecondary#over}
   */
  public static ConfigStore store(String version, SectionStore sections) {
    return new SectionConfigStore(version, sections);
  }

  static boolean isName(String name) {
    return name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}") && !RESERVED.contains(name);
  }

  @Override
  public String product() {
    return product;
  }

  @Override
  public ConfigTree read(byte[] file) throws ConfigFormatException {
    return SectionFile.read(file);
  }

  @Override
  public byte[] write(ConfigTree config) throws ConfigFormatException {
    return SectionFile.write(config);
  }

  @Override
  public Object toWire(ConfigNode node) {
    return SectionContent.toWire(node);
  }

  @Override
  public ConfigNode fromWire(String name, Object value) throws RpcFault {
    if (!isName(name)) {
      throw WireTree.refused("a section with a name that cannot be");
    }
    return SectionContent.fromWire(value);
  }

  @Override
  public String digest(ConfigNode node) {
    return node.isEmptyTable() ? ABSENT : SectionContent.digest(node);
  }

  @Override
  public Outgoing outgoing(ConfigTree config, SyncScope scope) {
    Map<String, ConfigNode> sections = new LinkedHashMap<>();
    config
        .sections()
        .map()
        .forEach(
            (name, node) -> {
              if (isName(name) && isIn(scope, name)) {
                sections.put(name, node);
              }
            });
    for (String name : scope.sections()) {
      if (!name.equals(ALL)) {
        sections.putIfAbsent(name, Fields.NONE); // gone here: to be removed there
      }
    }
    return new Outgoing(sections, List.of());
  }

  private static boolean isIn(SyncScope scope, String name) {
    return scope.sections().contains(name) || scope.sections().contains(ALL);
  }

  /**
   * Sizes and digests: what the bytes mean, and whether they are secret, only the product knows.
   */
  @Override
  public ConfigDiff diff(ConfigTree before, ConfigTree after) {
    Set<String> names = new LinkedHashSet<>(before.sections().map().keySet());
    names.addAll(after.sections().map().keySet());
    List<ConfigDiff.Change> changes = new ArrayList<>();
    for (String name : names) {
      ConfigNode older = before.sections().map().getOrDefault(name, Fields.NONE);
      ConfigNode newer = after.sections().map().getOrDefault(name, Fields.NONE);
      if (isName(name) && !digest(older).equals(digest(newer))) {
        ConfigDiff.Kind kind =
            older.isEmptyTable()
                ? ConfigDiff.Kind.ADDED
                : newer.isEmptyTable() ? ConfigDiff.Kind.REMOVED : ConfigDiff.Kind.CHANGED;
        changes.add(new ConfigDiff.Change(kind, name, summary(older), summary(newer)));
      }
    }
    return new ConfigDiff(changes);
  }

  private String summary(ConfigNode node) {
    return node.isEmptyTable()
        ? ""
        : SectionContent.bytes(node).length + " bytes, sha256 " + digest(node).substring(0, 12);
  }

  @Override
  public Map<String, Set<String>> areas(SyncScope scope) {
    Map<String, Set<String>> areas = new LinkedHashMap<>();
    scope.sections().forEach(name -> areas.put(name, Set.of(name)));
    return areas;
  }

  @Override
  public Map<String, ConfigNode> readable(ConfigTree config, SyncPolicy policy) {
    Map<String, ConfigNode> readable = new LinkedHashMap<>();
    config
        .sections()
        .map()
        .forEach(
            (name, node) -> {
              if (isName(name) && isIn(policy.scope(), name)) {
                readable.put(name, node);
              }
            });
    return readable;
  }

  @Override
  public List<String> targets(ConfigTree config) {
    return List.of();
  }

  @Override
  public ConfigTree stamped(ConfigTree config, Instant at, InetAddress caller, String text) {
    return config.with(
        "revision",
        Fields.NONE
            .with("time", new Text(Long.toString(at.getEpochSecond())))
            .with("username", new Text("(system)@" + caller.getHostAddress()))
            .with("description", new Text(text)));
  }

  @Override
  public Map<String, RpcServer.Method> methods(SecondaryContext node) {
    return Map.of("pfha.apply", (caller, call) -> apply(node, caller, call));
  }

  private Object apply(SecondaryContext node, InetAddress caller, RpcCall call) throws RpcFault {
    if (call.parameters().isEmpty()) {
      throw WireTree.refused("the first parameter must be a table of sections");
    }
    Map<String, ConfigNode> sent = new LinkedHashMap<>();
    if (call.parameters().get(0) instanceof Map<?, ?> sections) {
      for (Map.Entry<?, ?> section : sections.entrySet()) {
        String name = section.getKey().toString();
        sent.put(name, fromWire(name, section.getValue()));
        if (!isIn(node.policy().scope(), name)) {
          throw WireTree.refused("a section that is not enabled here");
        }
      }
    } else if (!(call.parameters().get(0) instanceof List<?> list && list.isEmpty())) {
      throw WireTree.refused("the first parameter must be a table of sections");
    }
    Envelope envelope = Envelope.in(call, 1);
    boolean changed = node.update(caller, envelope, before -> merged(before, sent, envelope));
    Map<String, Object> digests = new LinkedHashMap<>();
    Fields now = node.current().sections();
    sent.keySet()
        .forEach(name -> digests.put(name, digest(now.map().getOrDefault(name, Fields.NONE))));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("changed", changed);
    answer.put("sections", digests);
    return answer;
  }

  private Merged merged(ConfigTree before, Map<String, ConfigNode> sent, Envelope envelope) {
    Map<String, ConfigNode> merged = new LinkedHashMap<>(before.sections().map());
    sent.forEach(
        (name, node) -> {
          if (node.isEmptyTable()) {
            merged.remove(name);
          } else {
            merged.put(name, node);
          }
        });
    String from =
        envelope.hops().isEmpty() ? "" : " from " + String.join(" over ", envelope.hops());
    return new Merged(
        new ConfigTree(before.root(), new Fields(merged)),
        "Sections " + String.join(", ", sent.keySet()) + from,
        (old, now) ->
            List.of(new Effect.ApplySections(changed(old, now)), new Effect.SyncOnward()));
  }

  private List<String> changed(ConfigTree old, ConfigTree now) {
    return diff(old, now).changes().stream().map(ConfigDiff.Change::path).toList();
  }

  @Override
  public PeerSession open(PeerCaller peer) {
    return new Session(peer);
  }

  private final class Session implements PeerSession {
    private final PeerCaller peer;

    Session(PeerCaller peer) {
      this.peer = peer;
    }

    @Override
    public PeerVersion greet(ConfigTree own) throws SyncException {
      if (!(peer.call("pfha.describe", List.of()) instanceof Map<?, ?> answer)
          || !(answer.get("product") instanceof String theirs)
          || !(answer.get("version") instanceof String version)
          || !(answer.get("node") instanceof String node)
          || node.isEmpty()) {
        throw new SyncException.MalformedAnswer(
            peer.at(), "a description without product, version and node");
      }
      if (!theirs.equals(product) || !version.equals(own.version())) {
        throw new SyncException.VersionMismatch(
            peer.at(), theirs + " " + version, product + " " + own.version());
      }
      return new PeerVersion(theirs + " " + version, node);
    }

    @Override
    public boolean readable() {
      return true;
    }

    @Override
    public Map<String, ConfigNode> read(Collection<String> names) throws SyncException {
      Map<String, ConfigNode> held = new LinkedHashMap<>();
      if (peer.call("pfha.fetch", List.copyOf(names)) instanceof Map<?, ?> answer) {
        try {
          for (Map.Entry<?, ?> section : answer.entrySet()) {
            String name = section.getKey().toString();
            held.put(name, fromWire(name, section.getValue()));
          }
        } catch (RpcFault e) {
          throw new SyncException.MalformedAnswer(peer.at(), String.valueOf(e.getMessage()));
        }
      }
      return held;
    }

    @Override
    public void write(Outgoing outgoing, Envelope envelope) throws SyncException {
      Map<String, Object> wire = new LinkedHashMap<>();
      outgoing.sections().forEach((name, node) -> wire.put(name, toWire(node)));
      if (!(peer.call("pfha.apply", wire, envelope.toWire()) instanceof Map<?, ?> answer)
          || !(answer.get("changed") instanceof Boolean)) {
        throw new SyncException.MalformedAnswer(peer.at(), "the peer did not confirm the call");
      }
    }
  }
}
