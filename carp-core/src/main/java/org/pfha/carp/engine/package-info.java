/**
 * The CARP and VRRPv3 state machines and the receive path: (state, event, now) to actions.
 *
 * <p>{@link org.pfha.carp.engine.CarpInput} says which packets are believed, an {@link
 * org.pfha.carp.engine.Election} what follows from them, {@link org.pfha.carp.engine.Deadlines}
 * which election has to be ticked next. Whose rules are followed is a {@link
 * org.pfha.carp.engine.CarpProfile} or {@link org.pfha.carp.engine.VrrpProfile}.
 *
 * <h2>Checklist (spec carp 19) and the test that shows each line</h2>
 *
 * <p>Facts that are easy to get wrong:
 *
 * <ul>
 *   <li>no pseudo header: {@code EasyToGetWrongTest#theChecksumHasNoPseudoHeaderNotEvenOverIpv6}
 *   <li>counter high word first, and random while alone: {@code
 *       EasyToGetWrongTest#theCounterIsSentHighWordFirstAndIsRandomWhileAlone}
 *   <li>both families in every HMAC: {@code EasyToGetWrongTest#bothFamiliesAreInEveryHmac}
 *   <li>IPv4 sorted unsigned, and hashed before IPv6: {@code
 *       EasyToGetWrongTest#ipv4AddressesAreSortedUnsignedAndBeforeIpv6}
 *   <li>zone ids dropped: {@code EasyToGetWrongTest#zonesAreDropped}
 *   <li>type and authlen unchecked by peers: {@code
 *       EasyToGetWrongTest#typeAndAuthlenAreNotLookedAtByPeers}
 *   <li>an equal advert makes MASTER yield: {@code ScenarioTest#transcript} of {@code
 *       master-yields-to-an-equal-one.scenario}
 *   <li>demotion in the interval, not in the master-down time: {@code
 *       CarpEngineTest#demotionSlowsTheAdvertsButNotTheTakeover}
 *   <li>cut at 240: {@code ScenarioTest#transcript} of {@code advskew-241-to-254.scenario}
 *   <li>IPv4 adverts before IPv6: {@code
 *       CarpEngineTest#becomingMasterAdvertisesBothFamiliesThenAnnouncesEachAddress}
 *   <li>an immediate advert on becoming MASTER: {@code ScenarioTest#transcript} of {@code
 *       backup-times-out.scenario}
 *   <li>separate down timers per family: {@code ScenarioTest#transcript} of {@code
 *       backup-dual-stack.scenario}
 * </ul>
 *
 * <p>Recommendations:
 *
 * <ol>
 *   <li>oddities accepted and counted, a strict switch: {@code
 *       CarpInputTest#odditiesAreAcceptedAndCountedAndDroppedByTheStrictMode}; badtype and baddst:
 *       {@code CarpInputTest#theTypeAndTheGroupAreTestedThoughNoKernelDoes}
 *   <li>own echoes dropped: {@code
 *       CarpInputTest#anEchoIsAnAdvertFromAnOwnAddressByteForByteTheOwnLastOne}
 *   <li>goodbye sent and heeded: {@code ScenarioTest#transcript} of {@code
 *       stopped-with-a-goodbye.scenario} and {@code goodbye-heard-pfha.scenario}
 *   <li>announcements repeated after one and two intervals: {@code ScenarioTest#transcript} of
 *       {@code backup-times-out-pfha.scenario}
 *   <li>one monotonic clock, deadlines from the arrival: {@code
 *       EasyToGetWrongTest#deadlinesCountFromTheArrivalOfTheFrame}, {@code
 *       CarpEngineTest#timersWorkAcrossTheOverflowOfTheClock}
 *   <li>HMAC compared in constant time, every bit of it: {@code
 *       CarpAuthenticatorTest#everyChangedBitOfCounterOrHmacIsNoticed}; OpenBSD's variant on
 *       request: {@code EasyToGetWrongTest#openBsdsWayOfHashingIsAcceptedOnRequest}
 *   <li>ties broken in addition to yielding: {@code ScenarioTest#transcript} of {@code
 *       ties-pfha.scenario}, {@code ties-of-three-pfha.scenario}, {@code
 *       ties-with-bystanders-pfha.scenario} and {@code ties-dual-stack-pfha.scenario}; in hundreds
 *       of random lives: {@code ElectionSettlesTest#whateverHappensOneIsMasterAfterwards}
 *   <li>VRRPv3 by RFC 9568, FreeBSD's laxness in mind: {@code
 *       CarpInputTest#vrrpIsBelievedByTheRulesOfItsProfile}; counts that match the payload: {@code
 *       VrrpViewTest#version3IsReadAndWrittenWithItsPseudoHeader}
 * </ol>
 */
@NullMarked
package org.pfha.carp.engine;

import org.jspecify.annotations.NullMarked;
