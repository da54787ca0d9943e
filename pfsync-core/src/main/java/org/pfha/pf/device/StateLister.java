package org.pfha.pf.device;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.pfha.net.sys.NativeMemory;
import org.pfha.net.sys.SystemCallException;
import org.pfha.pf.PfState;

/**
 * Lists the kernel's states (spec pf-ioctl 5.4). The kernel fills one buffer outside the heap and
 * stops silently when it is full, so a listing counts only if enough of the buffer stayed free.
 * Thread-safe.
 */
final class StateLister {

  /** Free space by which a listing is taken to be complete: a quarter, and this many records. */
  private static final int SPARE_RECORDS = 64;

  private static final int MAX_ROUNDS = 8;

  /** The kernel's lengths are ints; one record short of the largest, so that an index fits too. */
  private static final long MAX_LENGTH = (long) Integer.MAX_VALUE - StateRecord.EXPORT.size();

  /** A kernel that has only the packed records may allocate as much as it is asked for. */
  static final long PACKED_CAP = 256L << 20;

  private final PfChannel channel;
  private final long cap;

  /**
   * Lists by a device.
   *
   * @param cap the largest buffer, in bytes
   */
  StateLister(PfChannel channel, long cap) {
    this.channel = channel;
    this.cap = Math.min(cap, MAX_LENGTH);
  }

  StateListing list(Consumer<PfState> each) throws PfException {
    try {
      return list(StateRecord.EXPORT, each);
    } catch (PfUnsupportedException | PfSecurelevelException e) {
      return listByNetlink(each);
    }
  }

  private StateListing listByNetlink(Consumer<PfState> each) throws PfException {
    long[] states = {0};
    try (PfctlNetlink netlink = PfctlNetlink.open(channel.calls())) {
      netlink.states(
          state -> {
            states[0]++;
            each.accept(state);
          });
      return new StateListing(StateListing.Method.NETLINK, states[0], 0, 0, 1);
    } catch (SystemCallException e) {
      if (states[0] > 0) {
        throw new PfException("the listing by netlink broke off", e.errno(), e);
      }
      return listPacked(each, e);
    }
  }

  /** By the oldest way: the family is not there, or stricter than the device (spec 10.1). */
  private StateListing listPacked(Consumer<PfState> each, SystemCallException notByNetlink)
      throws PfException {
    try {
      return list(StateRecord.PACKED, each);
    } catch (PfException e) {
      e.addSuppressed(notByNetlink);
      throw e;
    }
  }

  private StateListing list(StateRecord record, Consumer<PfState> each) throws PfException {
    long most = record == StateRecord.PACKED ? Math.min(cap, PACKED_CAP) : cap;
    long size = Math.max(estimate(record) * 2, 2L * SPARE_RECORDS * record.size());
    for (int round = 1; ; round++) {
      int capacity = (int) Math.min(size, most);
      try (NativeMemory memory = channel.calls().allocate(capacity)) {
        int written = request(record, capacity, memory.buffer());
        int free = capacity - written;
        if (free >= capacity / 4 && free >= SPARE_RECORDS * record.size()) {
          long skipped = handOn(record, memory.buffer(), written, each);
          return new StateListing(
              record == StateRecord.EXPORT
                  ? StateListing.Method.EXPORT
                  : StateListing.Method.PACKED,
              written / record.size() - skipped,
              skipped,
              capacity,
              round);
        }
      }
      if (size >= most || round == MAX_ROUNDS) {
        throw new PfException(
            "the states fill a buffer of %d bytes; open the device with a larger state buffer"
                .formatted(capacity));
      }
      size *= 2;
    }
  }

  /** Bytes for the states there are now, those being removed included. */
  private long estimate(StateRecord record) throws PfException {
    return request(record, 0, ByteBuffer.allocate(0));
  }

  private int request(StateRecord record, int length, ByteBuffer buffer) throws PfException {
    ByteBuffer argument;
    if (record == StateRecord.EXPORT) {
      argument = Struct.of(Layouts.PFIOC_STATES_V2);
      argument.putInt(Layouts.STATES_V2_LEN, length);
      // a later version than the kernel's is refused; this one works wherever the request does
      argument.putLong(Layouts.STATES_V2_REQ_VERSION, StateRecord.VERSION_13);
      channel.call(PfRequest.DIOCGETSTATESV2, argument, Layouts.STATES_V2_BUF, buffer);
    } else {
      argument = Struct.of(Layouts.PFIOC_STATES);
      argument.putInt(Layouts.STATES_LEN, length);
      channel.call(PfRequest.DIOCGETSTATES, argument, Layouts.STATES_BUF, buffer);
    }
    int answer = argument.getInt(Layouts.STATES_LEN);
    if (answer < 0 || (length > 0 && answer > length) || answer % record.size() != 0) {
      throw new PfException(
          "the kernel says that states take %d bytes of %d".formatted(answer, length));
    }
    return answer;
  }

  private static long handOn(
      StateRecord record, ByteBuffer buffer, int written, Consumer<PfState> each) {
    long skipped = 0;
    for (int at = 0; at < written; at += record.size()) {
      PfState state = record.decode(buffer, at);
      if (state == null) {
        skipped++;
      } else {
        each.accept(state);
      }
    }
    return skipped;
  }
}
