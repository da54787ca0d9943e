package org.pfha.pf;

/** An interface in a draft: its name and, if the table knows it already, its number. */
final class InterfaceName {

  private final Names names;
  private String text = "";
  private int known;

  InterfaceName(Names names) {
    this.names = names;
  }

  void clear() {
    if (known != 0) {
      set("");
    }
  }

  void set(String name) {
    text = name;
    known = name.isEmpty() ? 0 : Names.UNKNOWN;
  }

  void set(byte[] from, int at) {
    int number = names.find(from, at);
    if (number == Names.UNKNOWN) {
      text = Names.text(from, at);
    } else if (number != known) {
      text = names.name(number);
    }
    known = number;
  }

  String text() {
    return text;
  }

  /** The number, given now if need be; {@link Names#UNKNOWN} if there are too many. */
  int number() {
    return known == Names.UNKNOWN ? names.intern(text) : known;
  }
}
