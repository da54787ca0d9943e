package org.pfha.examples.conformance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.Authenticator;
import org.pfha.configsync.rpc.Authoriser;
import org.pfha.configsync.rpc.PasswordCheck;

/** The accounts of a recorded node, from its own configuration: bcrypt hashes, keys, rights. */
final class CaseAccounts implements Authenticator, Authoriser {
  private static final Set<String> RIGHTS =
      Set.of("system-xmlrpc-ha-sync", "page-xmlrpclibrary", "page-all");

  private final Map<String, PasswordCheck> checks = new HashMap<>();
  private final Set<String> allowed = new HashSet<>();

  CaseAccounts(ConfigTree config) {
    Fields system = config.section("system").fields();
    boolean pfSense = config.root().equals("pfsense");
    for (ConfigNode user : system.at("user").items()) {
      Fields fields = user.fields();
      String disabled = fields.at("disabled").text();
      boolean off = pfSense ? fields.get("disabled") != null : disabled.equals("1");
      String name = fields.at("name").text();
      if (!off) {
        add(name, fields.at(pfSense ? "bcrypt-hash" : "password").text());
      }
      Set<String> rights = words(fields.at("priv"));
      if (!pfSense) {
        for (ConfigNode group : system.at("group").items()) {
          if (words(group.fields().at("member")).contains(fields.at("uid").text())) {
            rights.addAll(words(group.fields().at("priv")));
          }
        }
      }
      rights.retainAll(RIGHTS);
      boolean may =
          fields.at("uid").text().equals("0")
              || (pfSense ? rights.contains("system-xmlrpc-ha-sync") : !rights.isEmpty());
      if (may) {
        allowed.add(name);
      }
      for (String key : words(fields.at("apikeys"))) {
        int bar = key.indexOf('|');
        if (bar > 0 && !off) {
          add(key.substring(0, bar), key.substring(bar + 1));
          if (may) {
            allowed.add(key.substring(0, bar));
          }
        }
      }
    }
  }

  /** Entries of a list, or parts of a text. */
  private static Set<String> words(ConfigNode node) {
    List<String> texts = new ArrayList<>(List.of(node.text()));
    node.items().forEach(item -> texts.add(item.text()));
    Set<String> words = new HashSet<>();
    texts.forEach(text -> words.addAll(List.of(text.split("[\\s,]+", -1))));
    words.remove("");
    return words;
  }

  private void add(String name, String hash) {
    try {
      checks.put(name, PasswordCheck.bcrypt(hash));
    } catch (IllegalArgumentException e) {
      // An invented hash that nothing matches: nobody can use the account.
    }
  }

  @Override
  public @Nullable PasswordCheck find(String user) {
    return checks.get(user);
  }

  @Override
  public PasswordCheck decoy() {
    return secret -> false;
  }

  @Override
  public boolean allows(String user, String method) {
    return allowed.contains(user);
  }
}
