package org.pfha.carp.diagnosis;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.Collectors;
import org.pfha.net.MacAddress;

/** In what a sender's HMAC differs from the one this node would compute. Immutable. */
public sealed interface HmacDifference {

  /**
   * What it is, and what to do.
   *
   * @return for people; never a password
   */
  String text();

  /**
   * A word for programs.
   *
   * @return such as {@code missing-addresses}
   */
  String kind();

  /**
   * The sender leaves out addresses that are configured here.
   *
   * @param addresses which
   * @param all whether it hashes none at all
   */
  record MissingAddresses(List<InetAddress> addresses, boolean all) implements HmacDifference {
    @Override
    public String text() {
      return all
          ? "the sender has no address at all on this vhid"
          : "the sender lacks %s; add it there, or remove it here".formatted(list(addresses));
    }

    @Override
    public String kind() {
      return "missing-addresses";
    }
  }

  /**
   * The sender has addresses that this virtual router has not.
   *
   * @param addresses which
   */
  record ExtraAddresses(List<InetAddress> addresses) implements HmacDifference {
    @Override
    public String text() {
      return "the sender has %s too; add it here, or remove it there".formatted(list(addresses));
    }

    @Override
    public String kind() {
      return "extra-addresses";
    }
  }

  /**
   * The sender hashes one family only.
   *
   * @param ipv6 the family that is left out
   * @param addresses of that family
   */
  record FamilyLeftOut(boolean ipv6, List<InetAddress> addresses) implements HmacDifference {
    @Override
    public String text() {
      return "the sender leaves out all IPv%d addresses (%s); every advert must cover both families"
          .formatted(ipv6 ? 6 : 4, list(addresses));
    }

    @Override
    public String kind() {
      return "family-left-out";
    }
  }

  /**
   * The sender leaves out link-local addresses, as OpenBSD does.
   *
   * @param addresses which
   */
  record LinkLocalLeftOut(List<InetAddress> addresses) implements HmacDifference {
    @Override
    public String text() {
      return "the sender leaves out the link-local %s, as OpenBSD does; remove it here, or accept"
              .formatted(list(addresses))
          + " OpenBSD's way of hashing";
    }

    @Override
    public String kind() {
      return "link-local-left-out";
    }
  }

  /**
   * The sender hashes link-local addresses, as FreeBSD does.
   *
   * @param addresses which
   */
  record LinkLocalHashed(List<InetAddress> addresses) implements HmacDifference {
    @Override
    public String text() {
      return "the sender hashes the link-local %s too, as FreeBSD does when its vhid has it"
          .formatted(list(addresses));
    }

    @Override
    public String kind() {
      return "link-local-hashed";
    }
  }

  /**
   * The sender does not sort the addresses, as FreeBSD 5 and 6 and OpenBSD of 2004.
   *
   * @param addresses in its order
   */
  record InterfaceOrder(List<InetAddress> addresses) implements HmacDifference {
    @Override
    public String text() {
      return "the sender hashes the addresses unsorted (%s), as FreeBSD 5 and 6 and OpenBSD of 2004"
              .formatted(list(addresses))
          + " did; only one address per vhid works with it";
    }

    @Override
    public String kind() {
      return "interface-order";
    }
  }

  /**
   * The sender uses another password that is known here.
   *
   * @param label under which it is known
   */
  record OtherPassword(String label) implements HmacDifference {
    @Override
    public String text() {
      return "the sender uses " + label;
    }

    @Override
    public String kind() {
      return "other-password";
    }
  }

  /**
   * The sender uses only the beginning of a password, as ifconfig cuts it.
   *
   * @param label of the whole password
   * @param length bytes it uses
   */
  record PasswordCut(String label, int length) implements HmacDifference {
    @Override
    public String text() {
      return "the sender uses only the first %d bytes of %s, as ifconfig does; choose a shorter one"
          .formatted(length, label);
    }

    @Override
    public String kind() {
      return "password-cut";
    }
  }

  /** The sender has no password. */
  record NoPassword() implements HmacDifference {
    @Override
    public String text() {
      return "the sender has no password";
    }

    @Override
    public String kind() {
      return "no-password";
    }
  }

  /**
   * The sender is an OpenBSD node whose carp interface was given a MAC by hand.
   *
   * @param mac which
   */
  record HandSetMac(MacAddress mac) implements HmacDifference {
    @Override
    public String text() {
      return "the sender hashes the MAC %s, as OpenBSD does when lladdr is set by hand; remove it"
              .formatted(mac)
          + " there";
    }

    @Override
    public String kind() {
      return "hand-set-mac";
    }
  }

  /**
   * The sender has put what belongs to another virtual router under this vhid, or two segments are
   * connected that should not be.
   *
   * @param router whose it is, such as {@code 7@em1}
   * @param password whether the password is that router's too
   */
  record OfOtherRouter(String router, boolean password) implements HmacDifference {
    @Override
    public String text() {
      return "the sender has the addresses%s of %s under this vhid: mixed up there, or two segments"
              .formatted(password ? " and the password" : "", router)
          + " are connected";
    }

    @Override
    public String kind() {
      return "of-other-router";
    }
  }

  private static String list(List<InetAddress> addresses) {
    return addresses.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(", "));
  }
}
