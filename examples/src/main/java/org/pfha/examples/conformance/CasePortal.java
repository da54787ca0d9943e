package org.pfha.examples.conformance;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the recorder saw of the captive portal, in the words of {@link CaseNode}. */
final class CasePortal {
  private static final Pattern SESSION = Pattern.compile("WHERE sessionid = '(.*)'");

  private CasePortal() {}

  static String recorded(List<Json> calls) {
    String session = "";
    String event = "databases";
    for (Json call : calls) {
      List<Json> args = call.get("args").items();
      switch (call.get("fn").text()) {
        case "portal_allow" ->
            event =
                "connect "
                    + args.get(0).text()
                    + " "
                    + args.get(1).text()
                    + " "
                    + args.get(2).text()
                    + " "
                    + args.get(args.size() - 1).text();
        case "captiveportal_read_db" -> {
          Matcher where =
              SESSION.matcher(args.isEmpty() || args.get(0).isNull() ? "" : args.get(0).text());
          session = where.matches() ? where.group(1) : session;
        }
        case "captiveportal_disconnect" ->
            event = "disconnect " + session + " " + args.get(1) + " " + args.get(2);
        case "captiveportal_remove_entries" -> event = "remove";
        case "captiveportal_disconnect_all" ->
            event = "disconnect all " + args.get(0) + " " + args.get(1);
        case "voucher_write_used_db" -> event = "vouchers";
        case "captiveportal_write_usedmacs_db" -> event = "usedmacs";
        default -> {
          // Reads, and numbers of rules.
        }
      }
    }
    return event;
  }
}
