package org.pfha.net.raw;

import org.pfha.carp.CarpNode;
import org.pfha.carp.VirtualRouter;
import org.pfha.net.VipController;

/**
 * A CARP node that is a process of its own, to be killed: advskew, then "macvlan" or "interface".
 */
final class CarpProcess {

  static final int VHID = 9;
  static final String ADDRESS_V4 = "192.0.2.100";
  static final String ADDRESS_V6 = "2001:db8::100";

  private CarpProcess() {}

  static String[] command(int advskew, boolean macvlan) {
    return new String[] {
      ProcessHandle.current().info().command().orElse("java"),
      "-Xmx64m",
      "-XX:+UseSerialGC",
      "-cp",
      System.getProperty("java.class.path"),
      CarpProcess.class.getName(),
      String.valueOf(advskew),
      macvlan ? "macvlan" : "interface"
    };
  }

  public static void main(String[] args) throws Exception {
    boolean macvlan = args[1].equals("macvlan");
    VipController addresses = macvlan ? HostAddresses.onMacvlan() : HostAddresses.onInterface();
    CarpNode.builder(RawTransport.builder().link("em0", 112).virtualMac(macvlan).open())
        .virtualRouter(
            VirtualRouter.onInterface("em0")
                .vhid(VHID)
                .password("secret")
                .address(ADDRESS_V4 + "/24")
                .address(ADDRESS_V6 + "/64")
                .advskew(Integer.parseInt(args[0])))
        .virtualAddresses(addresses)
        .onRoleChange(change -> System.out.println(change.to()))
        .start();
    Thread.currentThread().join();
  }
}
