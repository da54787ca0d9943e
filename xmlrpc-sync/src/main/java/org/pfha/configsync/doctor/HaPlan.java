package org.pfha.configsync.doctor;

import java.util.ArrayList;
import java.util.List;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.json.JsonText;

/**
 * A proposal for a pair: addresses, VHIDs, skews, and the fragments of configuration for both
 * nodes, which the {@link HaDoctor} finds nothing wrong with. Immutable.
 *
 * <p>In each network the lowest usable address is the one that moves, the primary has the next, the
 * secondary the one after; the VHID is the last octet of the moving address.
 *
 * <pre>{@code
 * HaPlan plan = HaPlan.of("fw1", "fw2")
 *     .wan("WAN", "198.51.100.0/29", "198.51.100.6")
 *     .lan("LAN", "10.20.0.0/24")
 *     .build();
 * }</pre>
 */
public final class HaPlan {

  /** Skew of the primary; the secondary's is 100 more. */
  static final int PRIMARY_SKEW = 0;

  /** What config sync adds. */
  static final int SECONDARY_SKEW = 100;

  private final String primary;
  private final String secondary;
  private final List<PlannedSegment> segments;
  private final List<String> notes;

  HaPlan(String primary, String secondary, List<PlannedSegment> segments) {
    this.primary = primary;
    this.secondary = secondary;
    this.segments = List.copyOf(segments);
    this.notes = notes(segments);
  }

  /**
   * Begins a plan.
   *
   * @param primary host name of the node that is MASTER when all is well
   * @param secondary host name of the other
   * @return to be completed with networks
   */
  public static HaPlanBuilder of(String primary, String secondary) {
    return new HaPlanBuilder(primary, secondary);
  }

  private static List<String> notes(List<PlannedSegment> segments) {
    List<String> notes = new ArrayList<>();
    PlannedSegment wan =
        segments.stream()
            .filter(segment -> segment.kind() == PlannedSegment.Kind.WAN)
            .findFirst()
            .orElseThrow();
    for (PlannedSegment segment : segments) {
      PlannedSegment.Addresses first = segment.first();
      switch (segment.kind()) {
        case WAN ->
            notes.add(
                "ask whether the provider of %s uses VRRP there: its id must not be %d"
                    .formatted(segment.label(), first.vhid()));
        case ROUTED ->
            notes.add(
                "let the provider route %s to %s, the shared address, not to a node"
                    .formatted(first.network(), wan.first().virtual()));
        case SYNC ->
            notes.add(
                "connect %s of both nodes with a cable or a VLAN of its own"
                    .formatted(segment.device()));
        default -> {
          if (segment.dhcp()) {
            notes.add(
                "clients of %s get gateway and DNS server %s"
                    .formatted(segment.label(), first.virtual()));
          }
        }
      }
    }
    boolean ipv6 =
        segments.stream()
            .anyMatch(
                segment ->
                    segment.kind() == PlannedSegment.Kind.WAN && segment.addresses().size() > 1);
    if (ipv6) {
      notes.add("add the provider's IPv6 gateway, which is not planned");
    }
    notes.add("switches must let multicast 224.0.0.18 and the virtual MACs 00:00:5e:00:01:xx pass");
    return List.copyOf(notes);
  }

  /**
   * A node's name.
   *
   * @param side {@link Side#A} for the primary, {@link Side#B} for the secondary
   * @return its host name
   */
  public String hostname(Side side) {
    return side == Side.B ? secondary : primary;
  }

  /**
   * The networks.
   *
   * @return in the order of their interfaces
   */
  public List<PlannedSegment> segments() {
    return segments;
  }

  /**
   * What is left to do outside of the nodes.
   *
   * @return one line each
   */
  public List<String> notes() {
    return notes;
  }

  /**
   * What to put into a node's configuration: interfaces, gateways, virtual addresses, outbound NAT,
   * rules, DHCP, synchronisation.
   *
   * @param side {@link Side#A} for the primary, {@link Side#B} for the secondary
   * @param secrets passwords, which nothing but the fragments holds
   * @return a pfSense configuration of those sections alone
   */
  public ConfigTree fragment(Side side, PlanSecrets secrets) {
    return new PlanFragment(this, side, secrets).tree();
  }

