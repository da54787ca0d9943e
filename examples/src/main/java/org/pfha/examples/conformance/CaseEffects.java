package org.pfha.examples.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.dialect.Effect;

/**
 * Effects in one notation: those that reached the application's callback, and those the recorder
 * wrote down as calls of functions and commands. What a product runs to perform one effect
 * (looking, waiting, unlocking) is part of that effect.
 */
final class CaseEffects {
  private static final Pattern CARP =
      Pattern.compile(
          "/sbin/ifconfig (\\S+) vhid '(\\d*)' advskew '(\\d*)' advbase '(\\d*)' +"
              + "(?:pass '(.*)' )?2>&1");
  private static final Pattern CARP_ADDRESS =
      Pattern.compile(
          "/sbin/ifconfig (\\S+) (?:inet6 )?'([^']+)'(?:/| prefixlen )'(\\d+)' alias vhid '(\\d*)'"
              + " 2>&1");
  private static final Pattern ALIAS =
      Pattern.compile(
          "/sbin/ifconfig '([^']+)' inet6? '([^']+)'/'(\\d+)' alias +(?:vhid (\\d+))? *2>&1");
  private static final Pattern DELETE =
      Pattern.compile("/sbin/ifconfig '([^']+)' inet6 '([^']+)' delete 2>&1");
  private static final Pattern ACCOUNT =
      Pattern.compile("/usr/sbin/pw (user|group)del -n '(.*?)' .*");
  private static final Pattern GROUP =
      Pattern.compile("/usr/sbin/pw group(?:mod -l|add -n) '(.*?)' -g '(\\d+)' -M '(.*?)' .*");
  private static final Pattern USER =
      Pattern.compile("/usr/sbin/pw useradd .*? -u '(\\d+)' -n '(.*?)' -g .*? -c '(.*)' -H 0 2>&1");

  private final List<String> lines = new ArrayList<>();
  private final ConfigTree before;
  private String carp = "";

  private CaseEffects(ConfigTree before) {
    this.before = before;
  }

  // Recorded.

  static List<String> recorded(List<Json> calls, ConfigTree before) {
    CaseEffects effects = new CaseEffects(before);
    calls.forEach(call -> effects.add(call.get("fn").text(), call.get("args").items()));
    return effects.lines;
  }

  private void add(String fn, List<Json> args) {
    switch (fn) {
      case "exec", "popen" -> command(args.get(0).text());
      case "captiveportal_configure_zone" ->
          lines.add("remove zone " + args.get(0).get("zone").text());
      case "delete_static_route" -> {
        List<ConfigNode> routes = before.section("staticroutes").fields().at("route").items();
        int index = args.get(0).integer();
        if (index < routes.size()) { // the product also removes one where there is none
          lines.add(route(routes.get(index).fields()));
        }
      }
      case "send_event" -> lines.add("sync onward");
      case "pfSense_interface_deladdress" ->
          lines.add("remove " + args.get(0).text() + " " + args.get(1).text());
      case "filter_configure" -> lines.add("filter");
      case "system_routing_configure" -> lines.add("routing");
      case "openvpn_resync" ->
          lines.add(
              "restart openvpn-" + args.get(0).text() + " " + args.get(1).get("vpnid").text());
      case "openvpn_delete" ->
          lines.add("stop openvpn-" + args.get(0).text() + " " + args.get(1).get("vpnid").text());
      case "openvpn_resync_csc_all" -> lines.add("restart openvpn-csc ");
      case "interface_ipalias_configure", "interface_carp_configure" -> {
        Json vip = args.get(0);
        String skew = fn.contains("carp") ? " " + vip.get("advbase").text() : "";
        lines.add(
            "configure "
                + (fn.contains("carp") ? "carp " : "ipalias ")
                + vip.get("interface").text()
                + " "
                + vip.get("subnet").text()
                + "/"
                + vip.get("subnet_bits").text()
                + " vhid "
                + vip.get("vhid").text()
                + skew
                + (skew.isEmpty() ? "" : " " + vip.get("advskew").text()));
      }
      case "interface_vip_bring_down" -> {
        Json vip = args.get(0);
        lines.add("remove " + vip.get("interface").text() + " " + vip.get("subnet").text());
      }
      case "interfaces_pfsync_configure" -> lines.add("pfsync");
      case "interface_proxyarp_configure" -> lines.add("proxy arp");
      case "plugins_configure" -> lines.add("restart " + args.get(0).text() + " ");
      case "system_resolver_configure" -> lines.add("restart resolver ");
      case "configd_run" ->
          lines.add(args.get(0).text().equals("filter reload") ? "filter" : "templates");
      case "service_control_restart", "service_control_start", "service_control_stop" -> {
        Json options = args.get(1);
        lines.add(
            fn.substring("service_control_".length())
                + " "
                + args.get(0).text()
                + " "
                + (options.has("id") ? options.get("id").text() : ""));
      }
      default -> {
        Matcher service = Pattern.compile("(?:services_)?(\\w+)_configure").matcher(fn);
        if (fn.endsWith(" done")) {
          args.get(0).fields().values().forEach(paths -> lines.add("packages " + paths));
        } else if (service.matches()) {
          lines.add("restart " + service.group(1) + " ");
        }
        // Everything else reads, waits, or belongs to the captive portal.
      }
    }
  }

