package org.pfha.carp.diagnosis;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.Collectors;
import org.pfha.carp.json.JsonObject;

/** Why an advert's HMAC is not the one this node would compute. Immutable. */
public sealed interface HmacExplanation {

  /**
   * The explanation.
   *
   * @return for people; never a password
   */
  String text();

  /**
   * The same for programs.
   *
   * @return a JSON object
   */
  String toJson();

  /**
   * What it took to find out.
   *
   * @return how many HMACs were computed
   */
  int hmacs();

  /**
   * With these differences the HMAC is right.
   *
   * @param differences together; none if it is right as configured
   * @param hashedAddresses how many addresses the sender hashes
   * @param hmacs how many were computed
   */
  record Explained(List<HmacDifference> differences, int hashedAddresses, int hmacs)
      implements HmacExplanation {

    /** Copies the differences. */
    public Explained {
      differences = List.copyOf(differences);
    }

    /**
     * Whether the sender only lacks addresses: it may be starting, and still adding them.
     *
     * @return false if anything else differs
     */
    public boolean onlyLacksAddresses() {
      return !differences.isEmpty()
          && differences.stream()
              .allMatch(
                  difference ->
                      difference instanceof HmacDifference.MissingAddresses
                          || difference instanceof HmacDifference.FamilyLeftOut);
    }

    @Override
    public String text() {
      return differences.isEmpty()
          ? "it is right as configured"
          : differences.stream().map(HmacDifference::text).collect(Collectors.joining("; and "));
    }

    @Override
    public String toJson() {
      return new JsonObject()
          .field("result", "explained")
          .texts("differences", differences.stream().map(HmacDifference::kind).toList())
          .texts("texts", differences.stream().map(HmacDifference::text).toList())
          .field("hashedAddresses", hashedAddresses)
          .field("hmacs", hmacs)
          .toString();
    }
  }

  /**
   * It is no advert of CARP but a VRRP version 2 advertisement of five addresses, which is as long
   * and begins with the same byte (spec carp 1).
   *
   * @param priority announced, 0–255
   * @param addresses the five
   * @param hmacs how many were computed
   */
  record Vrrp(int priority, List<InetAddress> addresses, int hmacs) implements HmacExplanation {

    /** Copies the addresses. */
    public Vrrp {
      addresses = List.copyOf(addresses);
    }

    @Override
    public String text() {
      return "it is VRRP version 2 with priority %d for %s; give one of the two another id"
          .formatted(
              priority,
              addresses.stream()
                  .map(InetAddress::getHostAddress)
                  .collect(Collectors.joining(", ")));
    }

    @Override
    public String toJson() {
      return new JsonObject()
          .field("result", "vrrp")
          .field("priority", priority)
          .texts("addresses", addresses.stream().map(InetAddress::getHostAddress).toList())
          .toString();
    }
  }

  /**
   * No known difference explains it: an unknown password, or addresses nobody here knows.
   *
   * @param hmacs how many were computed
   */
  record Unexplained(int hmacs) implements HmacExplanation {
    @Override
    public String text() {
      return "no known difference explains it: an unknown password, or an address that is not on"
          + " this link (%d tried)".formatted(hmacs);
    }

    @Override
    public String toJson() {
      return new JsonObject().field("result", "unexplained").field("hmacs", hmacs).toString();
    }
  }
}
