package org.pfha.pf.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfha.net.sys.SystemCallException;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateRoute;
import org.pfha.pf.device.InMemoryPf.Release;

class InMemoryPfTest {

  private static final int READ_ONLY = 0;
  private static final int READ_WRITE = 2;
  private static final int CREATOR = 0x0a0b0c0d;

  private InMemoryPf kernel = InMemoryPf.of(Release.V14);
  private int fd = -1;

  private void boot(Release release) throws Exception {
    kernel = InMemoryPf.of(release);
    kernel.addInterface("em0");
    fd = kernel.open("/dev/pf", READ_WRITE);
  }

  static PfState state(int number) throws Exception {
    StateKey key =
        StateKey.of(
            InetAddress.getByAddress(new byte[] {(byte) 198, 51, 100, 7}),
            443,
            InetAddress.getByAddress(new byte[] {10, 0, (byte) (number >> 8), (byte) number}),
            40_000 + number % 20_000);
    return PfState.builder(0x1_0000_0000L + number, CREATOR, key, PfState.TCP)
        .direction(PfState.OUT)
        .originalIfname("em0")
        .src(StatePeer.of(StatePeer.ESTABLISHED))
        .dst(StatePeer.of(StatePeer.ESTABLISHED))
        .expire(86_400)
        .build();
  }

  private static void fails(Errno errno, ThrowingCallable call) {
    assertThatThrownBy(call)
        .asInstanceOf(type(SystemCallException.class))
        .returns(errno.code, SystemCallException::errno);
  }

  private ByteBuffer call(PfRequest request, ByteBuffer argument) throws Exception {
    assertThat(kernel.ioctl(fd, request.word(), argument)).isZero();
    return argument;
  }

  private NvList exchange(PfRequest request, NvList argument, int size) throws Exception {
    byte[] packed = argument.toBytes();
    ByteBuffer data = Struct.of(Math.max(size, packed.length)).put(0, packed);
    ByteBuffer nv = Struct.of(Layouts.PFIOC_NV);
    nv.putLong(Layouts.NV_LEN, packed.length).putLong(Layouts.NV_SIZE, size);
    kernel.ioctl(fd, request.word(), nv, Layouts.NV_DATA, data);
    byte[] reply = new byte[(int) nv.getLong(Layouts.NV_LEN)];
    data.get(0, reply);
    return NvListTest.read(reply, 0);
  }

  private static List<String> shape(NvList list) {
    List<String> shape = new ArrayList<>();
    for (NvPair pair : list.pairs()) {
      String inner = pair.type() == NvType.LIST ? shape((NvList) pair.raw()).toString() : "";
      String length =
          pair.type() == NvType.NUMBERS
              ? "" + ((long[]) pair.raw()).length
              : pair.type() == NvType.TEXTS ? list.texts(pair.name()).toString() : "";
      shape.add(pair.name() + ":" + pair.type() + length + inner);
    }
    return shape;
  }

  @ParameterizedTest
  @EnumSource(names = {"V13_1", "V14", "V15"})
  void theStatusHasTheKeysOfItsRelease(Release release) throws Exception {
    boot(release);
    NvList status = exchange(PfRequest.DIOCGETSTATUSNV, NvList.builder().build(), 4096);
    assertThat(shape(status)).isEqualTo(shape(NvListTest.read("status-" + release.major())));
    call(PfRequest.DIOCSETHOSTID, Struct.of(4).put(new byte[] {1, 2, 3, 4}));
    assertThat(exchange(PfRequest.DIOCGETSTATUSNV, NvList.builder().build(), 4096).number("hostid"))
        .hasValue(Struct.rawWord(0x01020304));
  }

