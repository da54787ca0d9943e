package org.pfha.configsync.doctor;

import org.pfha.configsync.json.JsonText;

/**
 * Something that will break failover. Holds no secret. Immutable.
 *
 * @param check which rule found it
 * @param side in whose configuration
 * @param path where, such as {@code virtualip/vip[wan vhid 7]}
 * @param detail what exactly is there
 */
public record Finding(Check check, Side side, String path, String detail) {

  /**
   * How bad it is.
   *
   * @return that of its check
   */
  public Severity severity() {
    return check.severity();
  }

  /**
   * All of it for people.
   *
   * @return some lines: what and where, why it breaks failover, how to mend it
   */
  public String text() {
    return "%-7s %s  %s%n        %s: %s%n        why:  %s%n        mend: %s"
        .formatted(severity(), check, side, path, detail, check.why(), check.mend());
  }

  /**
   * All of it for programs: {@code check}, {@code severity}, {@code side}, {@code path}, {@code
   * detail}, {@code why}, {@code mend}.
   *
   * @return a JSON object on one line
   */
  public String toJson() {
    StringBuilder json = new StringBuilder(256).append('{');
    field(json, "check", check.name()).append(',');
    field(json, "severity", severity().name()).append(',');
    field(json, "side", side.name()).append(',');
    field(json, "path", path).append(',');
    field(json, "detail", detail).append(',');
    field(json, "why", check.why()).append(',');
    return field(json, "mend", check.mend()).append('}').toString();
  }

  static StringBuilder field(StringBuilder json, String name, String value) {
    return JsonText.quote(JsonText.quote(json, name).append(':'), value);
  }
}
