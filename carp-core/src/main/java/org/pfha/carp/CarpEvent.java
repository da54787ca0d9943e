package org.pfha.carp;

/**
 * Something that an operator would graph, or be told of at night. Each is an immutable record whose
 * {@code toString} is a line for a log.
 */
public sealed interface CarpEvent
    permits RoleChange,
        DecisionMade,
        Diagnosed,
        DemotionChange,
        HookResult,
        ProbeStatus,
        LoopDelay {}