  @Test
  void aReplyTooLongIsRefusedWithoutItsLengthAndAfterTheWork() throws Exception {
    boot(Release.V14);
    fails(Errno.ENOSPC, () -> exchange(PfRequest.DIOCGETSTATUSNV, NvList.builder().build(), 100));
    kernel.insert(state(1));
    byte[] packed = KillFilter.ofState(state(1).id(), CREATOR).toNv(14).toBytes();
    byte[] memory = packed.clone();
    ByteBuffer data = Struct.wrap(memory);
    ByteBuffer nv = Struct.of(Layouts.PFIOC_NV);
    nv.putLong(Layouts.NV_LEN, packed.length).putLong(Layouts.NV_SIZE, 20);
    fails(
        Errno.ENOSPC,
        () -> kernel.ioctl(fd, PfRequest.DIOCKILLSTATESNV.word(), nv, Layouts.NV_DATA, data));
    assertThat(kernel.table().size()).as("killed all the same").isZero();
    assertThat(nv.getLong(Layouts.NV_LEN)).as("length is lost").isEqualTo(packed.length);
    assertThat(memory).isEqualTo(packed);
    nv.putLong(Layouts.NV_SIZE, 0);
    kernel.ioctl(fd, PfRequest.DIOCKILLSTATESNV.word(), nv, Layouts.NV_DATA, data);
    assertThat(nv.getLong(Layouts.NV_LEN)).as("only the length").isEqualTo(53);
    assertThat(memory).isEqualTo(packed);
  }

  @Test
  void requestsAreBoundedAndCheckedLikeTheKernelDoes() throws Exception {
    boot(Release.V15);
    kernel.requestMaxcount(100);
    fails(
        Errno.ENOMEM, () -> exchange(PfRequest.DIOCKILLSTATESNV, KillFilter.EMPTY.toNv(15), 4096));
    kernel.requestMaxcount(65_535);
    fails(Errno.EINVAL, () -> exchange(PfRequest.DIOCKILLSTATESNV, NvList.builder().build(), 4096));
    ByteBuffer nv = Struct.of(Layouts.PFIOC_NV).putLong(Layouts.NV_LEN, 20);
    fails(
        Errno.EBADMSG,
        () ->
            kernel.ioctl(
                fd, PfRequest.DIOCKILLSTATESNV.word(), nv, Layouts.NV_DATA, Struct.of(20)));
    List<NvPair> pairs = new ArrayList<>(KillFilter.EMPTY.toNv(15).pairs());
    pairs.removeIf(pair -> pair.name().equals("af"));
    pairs.addAll(NvList.builder().number("af", 256).build().pairs());
    fails(Errno.ERANGE, () -> exchange(PfRequest.DIOCKILLSTATESNV, new NvList(0, pairs), 4096));
  }

  @Test
  void anEmptyFilterKillsEverything() throws Exception {
    boot(Release.V14);
    for (int i = 0; i < 10; i++) {
      kernel.insert(state(i));
    }
    assertThat(
            exchange(PfRequest.DIOCKILLSTATESNV, KillFilter.EMPTY.toNv(14), 4096).number("killed"))
        .hasValue(10);
  }

  @Test
  void criteriaAreComparedAsInTheKernel() throws Exception {
    boot(Release.V15);
    for (int i = 0; i < 300; i++) {
      kernel.insert(state(i));
    }
    assertThat(killed(KillFilter.EMPTY.from(HostMatch.of("10.0.1.0/24")))).isEqualTo(44);
    assertThat(killed(KillFilter.EMPTY.from(HostMatch.of("10.0.0.0/25").not()))).isEqualTo(128);
    assertThat(killed(KillFilter.EMPTY.to(HostMatch.ANY.withPorts(PortMatch.of(444))))).isZero();
    assertThat(killed(KillFilter.EMPTY.on("em1"))).isZero();
    assertThat(killed(KillFilter.EMPTY.family(StateKey.INET6))).isZero();
    assertThat(killed(KillFilter.EMPTY.label("web"))).isZero();
    assertThat(killed(KillFilter.EMPTY.on("em0"))).as("floating, from em0").isEqualTo(128);
  }

  private long killed(KillFilter filter) throws Exception {
    return exchange(PfRequest.DIOCKILLSTATESNV, filter.toNv(15), 4096)
        .number("killed")
        .orElseThrow();
  }

