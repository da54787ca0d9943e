package org.pfha.configsync.dialect;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.pfha.configsync.SyncPolicy;
import org.pfha.configsync.config.ConfigFormat;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.rpc.RpcCall;
import org.pfha.configsync.rpc.RpcFault;
import org.pfha.configsync.rpc.RpcServer;

/** The methods of an OPNsense server. Thread-safe. Source: spec sections 3.2, 11.1, 12. */
final class OpnSenseMethods {
  private static final WireTree WIRE = new WireTree(ConfigFormat.opnSense());
  private static final String REFUSED = "Authentication failed";

  private final SecondaryContext node;
  private final Map<String, RpcServer.Method> methods = new LinkedHashMap<>();

  OpnSenseMethods(SecondaryContext node) {
    this.node = node;
  }

  Map<String, RpcServer.Method> byName() {
    boolean exact = node.policy().likeTheProduct();
    if (exact) {
      methods.put("system.listMethods", (caller, call) -> names());
      methods.put("system.getCapabilities", (caller, call) -> capabilities());
      methods.put("opnsense.test", (caller, call) -> parameter(call));
    }
    methods.put("opnsense.configd_reload_all_templates", (caller, call) -> templates(caller));
    methods.put("opnsense.restart_service", (caller, call) -> service("restarted", caller, call));
    methods.put("opnsense.start_service", (caller, call) -> service("started", caller, call));
    methods.put("opnsense.stop_service", (caller, call) -> service("stopped", caller, call));
    methods.put("opnsense.list_services", (caller, call) -> services());
    methods.put("opnsense.restore_config_section", this::restore);
    methods.put("opnsense.firmware_version", (caller, call) -> version());
    methods.put("opnsense.filter_configure", (caller, call) -> configureFilter(caller));
    Map<String, RpcServer.Method> guarded = new LinkedHashMap<>();
    methods.forEach(
        (name, method) ->
            guarded.put(
                name, (caller, call) -> isOwn(caller) ? REFUSED : method.perform(caller, call)));
    return guarded;
  }

  /** A node that syncs to itself is told that it has no rights. */
  private boolean isOwn(InetAddress caller) throws RpcFault {
    String address = caller.getHostAddress();
    return node.current().section("interfaces").fields().map().values().stream()
        .anyMatch(
            link ->
                link.fields().at("ipaddr").text().equals(address)
                    || link.fields().at("ipaddrv6").text().equals(address));
  }

  /** One parameter is the value, several are one list of all, none is the empty text. */
  private static Object parameter(RpcCall call) {
    return switch (call.parameters().size()) {
      case 0 -> "";
      case 1 -> call.parameters().get(0);
      default -> call.parameters();
    };
  }

  private Object version() {
    PeerRelease release = node.part(PeerRelease.class);
    PeerRelease said = release == null ? PeerRelease.PFHA : release;
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("base", Map.of("version", said.base()));
    answer.put("firmware", Map.of("version", said.firmware()));
    answer.put("kernel", Map.of("version", said.kernel()));
    if (!node.policy().likeTheProduct()) {
      answer.put("pfha_node", node.node());
    }
    return answer;
  }

  private Object restore(InetAddress caller, RpcCall call) throws RpcFault {
    if (call.parameters().isEmpty()) {
      throw WireTree.refused("the sections are missing");
    }
    Map<String, ConfigNode> sent = WIRE.sections(call.parameters().get(0));
    SyncPolicy policy = node.policy();
    node.update(
        caller, Envelope.in(call, 1), before -> OpnSenseSecondary.restore(before, sent, policy));
    return true;
  }

  private Object configureFilter(InetAddress caller) throws RpcFault {
    node.perform(
        caller,
        List.of(
            new Effect.ReloadRouting(),
            new Effect.RestartService("resolver", ""),
            new Effect.ReloadFilter()));
    return true;
  }

  private Object templates(InetAddress caller) throws RpcFault {
    node.perform(caller, List.of(new Effect.ReloadTemplates()));
    return Map.of("status", "done");
  }

  private List<Map<String, Object>> services() {
    Services services = node.part(Services.class);
    return services == null ? List.of() : services.list();
  }

  private Object service(String done, InetAddress caller, RpcCall call) throws RpcFault {
    if (!(parameter(call) instanceof Map<?, ?> request)) {
      throw WireTree.invalidParameters();
    }
    String name = Objects.toString(request.get("service"), "");
    String id = Objects.toString(request.get("id"), "");
    if (services().stream().noneMatch(service -> name.equals(service.get("name")))) {
      throw WireTree.refused("no such service");
    }
    node.perform(
        caller,
        List.of(
            switch (done) {
              case "restarted" -> new Effect.RestartService(name, id);
              case "started" -> new Effect.StartService(name, id);
              default -> new Effect.StopService(name, id);
            }));
    return name + " has been " + done + ".";
  }

  private List<String> names() {
    List<String> names = new ArrayList<>(List.of("system.multicall"));
    names.addAll(methods.keySet());
    return names;
  }

  private static Object capabilities() {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("xmlrpc", capability("http://www.xmlrpc.com/spec", 1));
    answer.put(
        "faults_interop",
        capability("http://xmlrpc-epi.sourceforge.net/specs/rfc.fault_codes.php", 20010516));
    answer.put("system.multicall", capability("http://www.xmlrpc.com/discuss/msgReader$1208", 1));
    return answer;
  }

  private static Map<String, Object> capability(String url, int version) {
    Map<String, Object> capability = new LinkedHashMap<>();
    capability.put("specUrl", url);
    capability.put("specVersion", version);
    return capability;
  }
}
