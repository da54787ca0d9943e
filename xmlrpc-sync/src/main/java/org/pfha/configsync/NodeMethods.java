package org.pfha.configsync;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.dialect.Dialect;
import org.pfha.configsync.dialect.SecondaryContext;
import org.pfha.configsync.rpc.RpcCall;
import org.pfha.configsync.rpc.RpcFault;
import org.pfha.configsync.rpc.RpcServer;

/**
 * What a pfHA node answers whatever product it plays: who it is and what it holds, so that every
 * dialect can be planned and verified. Only what the policy lets a primary set can be read.
 */
final class NodeMethods {
  static final String DESCRIBE = "pfha.describe";
  static final String FETCH = "pfha.fetch";

  private NodeMethods() {}

  static Map<String, RpcServer.Method> of(Dialect dialect, SecondaryContext node) {
    return Map.of(
        DESCRIBE, (caller, call) -> describe(dialect, node, call),
        FETCH, (caller, call) -> fetch(dialect, node, call));
  }

  private static Object describe(Dialect dialect, SecondaryContext node, RpcCall call)
      throws RpcFault {
    var config = node.current();
    Map<String, Object> sections = new LinkedHashMap<>();
    named(dialect.readable(config, node.policy()), call)
        .forEach((name, section) -> sections.put(name, dialect.digest(section)));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("product", dialect.product());
    answer.put("version", config.version());
    answer.put("node", node.node());
    answer.put("sections", sections);
    return answer;
  }

  private static Object fetch(Dialect dialect, SecondaryContext node, RpcCall call)
      throws RpcFault {
    Map<String, Object> answer = new LinkedHashMap<>();
    named(dialect.readable(node.current(), node.policy()), call)
        .forEach((name, section) -> answer.put(name, dialect.toWire(section)));
    return answer;
  }

  /** The sections a call names, all without a parameter. */
  private static Map<String, ConfigNode> named(Map<String, ConfigNode> sections, RpcCall call)
      throws RpcFault {
    if (call.parameters().isEmpty()) {
      return sections;
    }
    if (!(call.parameters().get(0) instanceof List<?> names)) {
      throw new RpcFault(
          RpcFault.INVALID_PARAMETERS, "the first parameter must be a list of names");
    }
    Map<String, ConfigNode> chosen = new LinkedHashMap<>();
    for (Object name : (Collection<?>) names) {
      ConfigNode section = name instanceof String text ? sections.get(text) : null;
      if (section != null) {
        chosen.put((String) name, section);
      }
    }
    return chosen;
  }
}