  @Test
  void onRelease13_0KillingByIdSaysNothingWhenNothingMatched() throws Exception {
    boot(Release.V13_0);
    ByteBuffer kill = Struct.of(Layouts.PFIOC_STATE_KILL);
    KillFilter.ofState(77, CREATOR).encode(kill);
    kill.putInt(Layouts.KILL_KILLED, 4242);
    assertThat(call(PfRequest.DIOCKILLSTATES, kill).getInt(Layouts.KILL_KILLED)).isEqualTo(4242);
    kernel.insert(state(1));
    ByteBuffer clear = Struct.of(Layouts.PFIOC_STATE_KILL);
    Struct.putString(clear, Layouts.KILL_IFNAME, "em0");
    assertThat(call(PfRequest.DIOCCLRSTATES, clear).getInt(Layouts.KILL_KILLED))
        .as("floating states are on no interface")
        .isZero();
  }

  private ByteBuffer list(int length, ByteBuffer out) throws Exception {
    ByteBuffer states = Struct.of(Layouts.PFIOC_STATES_V2);
    states.putInt(Layouts.STATES_V2_LEN, length);
    states.putLong(Layouts.STATES_V2_REQ_VERSION, StateRecord.VERSION_13);
    kernel.ioctl(fd, PfRequest.DIOCGETSTATESV2.word(), states, Layouts.STATES_V2_BUF, out);
    return states;
  }

  @ParameterizedTest
  @EnumSource(names = {"V13_1", "V14", "V15"})
  void aListThatDoesNotFitEndsSilentlyBeforeARow(Release release) throws Exception {
    boot(release);
    kernel.hashSize(4);
    for (int i = 0; i < 20; i++) {
      kernel.insert(state(i));
    }
    ByteBuffer estimate = list(0, Struct.of(0));
    assertThat(estimate.getInt(Layouts.STATES_V2_LEN)).isEqualTo(20 * 384);
    ByteBuffer out = Struct.of(14 * 384);
    assertThat(list(out.capacity(), out).getInt(Layouts.STATES_V2_LEN))
        .as("two rows of five of fourteen")
        .isEqualTo(10 * 384);
    PfState first = Objects.requireNonNull(StateRecord.EXPORT.decode(out, 0));
    assertThat(first.id() & 3).isZero();
    assertThat(StateRecord.EXPORT.version(out, 0))
        .isEqualTo(release == Release.V13_1 ? StateRecord.VERSION_13 : StateRecord.VERSION_14);
  }

  @Test
  void theEstimateCountsWhatIsBeingRemoved() throws Exception {
    boot(Release.V14);
    kernel.insert(state(1));
    assertThat(killed(KillFilter.EMPTY.on("em0"))).isEqualTo(1);
    assertThat(list(0, Struct.of(0)).getInt(Layouts.STATES_V2_LEN)).isEqualTo(384);
    kernel.advance(Duration.ofSeconds(10));
    assertThat(list(0, Struct.of(0)).getInt(Layouts.STATES_V2_LEN)).isZero();
  }

  @Test
  void aNewerRecordVersionThanTheKernelsIsRefused() throws Exception {
    boot(Release.V13_1);
    ByteBuffer states =
        Struct.of(Layouts.PFIOC_STATES_V2)
            .putLong(Layouts.STATES_V2_REQ_VERSION, StateRecord.VERSION_14);
    fails(
        Errno.EOPNOTSUPP,
        () -> kernel.ioctl(fd, PfRequest.DIOCGETSTATESV2.word(), states, 16, Struct.of(0)));
  }

  private ByteBuffer record(PfState state) {
    ByteBuffer record = Struct.of(Layouts.PFIOC_STATE);
    StateRecord.PACKED.encode(state, record, 0, 0);
    return record;
  }