  private void command(String command) {
    Matcher m = CARP.matcher(command);
    if (m.matches()) {
      String password = m.group(5) == null ? "" : m.group(5);
      carp = " " + m.group(4) + " " + m.group(3) + " " + password;
      return;
    }
    m = CARP_ADDRESS.matcher(command);
    if (m.matches()) {
      lines.add(
          "configure carp "
              + m.group(1)
              + " "
              + m.group(2)
              + "/"
              + m.group(3)
              + " vhid "
              + m.group(4)
              + carp);
      return;
    }
    m = ALIAS.matcher(command);
    if (m.matches()) {
      String vhid = m.group(4) == null ? "" : m.group(4);
      lines.add(
          "configure ipalias "
              + m.group(1)
              + " "
              + m.group(2)
              + "/"
              + m.group(3)
              + " vhid "
              + vhid);
      return;
    }
    m = DELETE.matcher(command);
    if (m.matches()) {
      lines.add("remove " + m.group(1) + " " + m.group(2));
      return;
    }
    m = ACCOUNT.matcher(command);
    if (m.matches()) {
      lines.add("remove " + m.group(1) + " " + m.group(2));
      return;
    }
    m = GROUP.matcher(command);
    if (m.matches()) {
      lines.add("add group " + m.group(1) + " " + m.group(2));
      return;
    }
    m = USER.matcher(command);
    if (m.matches()) {
      lines.add("add user " + m.group(2) + " " + m.group(1));
    } else if (command.contains("net.inet.carp.preempt")) {
      lines.add("pfsync");
    } else if (command.contains("/bin/pkill -0 -x 'choparp'")) {
      lines.add("proxy arp");
    }
  }

  // Performed.

  static List<String> performed(List<Effect> effects, ConfigTree before, ConfigTree after) {
    List<String> lines = new ArrayList<>();
    for (Effect effect : effects) {
      String line = line(effect, before, after);
      if (!line.isEmpty()) {
        lines.add(line);
      }
    }
    return lines;
  }

  private static String line(Effect effect, ConfigTree before, ConfigTree after) {
    boolean pfSense = before.root().equals("pfsense");
    if (effect instanceof Effect.ConfigureAddress address) {
      return "configure " + address(address.vip(), after, pfSense);
    } else if (effect instanceof Effect.RemoveAddress address) {
      Fields vip = address.vip();
      return "remove " + link(vip, before, pfSense) + " " + vip.at("subnet").text();
    } else if (effect instanceof Effect.ConfigureProxyArp) {
      return "proxy arp";
    } else if (effect instanceof Effect.ConfigurePfsync) {
      return "pfsync";
    } else if (effect instanceof Effect.RemoveRoute route) {
      return "remove route " + route.network() + " " + route.gateway();
    } else if (effect instanceof Effect.ReloadFilter) {
      return "filter";
    } else if (effect instanceof Effect.ReloadRouting) {
      return "routing";
    } else if (effect instanceof Effect.RestartService service) {
      return "restart " + service.service() + " " + service.id();
    } else if (effect instanceof Effect.StartService service) {
      return "start " + service.service() + " " + service.id();
    } else if (effect instanceof Effect.StopService service) {
      // The recorder did not see daemons that are stopped by their process id.
      boolean unseen = pfSense && service.id().isEmpty();
      return unseen ? "" : "stop " + service.service() + " " + service.id();
    } else if (effect instanceof Effect.AddAccount account) {
      String number = account.kind().equals("user") ? "uid" : "gid";
      return "add "
          + account.kind()
          + " "
          + account.name()
          + " "
          + account.account().at(number).text();
    } else if (effect instanceof Effect.RemoveAccount account) {
      return "remove " + account.kind() + " " + account.name();
    } else if (effect instanceof Effect.RemoveZone zone) {
      return "remove zone " + zone.zone();
    } else if (effect instanceof Effect.PackagesStored packages) {
      return "packages " + packages.paths();
    } else if (effect instanceof Effect.SyncOnward) {
      return "sync onward";
    } else if (effect instanceof Effect.ReloadTemplates) {
      return "templates";
    }
    return effect.toString();
  }

  private static String address(Fields vip, ConfigTree config, boolean pfSense) {
    boolean carp = vip.at("mode").text().equals("carp");
    String vhid = vip.at("vhid").text();
    Fields parent = parent(vip, config);
    if (!carp && parent != null) {
      vhid = parent.at("vhid").text();
    }
    return (carp ? "carp " : "ipalias ")
        + link(vip, config, pfSense)
        + " "
        + vip.at("subnet").text()
        + "/"
        + vip.at("subnet_bits").text()
        + " vhid "
        + vhid
        + (carp ? " " + vip.at("advbase").text() + " " + vip.at("advskew").text() : "")
        + (carp && pfSense ? " " + vip.at("password").text() : "");
  }

  private static String route(Fields route) {
    return "remove route " + route.at("network").text() + " " + route.at("gateway").text();
  }

  /** The CARP address an alias stands on. */
  private static @Nullable Fields parent(Fields vip, ConfigTree config) {
    String on = vip.at("interface").text();
    for (ConfigNode other : config.section("virtualip").fields().at("vip").items()) {
      if (on.equals("_vip" + other.fields().at("uniqid").text())) {
        return other.fields();
      }
    }
    return null;
  }

  private static String link(Fields vip, ConfigTree config, boolean pfSense) {
    String on = vip.at("interface").text();
    if (!pfSense) {
      return on;
    }
    Fields parent = parent(vip, config);
    if (parent != null) {
      on = parent.at("interface").text();
    }
    String device = config.section("interfaces").fields().at(on).fields().at("if").text();
    return device.isEmpty() ? on : device;
  }
}
