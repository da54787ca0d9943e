package org.pfha.pfsync.engine;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.function.IntUnaryOperator;
import org.pfha.pf.PfState;
import org.pfha.pfsync.wire.PfsyncReader;

/**
 * What the rule numbers of another ruleset mean here. The kernel knows only its own ruleset, whose
 * numbers mean themselves (spec pfsync 2.3, 8 step 6). Immutable, if the function is.
 */
public final class RuleMapping {

  private final byte[] ruleset;
  private final IntUnaryOperator numbers;

  private RuleMapping(byte[] ruleset, IntUnaryOperator numbers) {
    this.ruleset = ruleset;
    this.numbers = numbers;
  }

  /**
   * A mapping for one ruleset.
   *
   * @param ruleset its checksum, 16 bytes, as in the packets of who has it
   * @param numbers from a number there to the number here, {@link PfState#NONE} for the default
   *     rule; called on the engine's thread
   * @return a mapping
   */
  public static RuleMapping of(byte[] ruleset, IntUnaryOperator numbers) {
    checkArgument(
        ruleset.length == PfsyncReader.CHECKSUM_SIZE,
        "ruleset checksum has %s bytes; an MD5 sum has 16",
        ruleset.length);
    return new RuleMapping(ruleset.clone(), numbers);
  }

  /** Whether the sender of a packet has this ruleset. */
  boolean isOfSender(PfsyncReader packet) {
    return packet.checksumIs(ruleset);
  }

  /** The number here, or {@link PfState#NONE}. */
  int local(int number) {
    return numbers.applyAsInt(number);
  }
}
