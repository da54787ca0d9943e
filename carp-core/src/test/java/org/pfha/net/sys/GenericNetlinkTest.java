package org.pfha.net.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class GenericNetlinkTest {

  private static final int GET_FAMILY = 3;
  private static final int NAME = 2;

  private static void fails(ThrowingCallable call, int errno, String words) {
    assertThatThrownBy(call)
        .hasMessageContaining(words)
        .asInstanceOf(type(SystemCallException.class))
        .returns(errno, SystemCallException::errno);
  }

  /** The one family every Linux has is the controller of them all. */
  @Nested
  @EnabledOnOs(value = OS.LINUX, disabledReason = "needs Linux's own generic netlink")
  class OfThisLinux {

    private final SystemCalls calls = SystemCalls.ofThisMachine();

    private GenericNetlink open(SystemCalls by) throws SystemCallException {
      try {
        by.close(by.socket(16, 3, 16));
      } catch (SystemCallException e) {
        Assumptions.abort("this system gives no generic netlink socket: " + e.getMessage());
      }
      return GenericNetlink.open(by, NetlinkHost.LINUX, "nlctrl");
    }

    @Test
    void theControllerKnowsItself() throws Exception {
      try (GenericNetlink netlink = open(calls)) {
        assertThat(netlink.id()).isEqualTo(16);
        assertThat(netlink.version()).isEqualTo(2);
        assertThat(netlink.commands()).contains(GET_FAMILY);
        List<NetlinkMessage> replies =
            netlink.call(GET_FAMILY, List.of(NetlinkAttribute.text(NAME, "nlctrl")));
        assertThat(replies).hasSize(1);
        assertThat(replies.get(0).body().text(NAME)).contains("nlctrl");
        assertThat(replies.get(0).body().number(1)).hasValue(16);
      }
    }

    @Test
    void aDumpOfAllFamiliesIsMultiPartAndEnds() throws Exception {
      try (GenericNetlink netlink = open(calls)) {
        for (int round = 0; round < 3; round++) {
          List<String> names = new ArrayList<>();
          netlink.dump(
              GET_FAMILY, List.of(), reply -> names.add(reply.body().text(NAME).orElseThrow()));
          assertThat(names).contains("nlctrl").doesNotHaveDuplicates();
        }
      }
    }

    @Test
    void errorsCarryTheErrno() throws Exception {
      try (GenericNetlink netlink = open(calls)) {
        fails(
            () -> netlink.call(GET_FAMILY, List.of(NetlinkAttribute.text(NAME, "no-such"))),
            2,
            "netlink(nlctrl, command 3)");
        fails(() -> netlink.call(GET_FAMILY, List.of()), 22, "refused");
        fails(() -> netlink.call(77, List.of()), 95, "refused");
        assertThat(netlink.call(GET_FAMILY, List.of(NetlinkAttribute.text(NAME, "nlctrl"))))
            .as("an error leaves the conversation as it was")
            .hasSize(1);
      }
      fails(() -> GenericNetlink.open(calls, NetlinkHost.LINUX, "no-such"), 2, "command 3");
    }

    @Test
    void anAttributeOfTheWrongSizeIsExplainedByTheKernel() throws Exception {
      try (GenericNetlink netlink = open(calls)) {
        fails(
            () ->
                netlink.call(
                    GET_FAMILY,
                    List.of(NetlinkAttribute.text(NAME, "a name of more than sixteen bytes"))),
            22,
            "Attribute failed policy validation");
      }
    }

    @Test
    void aConversationIsRecordedAndReplayed() throws Exception {
      List<String> journal = new ArrayList<>();
      int commands;
      try (GenericNetlink netlink = open(SystemCallJournal.recording(calls, journal::add))) {
        commands = netlink.commands().size();
      }
      try (GenericNetlink netlink = open(SystemCallJournal.replaying(journal))) {
        assertThat(netlink.commands()).hasSize(commands);
      }
    }
  }

  /** Answers as it is told, in FreeBSD's manner. */
  private static final class Kernel implements SystemCalls {

    private static final int FAMILY = 21;
    private static final int PORT = 4711;

    final Deque<byte[]> answers = new ArrayDeque<>();
    final List<NetlinkMessage> requests = new ArrayList<>();
    boolean closed;

    Kernel() {
      answer(reply(16, 1, List.of(NetlinkAttribute.u16(1, FAMILY))), error(1, 0));
    }

    void answer(NetlinkMessage... messages) {
      int size = Arrays.stream(messages).mapToInt(each -> each.toBytes().length).sum();
      ByteBuffer all = ByteBuffer.allocate(size);
      Arrays.stream(messages).forEach(each -> all.put(each.toBytes()));
      answers.add(all.array());
    }

    static NetlinkMessage reply(int type, int sequence, List<NetlinkAttribute> attributes) {
      NetlinkMessage message = NetlinkMessage.generic(type, 2, sequence, 1, 2, attributes);
      return new NetlinkMessage(type, 2, sequence, PORT, message.payload());
    }

    static NetlinkMessage error(int sequence, int errno) {
      return end(2, 0, sequence, errno, new byte[16]);
    }

    static NetlinkMessage end(int type, int flags, int sequence, int errno, byte[] rest) {
      byte[] payload =
          ByteBuffer.allocate(4 + rest.length)
              .order(ByteOrder.nativeOrder())
              .putInt(errno)
              .put(rest)
              .array();
      return new NetlinkMessage(type, flags, sequence, PORT, payload);
    }

    @Override
    public int socket(int domain, int type, int protocol) {
      assertThat(domain).isEqualTo(38);
      return 7;
    }

    @Override
    public void setSocketOption(int fd, int level, int option, byte[] value) {}

    @Override
    public void send(int fd, byte[] message) {
      requests.addAll(NetlinkMessage.parse(message));
    }

    @Override
    public byte[] receive(int fd, int limit) throws SystemCallException {
      byte[] answer = answers.poll();
      if (answer == null) {
        throw new SystemCallException("recv", 35, "would block");
      }
      if (answer.length == 0) {
        throw new SystemCallException("recv", 4, "interrupted");
      }
      return answer;
    }

    @Override
    public void close(int fd) {
      closed = true;
    }

    @Override
    public int open(String path, int flags) {
      throw new AssertionError();
    }

    @Override
    public int ioctl(int fd, long request, ByteBuffer argument) {
      throw new AssertionError();
    }

    @Override
    public int ioctl(int fd, long request, ByteBuffer argument, int offset, ByteBuffer pointee) {
      throw new AssertionError();
    }

    @Override
    public byte[] sysctl(String name) {
      throw new AssertionError();
    }

    @Override
    public void sysctl(String name, byte[] value) {
      throw new AssertionError();
    }
  }

  @Nested
  class WhateverAKernelAnswers {

    private final Kernel kernel = new Kernel();

    private GenericNetlink open() throws SystemCallException {
      return GenericNetlink.open(kernel, NetlinkHost.FREEBSD, "pfctl");
    }

    private NetlinkMessage reply(int value) {
      return Kernel.reply(Kernel.FAMILY, 2, List.of(NetlinkAttribute.u32(1, value)));
    }

    private List<Long> dump(GenericNetlink netlink) throws SystemCallException {
      List<Long> values = new ArrayList<>();
      netlink.dump(1, List.of(), reply -> values.add(reply.body().number(1, -1)));
      return values;
    }

    @Test
    void repliesMayComeInOneDatagramOrMany() throws Exception {
      GenericNetlink netlink = open();
      kernel.answer(reply(1), reply(2));
      kernel.answer(reply(3));
      kernel.answers.add(new byte[0]);
      kernel.answer(reply(4), Kernel.end(3, 2, 2, 0, new byte[0]));
      assertThat(dump(netlink)).containsExactly(1L, 2L, 3L, 4L);
      assertThat(kernel.requests)
          .extracting(NetlinkMessage::type, NetlinkMessage::flags, NetlinkMessage::sequence)
          .containsExactly(tuple(16, 5, 1), tuple(21, 0x305, 2));
    }

    @Test
    void foreignSequenceNumbersAndPortsAreDropped() throws Exception {
      GenericNetlink netlink = open();
      NetlinkMessage mine = reply(1);
      kernel.answer(
          new NetlinkMessage(mine.type(), 2, 99, mine.port(), mine.payload()),
          new NetlinkMessage(mine.type(), 2, 2, 666, mine.payload()),
          Kernel.error(1, 5),
          mine,
          Kernel.error(2, 0));
      assertThat(dump(netlink)).containsExactly(1L);
    }

    @Test
    void anErrorAtTheEndOfADumpFailsIt() throws Exception {
      GenericNetlink netlink = open();
      kernel.answer(reply(1), Kernel.end(3, 2, 2, 12, new byte[0]));
      fails(() -> dump(netlink), 12, "pfctl");
    }

    @Test
    void theKernelsWordsAreTold() throws Exception {
      GenericNetlink netlink = open();
      byte[] words = NetlinkAttribute.toBytes(List.of(NetlinkAttribute.text(1, "no such table")));
      byte[] capped = new byte[16 + words.length];
      System.arraycopy(words, 0, capped, 16, words.length);
      kernel.answer(Kernel.end(2, 0x300, 2, 3, capped));
      fails(() -> dump(netlink), 3, "no such table");
      byte[] whole = new byte[20 + words.length];
      ByteBuffer.wrap(whole).order(ByteOrder.nativeOrder()).putInt(20);
      System.arraycopy(words, 0, whole, 20, words.length);
      kernel.answer(Kernel.end(2, 0x200, 3, 3, whole));
      fails(() -> dump(netlink), 3, "no such table");
      ByteBuffer.wrap(whole).order(ByteOrder.nativeOrder()).putInt(Integer.MAX_VALUE);
      kernel.answer(Kernel.end(2, 0x200, 4, 3, whole));
      fails(() -> dump(netlink), 3, "refused");
    }

    @Test
    void whatIsCutOffIsNotTakenForAll() throws Exception {
      GenericNetlink netlink = open();
      byte[] whole = reply(1).toBytes();
      kernel.answers.add(Arrays.copyOf(whole, whole.length - 4));
      fails(
          () -> dump(netlink),
          0,
          "28 of 28 bytes are no message".replace("28", "" + (whole.length - 4)));
      NetlinkMessage reply = Kernel.reply(Kernel.FAMILY, 3, List.of(NetlinkAttribute.u32(1, 1)));
      kernel.answer(
          new NetlinkMessage(reply.type(), 2, 3, reply.port(), Arrays.copyOf(reply.payload(), 10)));
      fails(() -> dump(netlink), 0, "attributes are cut off");
      kernel.answer(new NetlinkMessage(2, 0, 4, reply.port(), new byte[3]));
      fails(() -> dump(netlink), 0, "without an errno");
    }

    @Test
    void silenceAndLossAreTold() throws Exception {
      GenericNetlink netlink = open();
      fails(() -> dump(netlink), 35, "no answer within 5 s");
      kernel.answer(new NetlinkMessage(4, 0, 3, Kernel.PORT, new byte[0]));
      fails(() -> dump(netlink), 55, "lost");
    }

    @Test
    void aFamilyThatIsNotThereLeavesNoSocketOpen() {
      kernel.answers.clear();
      kernel.answer(Kernel.error(1, 2));
      fails(this::open, 2, "pfctl");
      assertThat(kernel.closed).isTrue();
      kernel.answer(Kernel.error(1, 0));
      fails(this::open, 0, "no id for family pfctl");
    }
  }
}
