package org.pfha.pf.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.google.common.net.InetAddresses;
import java.nio.ByteBuffer;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pfha.net.sys.GenericNetlink;
import org.pfha.net.sys.NetlinkAttribute;
import org.pfha.net.sys.NetlinkHost;
import org.pfha.net.sys.SystemCallException;
import org.pfha.pf.StateKey;
import org.pfha.pf.device.InMemoryPf.Release;

class InMemoryPfTablesTest {

  private static final int FEEDBACK = 4;
  private static final int REPLACE = 0x20;
  private static final int DUMMY = 2;

  private final InMemoryPf kernel = InMemoryPf.of(Release.V15);
  private int fd;

  @BeforeEach
  void openAndCreate() throws Exception {
    fd = kernel.open("/dev/pf", 2);
    assertThat(create("t", 1)).isEqualTo(1);
  }

  private static void fails(Errno errno, ThrowingCallable call) {
    assertThatThrownBy(call)
        .asInstanceOf(type(SystemCallException.class))
        .returns(errno.code, SystemCallException::errno);
  }

  private ByteBuffer call(PfRequest request, ByteBuffer io, ByteBuffer buffer) throws Exception {
    assertThat(kernel.ioctl(fd, request.word(), io, Layouts.PFRIO_BUFFER, buffer)).isZero();
    return io;
  }

  private static ByteBuffer io(String table, int elementSize, int count, int flags) {
    ByteBuffer io = Struct.of(Layouts.PFIOC_TABLE);
    Struct.putString(io, Layouts.TABLE_TABLE_NAME, table);
    return io.putInt(Layouts.PFRIO_ESIZE, elementSize)
        .putInt(Layouts.PFRIO_SIZE, count)
        .putInt(Layouts.PFRIO_FLAGS, flags);
  }

  private int create(String name, int tableFlags) throws Exception {
    ByteBuffer table = Struct.of(Layouts.PFR_TABLE);
    Struct.putString(table, Layouts.TABLE_TABLE_NAME, name);
    table.putInt(Layouts.TABLE_FLAGS, tableFlags);
    return call(PfRequest.DIOCRADDTABLES, io("", 1064, 1, 0), table).getInt(Layouts.PFRIO_NADD);
  }

