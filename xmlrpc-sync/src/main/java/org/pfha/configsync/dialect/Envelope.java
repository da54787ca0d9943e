package org.pfha.configsync.dialect;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.pfha.configsync.rpc.RpcCall;
import org.pfha.configsync.rpc.RpcFault;

/**
 * What a pfHA primary tells a pfHA secondary besides the data: through which nodes the
 * configuration came, so that a loop of any length ends, and what it believes the secondary holds,
 * so that nothing is overwritten unseen. Travels as one more parameter; products accept surplus
 * ones. Immutable. Source: spec sections 11.1, 11.3.
 *
 * @param hops node ids, the origin first, the calling node last
 * @param expected section to digest, see {@link org.pfha.configsync.config.ConfigTree#digest}; only
 *     the sections that must still be as they were
 * @param dryRun whether to check everything and change nothing
 */
public record Envelope(List<String> hops, Map<String, String> expected, boolean dryRun) {
  /** From a peer that sends none. */
  public static final Envelope NONE = new Envelope(List.of(), Map.of(), false);

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.:@/-]{1,128}");

  /** More hops than a sane chain has. */
  public static final int MAX_HOPS = 16;

  /** Copies. */
  public Envelope {
    hops = List.copyOf(hops);
    expected = Collections.unmodifiableMap(new LinkedHashMap<>(expected));
  }

  /**
   * Whether a text can be a node's id.
   *
   * @param text the candidate
   * @return true for 1 to 128 letters, digits and {@code _.:@/-}
   */
  public static boolean isNode(String text) {
    return NAME.matcher(text).matches();
  }

  /**
   * As it travels.
   *
   * @return a struct
   */
  public Map<String, Object> toWire() {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("hops", hops);
    wire.put("expected", expected);
    wire.put("dry_run", dryRun);
    return wire;
  }

  /**
   * Takes it from a call.
   *
   * @param call a decoded call
   * @param index where the parameter would be
   * @return {@link #NONE} when there is none
   * @throws RpcFault when it is malformed
   */
  public static Envelope in(RpcCall call, int index) throws RpcFault {
    if (call.parameters().size() <= index) {
      return NONE;
    }
    if (!(call.parameters().get(index) instanceof Map<?, ?> wire)) {
      return NONE; // a product's own surplus parameter
    }
    List<String> hops = new ArrayList<>();
    if (wire.get("hops") instanceof List<?> list) {
      if (list.size() > MAX_HOPS) {
        throw WireTree.refused("more than " + MAX_HOPS + " hops");
      }
      for (Object hop : list) {
        hops.add(name(hop));
      }
    }
    Map<String, String> expected = new LinkedHashMap<>();
    if (wire.get("expected") instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        expected.put(name(entry.getKey()), name(entry.getValue()));
      }
    }
    return new Envelope(hops, expected, Boolean.TRUE.equals(wire.get("dry_run")));
  }

  private static String name(Object value) throws RpcFault {
    if (value instanceof String text && NAME.matcher(text).matches()) {
      return text;
    }
    throw WireTree.refused("an envelope with something else than names");
  }
}
