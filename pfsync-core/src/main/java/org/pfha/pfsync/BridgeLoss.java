package org.pfha.pfsync;

import org.jspecify.annotations.Nullable;
import org.pfha.pf.StateId;
import org.pfha.pfsync.wire.LostField;

/**
 * Something that a bridge could not pass on. Immutable.
 *
 * @param towards link of the side whose release has no words for it
 * @param state that it was about, or null for a message about no single state
 * @param field what is missing there
 * @param value what the sender said
 * @param heldBack whether the whole message was held back
 */
public record BridgeLoss(
    String towards, @Nullable StateId state, LostField field, String value, boolean heldBack) {}