  private static ByteBuffer addresses(String... networks) {
    ByteBuffer out = Struct.of(20 * networks.length);
    for (int i = 0; i < networks.length; i++) {
      String text = networks[i].replace("!", "");
      int slash = text.indexOf('/');
      var address = InetAddresses.forString(slash < 0 ? text : text.substring(0, slash));
      int bits = address.getAddress().length * 8;
      out.put(20 * i, address.getAddress());
      out.put(20 * i + 16, (byte) (bits == 32 ? StateKey.INET : StateKey.INET6));
      out.put(20 * i + 17, (byte) (slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1))));
      out.put(20 * i + 18, (byte) (networks[i].startsWith("!") ? 1 : 0));
    }
    return out;
  }

  private static int[] feedback(ByteBuffer addresses) {
    int[] all = new int[addresses.capacity() / 20];
    for (int i = 0; i < all.length; i++) {
      all[i] = addresses.get(20 * i + 19);
    }
    return all;
  }

  private ByteBuffer edit(PfRequest request, int flags, ByteBuffer addresses) throws Exception {
    return call(request, io("t", 20, addresses.capacity() / 20, flags), addresses);
  }

  private int size() throws Exception {
    return call(PfRequest.DIOCRGETADDRS, io("t", 20, 0, 0), Struct.of(0))
        .getInt(Layouts.PFRIO_SIZE);
  }

  @Test
  void addingTellsWhatBecameOfEachAddress() throws Exception {
    ByteBuffer first = addresses("10.0.0.0/8", "10.0.0.0/8", "!2001:db8::/32");
    assertThat(edit(PfRequest.DIOCRADDADDRS, FEEDBACK, first).getInt(Layouts.PFRIO_NADD))
        .isEqualTo(2);
    assertThat(feedback(first)).containsExactly(2, 6, 2);
    ByteBuffer again = addresses("10.0.0.0/8", "2001:db8::/32", "192.0.2.1");
    assertThat(edit(PfRequest.DIOCRADDADDRS, FEEDBACK, again).getInt(Layouts.PFRIO_NADD))
        .isEqualTo(1);
    assertThat(feedback(again)).as("none, conflict, added").containsExactly(0, 8, 2);
    assertThat(size()).isEqualTo(3);
    ByteBuffer silent = addresses("192.0.2.9");
    assertThat(edit(PfRequest.DIOCRADDADDRS, DUMMY, silent).getInt(Layouts.PFRIO_NADD))
        .isEqualTo(1);
    assertThat(feedback(silent)).containsExactly(0);
    assertThat(size()).as("a dummy changes nothing").isEqualTo(3);
  }

  @Test
  void deletingAndReplacingTellToo() throws Exception {
    edit(PfRequest.DIOCRADDADDRS, 0, addresses("10.0.0.1", "10.0.0.2", "10.0.0.3"));
    ByteBuffer gone = addresses("10.0.0.1", "10.0.0.9");
    assertThat(edit(PfRequest.DIOCRDELADDRS, FEEDBACK, gone).getInt(Layouts.PFRIO_NDEL))
        .isEqualTo(1);
    assertThat(feedback(gone)).containsExactly(3, 0);
    ByteBuffer wanted = Struct.of(60).put(addresses("!10.0.0.2", "10.0.0.7"));
    ByteBuffer io = io("t", 20, 2, FEEDBACK).putInt(Layouts.PFRIO_SIZE2, 3);
    call(PfRequest.DIOCRSETADDRS, io, wanted);
    assertThat(io.getInt(Layouts.PFRIO_NADD)).isEqualTo(1);
    assertThat(io.getInt(Layouts.PFRIO_NDEL)).isEqualTo(1);
    assertThat(io.getInt(Layouts.PFRIO_NCHANGE)).isEqualTo(1);
    assertThat(io.getInt(Layouts.PFRIO_SIZE2)).isEqualTo(3);
    assertThat(feedback(wanted)).as("changed, added, deleted").containsExactly(4, 2, 3);
    assertThat(size()).isEqualTo(2);
    assertThat(
            call(PfRequest.DIOCRCLRADDRS, io("t", 0, 0, 0), Struct.of(0))
                .getInt(Layouts.PFRIO_NDEL))
        .isEqualTo(2);
    assertThat(size()).isZero();
  }

  @Test
  void aTestFindsTheLongestNetwork() throws Exception {
    edit(
        PfRequest.DIOCRADDADDRS,
        0,
        addresses("10.0.0.0/8", "!10.1.0.0/16", "10.1.2.0/24", "2001:db8::/32"));
    ByteBuffer hosts = addresses("10.9.9.9", "10.1.9.9", "10.1.2.9", "11.0.0.1", "2001:db8::7");
    assertThat(edit(PfRequest.DIOCRTSTADDRS, REPLACE, hosts).getInt(Layouts.PFRIO_NADD))
        .isEqualTo(3);
    assertThat(feedback(hosts)).containsExactly(1, 7, 1, 0, 1);
    assertThat(hosts.get(20 * 2 + 17)).as("replaced by what matched").isEqualTo((byte) 24);
    fails(Errno.EINVAL, () -> edit(PfRequest.DIOCRTSTADDRS, 0, addresses("10.0.0.0/8")));
  }

  @Test
  void whatTheKernelRefusesIsRefused() throws Exception {
    fails(Errno.EINVAL, () -> edit(PfRequest.DIOCRADDADDRS, 0, addresses("10.0.0.1/8")));
    fails(Errno.EINVAL, () -> edit(PfRequest.DIOCRADDADDRS, 0x40, addresses("10.0.0.1")));
    fails(
        Errno.EINVAL,
        () -> edit(PfRequest.DIOCRADDADDRS, 0, addresses("10.0.0.1").put(19, (byte) 1)));
    fails(Errno.ENODEV, () -> call(PfRequest.DIOCRADDADDRS, io("t", 24, 0, 0), Struct.of(0)));
    fails(Errno.ESRCH, () -> call(PfRequest.DIOCRGETADDRS, io("no", 20, 0, 0), Struct.of(0)));
    ByteBuffer unpadded = io("t", 20, 0, 0).put(Layouts.TABLE_TABLE_NAME + 9, (byte) 'x');
    fails(Errno.EINVAL, () -> call(PfRequest.DIOCRGETADDRS, unpadded, Struct.of(0)));
    ByteBuffer flagged = io("t", 20, 0, 0).putInt(Layouts.TABLE_FLAGS, 1);
    fails(Errno.EINVAL, () -> call(PfRequest.DIOCRGETADDRS, flagged, Struct.of(0)));
    kernel.requestMaxcount(2);
    fails(
        Errno.EINVAL,
        () -> edit(PfRequest.DIOCRADDADDRS, 0, addresses("10.0.0.1", "10.0.0.2", "10.0.0.3")));
    assertThat(create("constant", 3)).isEqualTo(1);
    fails(Errno.EPERM, () -> call(PfRequest.DIOCRCLRADDRS, io("constant", 0, 0, 0), Struct.of(0)));
  }

  @Test
  void aTableThatNothingHoldsGoesAtOnce() throws Exception {
    assertThat(create("loose", 0)).as("counted all the same").isEqualTo(1);
    ByteBuffer io = io("", 1064, 4, 0);
    ByteBuffer tables = Struct.of(4 * 1064);
    assertThat(call(PfRequest.DIOCRGETTABLES, io, tables).getInt(Layouts.PFRIO_SIZE)).isEqualTo(1);
    assertThat(Struct.string(tables, 1024, 32)).isEqualTo("t");
    assertThat(create("t", 1)).as("exists").isZero();
    ByteBuffer count = io("", 1200, 0, 0);
    assertThat(call(PfRequest.DIOCRGETTSTATS, count, Struct.of(0)).getInt(Layouts.PFRIO_SIZE))
        .isEqualTo(1);
    assertThat(
            call(PfRequest.DIOCRCLRTABLES, io("", 0, 0, 0), Struct.of(0))
                .getInt(Layouts.PFRIO_NDEL))
        .isEqualTo(1);
  }

  @Test
  void flagsAreSetAndClearedAndAPersistentTableLetGo() throws Exception {
    ByteBuffer table = Struct.of(Layouts.PFR_TABLE);
    Struct.putString(table, Layouts.TABLE_TABLE_NAME, "t");
    ByteBuffer set = io("", 1064, 1, 0).putInt(Layouts.PFRIO_SIZE2, 0x40);
    assertThat(call(PfRequest.DIOCRSETTFLAGS, set, table).getInt(Layouts.PFRIO_NCHANGE))
        .isEqualTo(1);
    ByteBuffer clear = io("", 1064, 1, 0).putInt(Layouts.PFRIO_NADD, 1);
    assertThat(call(PfRequest.DIOCRSETTFLAGS, clear, table).getInt(Layouts.PFRIO_NDEL))
        .isEqualTo(1);
    fails(Errno.ESRCH, () -> call(PfRequest.DIOCRGETADDRS, io("t", 20, 0, 0), Struct.of(0)));
  }

  @Test
  void netlinkDoesTheSame() throws Exception {
    try (GenericNetlink netlink =
        GenericNetlink.open(kernel, NetlinkHost.FREEBSD, PfctlMessage.FAMILY)) {
      NetlinkAttribute name = NetlinkAttribute.text(2, "n");
      var added = netlink.call(PfctlMessage.ADD_TABLE, List.of(name, NetlinkAttribute.u32(3, 1)));
      assertThat(added.get(0).body().number(6)).hasValue(1);
      var address =
          NetlinkAttribute.nested(
              2,
              List.of(
                  NetlinkAttribute.u8(1, 2),
                  NetlinkAttribute.u8(2, 8),
                  NetlinkAttribute.u8(3, 0),
                  new NetlinkAttribute(
                      4, new byte[] {10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})));
      var table = NetlinkAttribute.nested(1, List.of(name));
      var request = List.of(table, address);
      assertThat(netlink.call(PfctlMessage.TABLE_ADD_ADDR, request).get(0).body().number(4))
          .hasValue(1);
      var absent =
          List.of(NetlinkAttribute.nested(1, List.of(NetlinkAttribute.text(2, "x"))), address);
      fails(Errno.ESRCH, () -> netlink.call(PfctlMessage.TABLE_ADD_ADDR, absent));
      assertThat(netlink.call(PfctlMessage.TABLE_DEL_ADDR, request).get(0).body().number(5))
          .hasValue(1);
      assertThat(netlink.call(PfctlMessage.DEL_TABLE, List.of(name)).get(0).body().number(5))
          .hasValue(1);
    }
  }
}
