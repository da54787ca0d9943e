package org.pfha.configsync;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;

/**
 * Addresses as configurations write them. Names are never looked up. Source: spec section 11.1: the
 * product compares texts, and so misses another spelling of the same address.
 */
final class Targets {
  private Targets() {}

  /** Whether a target (an address, or a URL with one) is a given address. */
  static boolean isSame(String target, InetAddress address) {
    String host = host(target);
    return InetAddresses.isInetAddress(host) && InetAddresses.forString(host).equals(address);
  }

  private static String host(String target) {
    String host = target.trim();
    int scheme = host.indexOf("://");
    host = scheme < 0 ? host : host.substring(scheme + 3);
    int path = host.indexOf('/');
    host = path < 0 ? host : host.substring(0, path);
    if (host.startsWith("[")) {
      int end = host.indexOf(']');
      host = end < 0 ? host : host.substring(1, end);
    } else if (host.indexOf(':') == host.lastIndexOf(':') && host.indexOf(':') > 0) {
      host = host.substring(0, host.indexOf(':'));
    }
    int zone = host.indexOf('%');
    return zone < 0 ? host : host.substring(0, zone);
  }
}
