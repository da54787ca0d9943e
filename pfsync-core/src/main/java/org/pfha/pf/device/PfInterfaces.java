package org.pfha.pf.device;

import static com.google.common.base.Preconditions.checkArgument;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The interfaces that a kernel's pf knows (spec pf-ioctl 5.10). Thread-safe. */
public final class PfInterfaces {

  private static final int FIRST_INTERFACES = 64;
  private static final int MAX_INTERFACES = 1 << 16;

  private final PfChannel channel;
  private final PfDevice device;

  PfInterfaces(PfChannel channel, PfDevice device) {
    this.channel = channel;
    this.device = device;
  }

  /**
   * Lists interfaces and groups.
   *
   * @param filter an interface or group, or empty for all
   * @return what pf knows of them
   * @throws PfException if the kernel refuses
   */
  public List<PfInterface> list(String filter) throws PfException {
    // too small a buffer is answered with one more than it holds, not with what there is
    for (int given = FIRST_INTERFACES; given <= MAX_INTERFACES; given *= 2) {
      ByteBuffer elements = Struct.of(given * Layouts.PFI_KIF.size());
      ByteBuffer argument = interfaceArgument(filter, 0);
      argument.putInt(Layouts.IFACE_ESIZE, Layouts.PFI_KIF.size());
      argument.putInt(Layouts.IFACE_SIZE, given);
      channel.call(PfRequest.DIOCIGETIFACES, argument, Layouts.IFACE_BUFFER, elements);
      int returned = argument.getInt(Layouts.IFACE_SIZE);
      if (returned <= given) {
        List<PfInterface> interfaces = new ArrayList<>();
        for (int i = 0; i < returned; i++) {
          interfaces.add(PfInterface.decode(elements, i * Layouts.PFI_KIF.size()));
        }
        return interfaces;
      }
    }
    throw new PfException("pf knows more than %d interfaces".formatted(MAX_INTERFACES));
  }

  /**
   * Lets all traffic of an interface pass, or filters it again.
   *
   * @param filter an interface or group
   * @param skip whether everything is to pass
   * @throws IllegalStateException if so, unless the device was opened with {@link
   *     Danger#SKIP_INTERFACE}
   * @throws PfException if the kernel refuses
   */
  public void setSkip(String filter, boolean skip) throws PfException {
    checkArgument(!filter.isEmpty(), "an empty name would be every interface");
    if (skip) {
      device.require(Danger.SKIP_INTERFACE);
    }
    channel.call(
        skip ? PfRequest.DIOCSETIFFLAG : PfRequest.DIOCCLRIFFLAG,
        interfaceArgument(filter, PfInterface.SKIP),
        Layouts.IFACE_BUFFER,
        Struct.of(0));
  }

  private static ByteBuffer interfaceArgument(String filter, int flags) {
    ByteBuffer argument = Struct.of(Layouts.PFIOC_IFACE);
    Struct.putString(
        argument, Layouts.IFACE_NAME, Struct.checkText("interface name", filter, Layouts.IFNAME));
    return argument.putInt(Layouts.IFACE_FLAGS, flags);
  }
}