  /**
   * A whole configuration with the plan in it: its sections replace those of the plan, its host
   * name becomes the node's.
   *
   * @param skeleton a pfSense configuration
   * @param side {@link Side#A} for the primary, {@link Side#B} for the secondary
   * @param secrets passwords
   * @return a changed copy
   */
  public ConfigTree into(ConfigTree skeleton, Side side, PlanSecrets secrets) {
    return new PlanFragment(this, side, secrets).into(skeleton);
  }

  /**
   * The plan for people.
   *
   * @return a table and notes; no secret
   */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        "%-8s %-10s %-7s %-20s %-5s %-17s %-17s %s%n"
            .formatted("nic", "name", "device", "network", "vhid", "shared", primary, secondary));
    for (PlannedSegment segment : segments) {
      for (PlannedSegment.Addresses addresses : segment.addresses()) {
        text.append(
            "%-8s %-10s %-7s %-20s %-5s %-17s %-17s %s%n"
                .formatted(
                    segment.nic(),
                    segment.label(),
                    segment.device(),
                    addresses.network(),
                    addresses.vhid() == 0 ? "-" : Integer.toString(addresses.vhid()),
                    addresses.virtual().isEmpty() ? "-" : addresses.virtual(),
                    addresses.primary(),
                    addresses.secondary()));
      }
    }
    text.append(
        "advbase 1, advskew %d on %s, %d on %s%n"
            .formatted(PRIMARY_SKEW, primary, SECONDARY_SKEW, secondary));
    notes.forEach(note -> text.append("- ").append(note).append(System.lineSeparator()));
    return text.toString();
  }

  /**
   * The plan for programs: {@code primary}, {@code secondary}, {@code advbase}, {@code
   * primary_advskew}, {@code secondary_advskew}, {@code segments[]} with {@code nic}, {@code
   * label}, {@code device}, {@code kind}, {@code gateway}, {@code dhcp}, {@code addresses[]} of
   * {@code network}, {@code virtual}, {@code primary}, {@code secondary}, {@code vhid}; {@code
   * notes[]}.
   *
   * @return a JSON object on one line; no secret
   */
  public String toJson() {
    StringBuilder json = new StringBuilder("{");
    Finding.field(json, "primary", primary).append(',');
    Finding.field(json, "secondary", secondary);
    json.append(",\"advbase\":1,\"primary_advskew\":").append(PRIMARY_SKEW);
    json.append(",\"secondary_advskew\":").append(SECONDARY_SKEW).append(",\"segments\":[");
    String comma = "";
    for (PlannedSegment segment : segments) {
      json.append(comma).append('{');
      Finding.field(json, "nic", segment.nic()).append(',');
      Finding.field(json, "label", segment.label()).append(',');
      Finding.field(json, "device", segment.device()).append(',');
      Finding.field(json, "kind", segment.kind().name()).append(',');
      Finding.field(json, "gateway", segment.gateway());
      json.append(",\"dhcp\":").append(segment.dhcp()).append(",\"addresses\":[");
      String inner = "";
      for (PlannedSegment.Addresses addresses : segment.addresses()) {
        json.append(inner).append('{');
        Finding.field(json, "network", addresses.network()).append(',');
        Finding.field(json, "virtual", addresses.virtual()).append(',');
        Finding.field(json, "primary", addresses.primary()).append(',');
        Finding.field(json, "secondary", addresses.secondary());
        json.append(",\"vhid\":").append(addresses.vhid()).append('}');
        inner = ",";
      }
      json.append("]}");
      comma = ",";
    }
    json.append("],\"notes\":[");
    comma = "";
    for (String note : notes) {
      JsonText.quote(json.append(comma), note);
      comma = ",";
    }
    return json.append("]}").toString();
  }

  @Override
  public String toString() {
    return "HaPlan[%s, %s, %d networks]".formatted(primary, secondary, segments.size());
  }
}