  @ParameterizedTest
  @EnumSource
  void aStateIsInsertedFoundAndExpires(Release release) throws Exception {
    boot(release);
    call(PfRequest.DIOCADDSTATE, record(state(5)));
    ByteBuffer sought = Struct.of(Layouts.PFIOC_STATE);
    Struct.putNetLong(sought, 0, state(5).id());
    Struct.putNetInt(sought, 228, CREATOR);
    kernel.advance(Duration.ofSeconds(100));
    PfState found =
        Objects.requireNonNull(StateRecord.PACKED.decode(call(PfRequest.DIOCGETSTATE, sought), 0));
    assertThat(found.wire()).isEqualTo(state(5).wire());
    assertThat(found.creation()).isEqualTo(100);
    assertThat(found.expire()).isEqualTo(86_300);
    fails(Errno.EEXIST, () -> call(PfRequest.DIOCADDSTATE, record(state(5))));
    kernel.advance(Duration.ofDays(1));
    fails(Errno.ENOENT, () -> call(PfRequest.DIOCGETSTATE, sought));
  }

  @Test
  void insertingIsRefusedAsTheKernelDoes() throws Exception {
    boot(Release.V15);
    PfState good = state(1);
    fails(Errno.EINVAL, () -> call(PfRequest.DIOCADDSTATE, record(good.createdBy(good.id(), 0))));
    fails(
        Errno.EINVAL,
        () -> call(PfRequest.DIOCADDSTATE, record(good.toBuilder().ifname("em7").build())));
    fails(
        Errno.EINVAL,
        () -> call(PfRequest.DIOCADDSTATE, record(good.toBuilder().timeout(25).build())));
    StateRoute route = new StateRoute(0, "", InetAddress.getByAddress(new byte[] {10, 0, 0, 1}));
    fails(
        Errno.EINVAL,
        () -> call(PfRequest.DIOCADDSTATE, record(good.toBuilder().route(route).build())));
    kernel.addRule("", NvList.builder().number("action", 0).build());
    fails(
        Errno.EINVAL, () -> call(PfRequest.DIOCADDSTATE, record(good.toBuilder().rule(0).build())));
    ByteBuffer limit = Struct.of(8).putInt(Layouts.LIMIT_LIMIT, 1);
    assertThat(call(PfRequest.DIOCSETLIMIT, limit).getInt(Layouts.LIMIT_LIMIT)).isEqualTo(100_000);
    call(PfRequest.DIOCADDSTATE, record(good));
    fails(Errno.ENOMEM, () -> call(PfRequest.DIOCADDSTATE, record(state(2))));
    kernel.pfsyncLoaded(false);
    fails(Errno.EOPNOTSUPP, () -> call(PfRequest.DIOCADDSTATE, record(state(2))));
  }

  @Test
  void eachRequestIsKnownWhereTheKernelsHeadersHaveIt() throws Exception {
    for (Release release : Release.values()) {
      boot(release);
      for (PfRequest request : PfRequest.values()) {
        boolean known = InMemoryRelease.knows(release, true, request);
        if (!known) {
          fails(Errno.ENODEV, () -> call(request, Struct.of(request.size())));
        }
      }
    }
    boot(Release.V15);
    kernel.compatible(false);
    fails(Errno.ENODEV, () -> call(PfRequest.DIOCSTART, Struct.of(0)));
    fails(Errno.ENODEV, () -> list(0, Struct.of(0)));
  }

  @Test
  void aReadOnlyDescriptorMayOnlyRead() throws Exception {
    boot(Release.V14);
    fd = kernel.open("/dev/pf", READ_ONLY);
    assertThat(list(0, Struct.of(0)).getInt(0)).isZero();
    fails(Errno.EACCES, () -> call(PfRequest.DIOCSTART, Struct.of(0)));
    fails(Errno.EACCES, () -> kernel.ioctl(fd, 0xc004_44ffL, Struct.of(4)));
    ByteBuffer rule = Struct.of(Layouts.PFIOC_RULE).putInt(Layouts.RULE_IO_ACTION, 1);
    fails(Errno.EACCES, () -> call(PfRequest.DIOCGETRULE, rule));
  }

  @Test
  void atSecurelevel3LittleRemains() throws Exception {
    boot(Release.V14);
    kernel.securelevel(3);
    assertThat(list(0, Struct.of(0)).getInt(0)).isZero();
    call(PfRequest.DIOCSETDEBUG, Struct.of(4));
    fails(Errno.EPERM, () -> call(PfRequest.DIOCSTART, Struct.of(0)));
    fails(Errno.EPERM, () -> call(PfRequest.DIOCADDSTATE, record(state(1))));
  }

