package org.pfha.examples.conformance;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.ConfigSecondary;
import org.pfha.configsync.ConfigStore;
import org.pfha.configsync.ConfigStores;
import org.pfha.configsync.SyncArea;
import org.pfha.configsync.SyncPolicy.Behaviour;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.dialect.CaptivePortal;
import org.pfha.configsync.dialect.Dialect;
import org.pfha.configsync.dialect.Effect;
import org.pfha.configsync.dialect.OpnSense;
import org.pfha.configsync.dialect.PackageHooks;
import org.pfha.configsync.dialect.PeerRelease;
import org.pfha.configsync.dialect.PfSense;
import org.pfha.configsync.dialect.PhpData;
import org.pfha.configsync.dialect.Services;
import org.pfha.configsync.rpc.EncodedMessage;
import org.pfha.configsync.rpc.RequestHead;
import org.pfha.configsync.rpc.RpcReply;

/**
 * A secondary with a recorded configuration, behaving like its product, and an application around
 * it that keeps what it is told. Confined to one thread.
 */
final class CaseNode {

  /** What it answered: an HTTP status, and the body of a 200. */
  record Answer(int status, @Nullable PlainRpc message) {
    String text() {
      return message == null ? "HTTP " + status : message.answer();
    }
  }

  private final ConfigStore store;
  private final CaseAccounts accounts;
  private final List<Effect> effects = new ArrayList<>();
  private final List<String> portal = new ArrayList<>();

  CaseNode(byte[] config) throws ConfigFormatException {
    store = ConfigStores.inMemory(config);
    accounts = new CaseAccounts(ConfigTree.parse(config));
  }

  static Dialect dialect(ConfigTree config) {
    return config.root().equals("pfsense")
        ? new PfSense(Behaviour.LIKE_THE_PRODUCT)
        : new OpnSense(Behaviour.LIKE_THE_PRODUCT, true);
  }

  ConfigTree config() throws IOException, ConfigFormatException {
    return ConfigTree.parse(store.load());
  }

  byte[] stored() throws IOException {
    return store.load();
  }

  CaseAccounts accounts() {
    return accounts;
  }

  /** What reached the callback since the last time. */
  List<Effect> takeEffects() {
    List<Effect> taken = List.copyOf(effects);
    effects.clear();
    return taken;
  }

  /** What reached the captive portal since the last time. */
  List<String> takePortal() {
    List<String> taken = List.copyOf(portal);
    portal.clear();
    return taken;
  }

  /** Through the head's check, the reader, the methods, the store, the effects, the writer. */
  Answer answer(RecordedHttp request, InetAddress caller, @Nullable PlainRpc recorded)
      throws IOException, ConfigFormatException {
    RequestHead head =
        new RequestHead(request.method(), URI.create(request.target()), request.headers());
    RequestHead.Verdict verdict = head.check(64 << 20);
    if (verdict != RequestHead.Verdict.ACCEPTED) {
      return new Answer(verdict.status(), null);
    }
    RpcReply reply =
        secondary(recorded)
            .server()
            .handle(
                caller, request.header("Authorization"), new ByteArrayInputStream(request.body()));
    EncodedMessage body = reply.body();
    return new Answer(reply.status(), body == null ? null : PlainRpc.parse(body.toByteArray()));
  }

  /** A new one for each call, so that wrong passwords do not slow the next down. */
  private ConfigSecondary secondary(@Nullable PlainRpc recorded)
      throws IOException, ConfigFormatException {
    return begun(recorded).accounts(accounts, accounts).build();
  }

  /** With an account for this process. */
  ConfigSecondary open(String user, char[] secret) throws IOException, ConfigFormatException {
    return begun(null).credentials(user, secret).build();
  }

  private ConfigSecondary.Builder begun(@Nullable PlainRpc recorded)
      throws IOException, ConfigFormatException {
    return ConfigSecondary.over(store)
        .dialect(dialect(config()))
        .areas(SyncArea.all())
        .behaviour(Behaviour.LIKE_THE_PRODUCT)
        .part(PeerRelease.class, release(recorded))
        .part(Services.class, () -> services(recorded))
        .part(CaptivePortal.class, new Portal(recorded))
        .part(PackageHooks.class, this::received)
        .onEffect((effect, config) -> effects.add(effect));
  }

