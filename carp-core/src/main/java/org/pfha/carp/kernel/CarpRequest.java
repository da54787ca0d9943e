package org.pfha.carp.kernel;

import static com.google.common.base.Preconditions.checkArgument;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The structure of SIOCGVH and SIOCSVH, host order (spec carp 12.2). Its key is a secret and never
 * part of {@link #toString}. Immutable.
 *
 * <pre>
 *   0 count 4   4 vhid 4   8 state 4   12 advskew 4   16 advbase 4   20 key 20
 * </pre>
 */
public final class CarpRequest {

  /** Bytes of the structure. */
  public static final int SIZE = 40;

  /** Bytes of the key. */
  public static final int KEY_SIZE = 20;

  static final int COUNT_OFFSET = 0;
  static final int VHID_OFFSET = 4;
  static final int STATE_OFFSET = 8;
  static final int ADVSKEW_OFFSET = 12;
  static final int ADVBASE_OFFSET = 16;
  static final int KEY_OFFSET = 20;

  private final int count;
  private final int vhid;
  private final int state;
  private final int advskew;
  private final int advbase;
  private final byte[] key;

  CarpRequest(int count, int vhid, int state, int advskew, int advbase, byte[] key) {
    this.count = count;
    this.vhid = vhid;
    this.state = state;
    this.advskew = advskew;
    this.advbase = advbase;
    this.key = Arrays.copyOf(key, KEY_SIZE);
  }

  /**
   * Reads the structure.
   *
   * @param bytes 40 of them
   * @return what they say, whether it makes sense or not
   */
  public static CarpRequest ofBytes(byte[] bytes) {
    checkArgument(bytes.length == SIZE, "a carpreq has 40 bytes, not %s", bytes.length);
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    return new CarpRequest(
        in.getInt(COUNT_OFFSET),
        in.getInt(VHID_OFFSET),
        in.getInt(STATE_OFFSET),
        in.getInt(ADVSKEW_OFFSET),
        in.getInt(ADVBASE_OFFSET),
        Arrays.copyOfRange(bytes, KEY_OFFSET, SIZE));
  }

  /**
   * Writes the structure.
   *
   * @return 40 bytes
   */
  public byte[] toBytes() {
    return ByteBuffer.allocate(SIZE)
        .order(ByteOrder.nativeOrder())
        .putInt(count)
        .putInt(vhid)
        .putInt(state)
        .putInt(advskew)
        .putInt(advbase)
        .put(key)
        .array();
  }

  /**
   * Asked: how many fit. Answered: how many there are.
   *
   * @return such as 1
   */
  public int count() {
    return count;
  }

  /**
   * The virtual host.
   *
   * @return 1–255, 0 for all
   */
  public int vhid() {
    return vhid;
  }

  /**
   * The role.
   *
   * @return 0 INIT, 1 BACKUP, 2 MASTER
   */
  public int state() {
    return state;
  }

  /**
   * What is added to the interval.
   *
   * @return 1/256 s, 0–254
   */
  public int advskew() {
    return advskew;
  }

  /**
   * The interval.
   *
   * @return seconds, 1–255; 0 keeps it
   */
  public int advbase() {
    return advbase;
  }

  /**
   * The passphrase, which the kernel tells root only.
   *
   * @return a copy of 20 bytes, padded with zeros; a first byte of 0 keeps it
   */
  public byte[] key() {
    return key.clone();
  }

  /** All but the key. */
  @Override
  public String toString() {
    return "CarpRequest[count=%d, vhid=%d, state=%d, advskew=%d, advbase=%d]"
        .formatted(count, vhid, state, advskew, advbase);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CarpRequest request && Arrays.equals(toBytes(), request.toBytes());
  }

  @Override
  public int hashCode() {
    return Objects.hash(count, vhid, state, advskew, advbase);
  }
}
