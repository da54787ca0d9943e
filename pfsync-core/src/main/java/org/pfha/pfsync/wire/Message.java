package org.pfha.pfsync.wire;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StatePeer;

/** One message of a packet as a value (spec pfsync 3, 5). Immutable. */
public sealed interface Message {

  /**
   * The action whose section it stands in.
   *
   * @return an action number
   */
  int action();

  /**
   * A state in full.
   *
   * @param action an INS, UPD or DEL of some format; it decides the encoding
   * @param state the state
   */
  record FullState(int action, PfState state) implements Message {}

  /**
   * A compressed update.
   *
   * @param id the state's id
   * @param creatorId its creator
   * @param src the initiator
   * @param dst the responder
   * @param timeout timeout index, 0–255
   * @param expire seconds, unsigned 32 bits; sent as 0 and not looked at
   * @param stateFlags lower eight bits; OpenBSD only, 0 elsewhere
   */
  record Update(
      long id,
      int creatorId,
      StatePeer src,
      StatePeer dst,
      int timeout,
      long expire,
      int stateFlags)
      implements Message {

    @Override
    public int action() {
      return Action.UPD_C;
    }
  }

  /**
   * A message that names a state and nothing else.
   *
   * @param action {@link Action#INS_ACK}, {@link Action#UPD_REQ} or {@link Action#DEL_C}
   * @param id the state's id
   * @param creatorId its creator
   */
  record Named(int action, long id, int creatorId) implements Message {

    /** Checks the action. */
    public Named {
      checkArgument(
          action == Action.INS_ACK || action == Action.UPD_REQ || action == Action.DEL_C,
          "action %s does not just name a state",
          action);
    }

    /**
     * The state's name.
     *
     * @return id and creator
     */
    public StateId stateId() {
      return new StateId(id, creatorId);
    }
  }

  /**
   * An order to drop all states of a creator.
   *
   * @param ifname up to 15 characters, empty for every interface
   * @param creatorId whose states go
   */
  record Clear(String ifname, int creatorId) implements Message {

    /** Checks the name's length. */
    public Clear {
      checkArgument(ifname.length() <= PfState.MAX_IFNAME, "interface '%s' is too long", ifname);
    }

    @Override
    public int action() {
      return Action.CLR;
    }
  }

  /**
   * Start or end of a bulk transfer.
   *
   * @param creatorId host id of who transfers
   * @param endTime seconds since the request, unsigned 32 bits
   * @param status {@link Action#BUS_START}, {@link Action#BUS_END} or another byte
   */
  record Bulk(int creatorId, long endTime, int status) implements Message {

    @Override
    public int action() {
      return Action.BUS;
    }
  }

  /**
   * IPsec replay counters of a security association.
   *
   * @param wide whether it is OpenBSD's of 52 bytes
   * @param spi security parameter index, unsigned
   * @param destination a BSD socket address of 28 bytes
   * @param replay replay counter, unsigned; 32 bits unless wide
   * @param bytes processed, unsigned
   * @param proto 50 ESP, 51 AH
   * @param updates 0–255
   * @param routingDomain 0–65535; 0 unless wide
   */
  @SuppressWarnings("ArrayRecordComponent") // equals and hashCode look into it
  record Tdb(
      boolean wide,
      int spi,
      byte[] destination,
      long replay,
      long bytes,
      int proto,
      int updates,
      int routingDomain)
      implements Message {

    /** Copies the address. */
    public Tdb {
      checkArgument(
          destination.length == TdbView.DESTINATION_SIZE,
          "socket address of %s bytes, not 28",
          destination.length);
      destination = destination.clone();
    }

    @Override
    public byte[] destination() {
      return destination.clone();
    }

    @Override
    public int action() {
      return wide ? Action.OPENBSD_TDB : Action.TDB;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Tdb that
          && wide == that.wide
          && spi == that.spi
          && Arrays.equals(destination, that.destination)
          && replay == that.replay
          && bytes == that.bytes
          && proto == that.proto
          && updates == that.updates
          && routingDomain == that.routingDomain;
    }

    @Override
    public int hashCode() {
      return Objects.hash(spi, Arrays.hashCode(destination), replay, bytes);
    }

    @Override
    public String toString() {
      return "Tdb[spi=%08x, destination=%s, replay=%d]"
          .formatted(spi, HexFormat.of().formatHex(destination), replay);
    }
  }
}