  /** The release of the recorded machine is nowhere but in its answers. */
  private static PeerRelease release(@Nullable PlainRpc recorded) {
    Map<?, ?> answer = recorded == null ? Map.of() : recorded.struct();
    return new PeerRelease(
        version(answer, "firmware"),
        version(answer, "kernel"),
        version(answer, "base"),
        Objects.toString(answer.get("platform"), ""));
  }

  private static String version(Map<?, ?> answer, String part) {
    return answer.get(part) instanceof Map<?, ?> map
        ? Objects.toString(map.get("version"), "")
        : "";
  }

  /** The recorded machine's, or else whatever a primary asks for. */
  private static List<Map<String, Object>> services(@Nullable PlainRpc recorded) {
    List<Map<String, Object>> services = new ArrayList<>();
    if (recorded != null && recorded.value() instanceof List<?> list) {
      for (Object entry : list) {
        Map<String, Object> service = new LinkedHashMap<>();
        if (entry instanceof Map<?, ?> map) {
          map.forEach((name, value) -> service.put(name.toString(), value));
        }
        services.add(service);
      }
    } else if (recorded != null && recorded.value() instanceof String text) {
      services.add(Map.of("name", text.replaceFirst(" has been .*", "")));
    }
    return services;
  }

  /** Packages that say so in their description take their data; the others have no hook. */
  private Map<String, ConfigNode> received(Fields data) {
    Map<String, ConfigNode> stored = new LinkedHashMap<>();
    Fields packages = data.at("installedpackages").fields();
    for (String hook : hooks()) {
      packages
          .map()
          .forEach(
              (name, node) -> {
                if (name.startsWith(hook)) {
                  stored.put("installedpackages/" + name, node);
                }
              });
    }
    return stored;
  }

  private List<String> hooks() {
    List<String> hooks = new ArrayList<>();
    try {
      Fields installed = config().section("installedpackages").fields();
      for (ConfigNode entry : installed.at("package").items()) {
        ConfigNode plugins = entry.fields().at("plugins").fields().at("item");
        if (plugins.items().stream()
            .anyMatch(item -> item.fields().at("type").text().equals("plugin_xmlrpc_recv"))) {
          hooks.add(entry.fields().at("name").text());
        }
      }
    } catch (IOException | ConfigFormatException e) {
      throw new IllegalStateException("a configuration in memory", e);
    }
    return hooks;
  }

  /** Answers what was recorded and keeps what it was told. */
  private final class Portal implements CaptivePortal {
    private final @Nullable PlainRpc recorded;

    Portal(@Nullable PlainRpc recorded) {
      this.recorded = recorded;
    }

    @Override
    public Map<String, Map<?, ?>> databases(String zone) {
      Map<String, Map<?, ?>> databases = new LinkedHashMap<>();
      Map<?, ?> answer = recorded == null ? Map.of() : recorded.struct();
      answer.forEach(
          (name, blob) -> {
            try {
              byte[] data = Base64.getDecoder().decode(blob.toString());
              if (PhpData.read(data) instanceof Map<?, ?> table) {
                databases.put(name.toString(), table);
              }
            } catch (PhpData.MalformedException e) {
              throw new IllegalStateException("the recorded answer", e);
            }
          });
      portal.add("databases");
      return databases;
    }

    @Override
    public String connect(String zone, Map<?, ?> user) {
      portal.add(
          "connect "
              + user.get("clientip")
              + " "
              + user.get("clientmac")
              + " "
              + user.get("username")
              + " "
              + user.get("sessionid"));
      return recorded != null && recorded.value() instanceof String session ? session : "";
    }

    private boolean done(String what) {
      portal.add(what);
      return recorded == null || !Boolean.FALSE.equals(recorded.value());
    }

    @Override
    public boolean disconnect(String zone, Map<?, ?> ended) {
      return done(
          "disconnect "
              + ended.get("sessionid")
              + " "
              + ended.get("term_cause")
              + " "
              + ended.get("stop_time"));
    }

    @Override
    public boolean remove(String zone, Map<?, ?> entries) {
      return done("remove");
    }

    @Override
    public boolean disconnectAll(String zone, Map<?, ?> arguments) {
      return done(
          "disconnect all " + arguments.get("term_cause") + " " + arguments.get("logout_reason"));
    }

    @Override
    public void writeVouchers(String zone, Map<?, ?> arguments) {
      done("vouchers");
    }

    @Override
    public void writeUsedMacs(String zone, Map<?, ?> arguments) {
      done("usedmacs");
    }
  }
}
