package org.pfha.pf.device;

import static com.google.common.base.Preconditions.checkArgument;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.pfha.pf.StateKey;

/**
 * Which states the kernel is to kill: those that match all that is given (spec pf-ioctl 5.7).
 * Immutable.
 *
 * <p>A filter that gives nothing would match every state; no request is made with it.
 *
 * @param id of a state, or 0; if given, only it and {@code creatorId} count
 * @param creatorId of the state with that id; 0 is this host
 * @param family {@link StateKey#INET}, {@link StateKey#INET6} or 0 for both
 * @param proto IP protocol, 1–255, or 0 for all
 * @param src source
 * @param dst destination
 * @param gateway of route-to; from release 13.1
 * @param ifname interface the state is bound to, or empty; a floating state is bound to {@code all}
 * @param label of the state's rule, or empty
 * @param killMatching whether the state of the other direction is killed too; from 13.1
 * @param translated whether addresses are compared as the local stack sees them; from 15
 */
public record KillFilter(
    long id,
    int creatorId,
    int family,
    int proto,
    HostMatch src,
    HostMatch dst,
    HostMatch gateway,
    String ifname,
    String label,
    boolean killMatching,
    boolean translated) {

  /** The filter that gives nothing, to begin with. */
  public static final KillFilter EMPTY =
      new KillFilter(0, 0, 0, 0, HostMatch.ANY, HostMatch.ANY, HostMatch.ANY, "", "", false, false);

  /** The first release that compares translated addresses; earlier ones would ignore the wish. */
  static final int TRANSLATED_SINCE = 15;

  /** Checks everything. */
  public KillFilter {
    List<String> problems = new ArrayList<>();
    if (id == 0 && creatorId != 0) {
      problems.add(
          "creator %08x without an id would not count; name the state's id".formatted(creatorId));
    }
    if (family != 0 && family != StateKey.INET && family != StateKey.INET6) {
      problems.add("family %d is neither 0, 2 nor 28".formatted(family));
    }
    if (proto < 0 || proto > 255) {
      problems.add("protocol %d is not a byte".formatted(proto));
    }
    for (HostMatch host : List.of(src, dst, gateway)) {
      if (host.family() != 0 && host.family() != family) {
        problems.add("%s needs family %d, not %d".formatted(host, host.family(), family));
      }
    }
    checkArgument(problems.isEmpty(), "%s", String.join("; ", problems));
    Struct.checkText("interface name", ifname, Layouts.IFNAME);
    Struct.checkText("label", label, Layouts.LABEL);
  }

  /**
   * One state.
   *
   * @param id not 0
   * @param creatorId its creator, or 0 for this host
   * @return a filter
   */
  public static KillFilter ofState(long id, int creatorId) {
    checkArgument(id != 0, "a state's id is not 0");
    return new KillFilter(
        id, creatorId, 0, 0, HostMatch.ANY, HostMatch.ANY, HostMatch.ANY, "", "", false, false);
  }

  /**
   * With a source.
   *
   * @param host sets the family too, if it has one
   * @return a filter
   */
  public KillFilter from(HostMatch host) {
    return copy(familyOf(host), proto, host, dst, gateway, ifname, label, killMatching, translated);
  }

  /**
   * With a destination.
   *
   * @param host sets the family too, if it has one
   * @return a filter
   */
  public KillFilter to(HostMatch host) {
    return copy(familyOf(host), proto, src, host, gateway, ifname, label, killMatching, translated);
  }

  /**
   * With a gateway.
   *
   * @param host sets the family too, if it has one
   * @return a filter
   */
  public KillFilter via(HostMatch host) {
    return copy(familyOf(host), proto, src, dst, host, ifname, label, killMatching, translated);
  }

  /**
   * With a family.
   *
   * @param number {@link StateKey#INET}, {@link StateKey#INET6} or 0
   * @return a filter
   */
  public KillFilter family(int number) {
    return copy(number, proto, src, dst, gateway, ifname, label, killMatching, translated);
  }

  /**
   * With a protocol.
   *
   * @param number 0–255
   * @return a filter
   */
  public KillFilter proto(int number) {
    return copy(family, number, src, dst, gateway, ifname, label, killMatching, translated);
  }

  /**
   * With an interface.
   *
   * @param name up to 15 bytes
   * @return a filter
   */
  public KillFilter on(String name) {
    return copy(family, proto, src, dst, gateway, name, label, killMatching, translated);
  }

  /**
   * With the label of a rule.
   *
   * @param text up to 63 bytes
   * @return a filter
   */
  public KillFilter label(String text) {
    return copy(family, proto, src, dst, gateway, ifname, text, killMatching, translated);
  }

  /**
   * With the states of the other direction.
   *
   * @return a filter
   */
  public KillFilter andMatching() {
    return copy(family, proto, src, dst, gateway, ifname, label, true, translated);
  }

  /**
   * Compared as the local stack sees addresses.
   *
   * @return a filter
   */
  public KillFilter asTranslated() {
    return copy(family, proto, src, dst, gateway, ifname, label, killMatching, true);
  }

  private KillFilter copy(
      int newFamily,
      int newProto,
      HostMatch newSrc,
      HostMatch newDst,
      HostMatch newGateway,
      String newIfname,
      String newLabel,
      boolean newKillMatching,
      boolean newTranslated) {
    return new KillFilter(
        id,
        creatorId,
        newFamily,
        newProto,
        newSrc,
        newDst,
        newGateway,
        newIfname,
        newLabel,
        newKillMatching,
        newTranslated);
  }

  private int familyOf(HostMatch host) {
    return host.family() == 0 ? family : host.family();
  }

  /**
   * Whether the kernel would take this for every state there is.
   *
   * @return true if nothing is given that restricts
   */
  public boolean isEmpty() {
    return id == 0
        && family == 0
        && proto == 0
        && !src.restricts()
        && !dst.restricts()
        && !gateway.restricts()
        && ifname.isEmpty()
        && label.isEmpty();
  }

  /** Whether the structure of release 13.0 can say all of it. */
  boolean fitsStructure() {
    return !gateway.restricts() && !killMatching && !translated;
  }

  /**
   * The structure {@code pfioc_state_kill}.
   *
   * @return 224 bytes in the order of this machine
   */
  public byte[] toBytes() {
    byte[] bytes = new byte[Layouts.PFIOC_STATE_KILL.size()];
    encode(Struct.wrap(bytes));
    return bytes;
  }

  void encode(ByteBuffer out) {
    Struct.putNetLong(out, Layouts.KILL_ID, id);
    Struct.putNetInt(out, Layouts.KILL_CREATORID, creatorId);
    out.put(Layouts.KILL_AF, (byte) family);
    out.putInt(Layouts.KILL_PROTO, proto);
    src.encode(out, Layouts.KILL_SRC);
    dst.encode(out, Layouts.KILL_DST);
    Struct.putString(out, Layouts.KILL_IFNAME, ifname);
    Struct.putString(out, Layouts.KILL_LABEL, label);
  }

  /**
   * Reads the structure {@code pfioc_state_kill}.
   *
   * @param bytes 224, in the order of this machine
   * @return the filter
   */
  public static KillFilter ofBytes(byte[] bytes) {
    ByteBuffer in = Struct.wrap(bytes);
    int family = Struct.u8(in, Layouts.KILL_AF);
    return new KillFilter(
        Struct.netLong(in, Layouts.KILL_ID),
        Struct.netInt(in, Layouts.KILL_CREATORID),
        family,
        in.getInt(Layouts.KILL_PROTO),
        HostMatch.decode(in, Layouts.KILL_SRC, family),
        HostMatch.decode(in, Layouts.KILL_DST, family),
        HostMatch.ANY,
        Struct.string(in, Layouts.KILL_IFNAME, Layouts.IFNAME),
        Struct.string(in, Layouts.KILL_LABEL, Layouts.LABEL),
        false,
        false);
  }

  /**
   * The nvlist that DIOCKILLSTATESNV and DIOCCLRSTATESNV take, complete.
   *
   * @param release of the kernel, such as 15
   * @return every key that the release knows
   */
  public NvList toNv(int release) {
    NvListBuilder request =
        NvList.builder()
            .list(
                "cmp",
                NvList.builder()
                    .number("id", Struct.rawWord(id))
                    .number("creatorid", Struct.rawWord(creatorId))
                    .number("direction", 0)
                    .build())
            .number("af", family)
            .number("proto", proto)
            .list("src", src.toNv())
            .list("dst", dst.toNv())
            .list("rt_addr", gateway.toNv())
            .text("ifname", ifname)
            .text("label", label)
            .bool("kill_match", killMatching);
    return (release >= TRANSLATED_SINCE ? request.bool("nat", translated) : request).build();
  }
}