  @Test
  void startingAndStoppingAreNotIdempotent() throws Exception {
    boot(Release.V14);
    fails(Errno.ENOENT, () -> call(PfRequest.DIOCSTOP, Struct.of(0)));
    call(PfRequest.DIOCSTART, Struct.of(0));
    fails(Errno.EEXIST, () -> call(PfRequest.DIOCSTART, Struct.of(0)));
    ByteBuffer status = call(PfRequest.DIOCGETSTATUS, Struct.of(Layouts.PF_STATUS));
    assertThat(status.getInt(Layouts.STATUS_RUNNING)).isEqualTo(1);
  }

  @Test
  void anyCallFailsAsTold() throws Exception {
    boot(Release.V14);
    kernel.failNext(PfRequest.DIOCSTART, 12);
    fails(Errno.ENOMEM, () -> call(PfRequest.DIOCSTART, Struct.of(0)));
    call(PfRequest.DIOCSTART, Struct.of(0));
    kernel.failNextOpen(13);
    fails(Errno.EACCES, () -> kernel.open("/dev/pf", READ_WRITE));
    kernel.failNextSysctl("kern.osreldate", 1);
    fails(Errno.EPERM, () -> kernel.sysctl("kern.osreldate"));
    assertThat(Struct.wrap(kernel.sysctl("kern.osreldate")).getInt()).isEqualTo(1_403_000);
    kernel.loaded(false);
    fails(Errno.ENOENT, () -> kernel.open("/dev/pf", READ_WRITE));
    kernel.close(fd);
    assertThat(kernel.openDescriptors()).isZero();
    assertThatThrownBy(() -> call(PfRequest.DIOCSTART, Struct.of(0)))
        .hasMessageContaining("errno 9");
  }

  @Test
  void interfacesAreCountedOneTooFew() throws Exception {
    boot(Release.V14);
    kernel.addInterface("em1");
    kernel.addInterfaceGroup("em", "em0", "em1");
    ByteBuffer io = Struct.of(Layouts.PFIOC_IFACE);
    io.putInt(Layouts.IFACE_ESIZE, 216).putInt(Layouts.IFACE_SIZE, 2);
    kernel.ioctl(fd, PfRequest.DIOCIGETIFACES.word(), io, Layouts.IFACE_BUFFER, Struct.of(2 * 216));
    assertThat(io.getInt(Layouts.IFACE_SIZE)).as("of five").isEqualTo(3);
    io.putInt(Layouts.IFACE_SIZE, 8);
    ByteBuffer out = Struct.of(8 * 216);
    kernel.ioctl(fd, PfRequest.DIOCIGETIFACES.word(), io, Layouts.IFACE_BUFFER, out);
    assertThat(io.getInt(Layouts.IFACE_SIZE)).isEqualTo(5);
    assertThat(Struct.string(out, 216 * 1, 16)).isEqualTo("em");
    assertThat(out.getLong(216 + Layouts.KIF_GROUP)).isNotZero();
    io.putInt(Layouts.IFACE_ESIZE, 208);
    fails(
        Errno.ENODEV,
        () -> kernel.ioctl(fd, PfRequest.DIOCIGETIFACES.word(), io, 16, Struct.of(0)));
  }

  @Test
  void aFailedRequestLeavesTheCallersMemoryAlone() throws Exception {
    boot(Release.V14);
    for (PfRequest request : PfRequest.values()) {
      byte[] before = new byte[request.size()];
      Arrays.fill(before, (byte) 0x5a);
      byte[] argument = before.clone();
      byte[] pointee = {1, 2, 3};
      try {
        assertThat(kernel.ioctl(fd, request.word(), Struct.wrap(argument), 0, Struct.wrap(pointee)))
            .isZero();
      } catch (SystemCallException e) {
        assertThat(argument).as("%s", request).isEqualTo(before);
        assertThat(pointee).as("%s", request).containsExactly(1, 2, 3);
      }
    }
  }

