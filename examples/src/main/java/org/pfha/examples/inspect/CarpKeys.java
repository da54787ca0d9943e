package org.pfha.examples.inspect;

import com.google.common.base.Splitter;
import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pfha.carp.diagnosis.HmacExplainer;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpView;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.examples.inspect.Heard.Hmac;

/**
 * Passwords and addresses by vhid, from a {@code config.xml} or a file of lines; what they are good
 * for is checking HMACs and explaining those that are wrong. Never shown. Confined to one thread.
 *
 * <pre>
 *   # vhid  addresses, comma-separated  password, to the end of the line
 *   1       192.0.2.1,2001:db8::1       open sesame
 * </pre>
 */
final class CarpKeys {

  /** What is known of one virtual router. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Router(String name, int vhid, byte[] password, List<InetAddress> addresses) {

    /** Never the password. */
    @Override
    public String toString() {
      return name;
    }
  }

  /** Adverts of one sender are explained again only behind so many others. */
  private static final int MOST_EXPLANATIONS = 200;

  private final List<Router> routers;
  private final Map<Integer, List<CarpAuthenticator>> authenticators = new HashMap<>();
  private final Map<String, String> explained = new HashMap<>();

  /** Knows these. */
  CarpKeys(List<Router> routers) {
    this.routers = List.copyOf(routers);
    for (Router router : routers) {
      authenticators
          .computeIfAbsent(router.vhid, any -> new ArrayList<>())
          .add(CarpAuthenticator.of(key(router.password), router.vhid, router.addresses));
    }
  }

  /** The kernel's tools cut longer passwords. */
  private static byte[] key(byte[] password) {
    return password.length <= CarpAuthenticator.KEY_LENGTH
        ? password
        : Arrays.copyOf(password, CarpAuthenticator.KEY_LENGTH - 1);
  }

  static CarpKeys none() {
    return new CarpKeys(List.of());
  }

  /** Reads a {@code config.xml}, or a file of lines. */
  static CarpKeys read(Path file) throws IOException {
    return read(file.toString(), Files.readAllBytes(file));
  }

  /** What the bytes of a file say. */
  static CarpKeys read(String name, byte[] bytes) throws IOException {
    boolean xml = new String(bytes, StandardCharsets.ISO_8859_1).stripLeading().startsWith("<");
    if (!xml) {
      return ofLines(name, text(name, bytes));
    }
    try {
      return ofConfig(ConfigTree.parse(bytes));
    } catch (ConfigFormatException e) {
      throw new IOException("%s: %s".formatted(name, e.getMessage()), e);
    }
  }

  private static String text(String name, byte[] bytes) throws IOException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IOException(name + ": not UTF-8", e);
    }
  }

  /** CARP entries, and the aliases that stand on them by identifier or by VHID. */
  private static CarpKeys ofConfig(ConfigTree config) {
    List<Fields> vips =
        config.section("virtualip").fields().at("vip").items().stream()
            .map(ConfigNode::fields)
            .toList();
    List<Router> routers = new ArrayList<>();
    for (Fields carp : vips) {
      String vhid = carp.at("vhid").text();
      if (!carp.at("mode").text().equals("carp") || !vhid.matches("\\d{1,3}")) {
        continue;
      }
      String link = carp.at("interface").text();
      String stacked = "_vip" + carp.at("uniqid").text();
      List<InetAddress> addresses = new ArrayList<>();
      for (Fields vip : vips) {
        String on = vip.at("interface").text();
        boolean same =
            vip.equals(carp)
                || on.equals(stacked)
                || (vip.at("mode").text().equals("ipalias")
                    && on.equals(link)
                    && vip.at("vhid").text().equals(vhid));
        String address = vip.at("subnet").text();
        if (same && InetAddresses.isInetAddress(address)) {
          addresses.add(InetAddresses.forString(address));
        }
      }
      byte[] password = carp.at("password").text().getBytes(StandardCharsets.UTF_8);
      routers.add(
          new Router(
              "%s of the configuration".formatted(link),
              Integer.parseInt(vhid),
              password,
              addresses));
    }
    return new CarpKeys(routers);
  }

  /** What is wrong with lines is told by their number, never by their content. */
  private static CarpKeys ofLines(String name, String text) throws IOException {
    List<Router> routers = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (!line.isBlank() && !line.stripLeading().startsWith("#")) {
        String[] words = line.strip().split("\\s+", 3);
        try {
          routers.add(router(words, number));
        } catch (IllegalArgumentException e) {
          problems.add("line %d: %s".formatted(number, e.getMessage()));
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new IOException(
          "%s: %s; a line is VHID ADDRESS,ADDRESS… PASSWORD"
              .formatted(name, String.join("; ", problems)));
    }
    return new CarpKeys(routers);
  }

  private static Router router(String[] words, int line) {
    if (words.length < 2 || !words[0].matches("\\d{1,3}")) {
      throw new IllegalArgumentException("no vhid, or no addresses");
    }
    int vhid = Integer.parseInt(words[0]);
    if (vhid < 1 || vhid > 255) {
      throw new IllegalArgumentException("vhid %d is not between 1 and 255".formatted(vhid));
    }
    List<InetAddress> addresses = new ArrayList<>();
    for (String address : Splitter.on(',').split(words[1])) {
      String bare = address.replaceAll("[/%].*", "");
      if (!InetAddresses.isInetAddress(bare)) {
        throw new IllegalArgumentException("the second word is no list of addresses");
      }
      addresses.add(InetAddresses.forString(bare));
    }
    byte[] password = words.length < 3 ? new byte[0] : words[2].getBytes(StandardCharsets.UTF_8);
    return new Router("line %d".formatted(line), vhid, password, addresses);
  }

  Hmac check(CarpView advert) {
    List<CarpAuthenticator> known =
        authenticators.getOrDefault(advert.vhid(), Collections.emptyList());
    if (known.isEmpty()) {
      return Hmac.UNKNOWN;
    }
    return known.stream().anyMatch(key -> key.verify(advert)) ? Hmac.RIGHT : Hmac.WRONG;
  }

  /** In what the sender of a wrong HMAC differs; looked for once per sender and vhid. */
  String explain(CarpView advert, InetAddress source, long number) {
    String sender = advert.vhid() + " " + source.getHostAddress();
    if (explained.size() >= MOST_EXPLANATIONS && !explained.containsKey(sender)) {
      return "not looked for: too many senders";
    }
    return explained.computeIfAbsent(sender, any -> explain(advert));
  }

  private String explain(CarpView advert) {
    Set<String> texts = new LinkedHashSet<>();
    for (Router mine : routers) {
      if (mine.vhid == advert.vhid()) {
        HmacExplainer explainer = HmacExplainer.of(mine.vhid, key(mine.password), mine.addresses);
        List<InetAddress> others = new ArrayList<>();
        for (Router other : routers) {
          if (!other.name.equals(mine.name)) {
            explainer =
                explainer.withOtherRouter(
                    "vhid %d (%s)".formatted(other.vhid, other.name),
                    key(other.password),
                    other.addresses);
            others.addAll(other.addresses);
          }
        }
        texts.add(explainer.withOtherAddresses(others).explain(advert).text());
      }
    }
    return String.join("; or ", texts);
  }
}