  @Test
  void statesAreFoundByNetlinkToo() throws Exception {
    boot(Release.V15);
    for (int i = 0; i < 2_000; i++) {
      kernel.insert(state(i));
    }
    try (PfctlNetlink netlink = PfctlNetlink.open(kernel)) {
      List<PfState> states = new ArrayList<>();
      netlink.states(states::add);
      states.sort(Comparator.comparingLong(PfState::id));
      assertThat(states).hasSize(2_000);
      assertThat(states.get(7)).isEqualTo(kernel.table().get(state(7).id(), CREATOR));
      assertThat(netlink.creators()).containsExactly(CREATOR);
      netlink.start();
      fails(Errno.EEXIST, netlink::start);
      PfStatus status = netlink.status();
      assertThat(status.running()).isTrue();
      assertThat(status.states()).isEqualTo(2_000);
      assertThat(status.reasons()).hasSize(17);
      netlink.stop();
      fails(Errno.ENOENT, netlink::stop);
      assertThat(netlink.kill(KillFilter.ofState(state(7).id(), CREATOR))).isEqualTo(1);
      assertThat(netlink.kill(KillFilter.EMPTY.from(HostMatch.of("10.0.1.0/24")))).isEqualTo(256);
      assertThat(netlink.clear("em1")).isZero();
      assertThat(netlink.clear("em0")).isEqualTo(2_000 - 257);
      assertThat(netlink.timeout(2)).isEqualTo(86_400);
      netlink.setTimeout(2, 3_600);
      assertThat(netlink.timeout(2)).isEqualTo(3_600);
      assertThat(netlink.limit(0)).isEqualTo(100_000);
      netlink.setLimit(0, 5);
      assertThat(netlink.limit(0)).isEqualTo(5);
      fails(Errno.EINVAL, () -> netlink.limit(6));
      netlink.setStatusInterface("em0");
      netlink.setDebug(3);
      assertThat(netlink.status().ifname()).isEqualTo("em0");
      assertThat(netlink.status().debug()).isEqualTo(3);
      netlink.clearStatus();
      assertThat(netlink.status().stateCounters()).containsEntry("inserts", 0L);
      kernel.failNextNetlink(PfctlMessage.GETSTATES, 12);
      fails(Errno.ENOMEM, () -> netlink.states(states::add));
      kernel.securelevel(3);
      fails(Errno.EPERM, () -> netlink.states(states::add));
    }
    assertThat(kernel.openDescriptors()).isEqualTo(1);
  }

  @Test
  void thereIsNoPfctlFamilyBefore15() throws Exception {
    boot(Release.V14);
    fails(Errno.ENOENT, () -> PfctlNetlink.open(kernel).close());
    boot(Release.V13_0);
    assertThatThrownBy(() -> PfctlNetlink.open(kernel).close()).hasMessageContaining("errno 47");
  }

  @ParameterizedTest
  @EnumSource
  void whateverIsAskedIsAnsweredOrRefused(Release release) throws Exception {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    boot(release);
    for (int i = 0; i < 50; i++) {
      kernel.insert(state(i));
    }
    PfRequest[] requests = PfRequest.values();
    int answered = 0;
    for (int run = 0; run < 20_000; run++) {
      PfRequest request = requests[random.nextInt(requests.length)];
      byte[] argument = new byte[request.size()];
      byte[] pointee = new byte[random.nextInt(3_000)];
      for (int changes = random.nextInt(12); changes > 0 && argument.length > 0; changes--) {
        argument[random.nextInt(argument.length)] = (byte) random.nextInt(256);
      }
      for (int changes = random.nextInt(12); changes > 0 && pointee.length > 0; changes--) {
        pointee[random.nextInt(pointee.length)] = (byte) random.nextInt(256);
      }
      try {
        answered +=
            1 + kernel.ioctl(fd, request.word(), Struct.wrap(argument), 0, Struct.wrap(pointee));
      } catch (SystemCallException e) {
        assertThat(e.errno()).as("seed %d run %d %s", seed, run, request).isPositive();
      } catch (RuntimeException e) {
        throw new AssertionError("seed %d run %d %s".formatted(seed, run, request), e);
      }
    }
    assertThat(answered).isGreaterThan(1_000);
  }
}
