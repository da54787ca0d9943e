/**
 * Configuration sync: {@link org.pfha.configsync.ConfigPrimary} looks at a secondary, plans, pushes
 * and reads back; {@link org.pfha.configsync.ConfigSecondary} takes what its policy allows, stores
 * it and makes the application apply it, all of it or nothing; {@link
 * org.pfha.configsync.ConfigReplicator} pushes after each change, to several secondaries at once.
 * What the nodes speak is a {@link org.pfha.configsync.dialect.Dialect}: named opaque sections for
 * any product ({@link org.pfha.configsync.dialect.Sections}), pfSense, OPNsense.
 *
 * <p>Two nodes of this library recognise each other and then exchange digests instead of contents,
 * the ids of the nodes a configuration came through, and what the primary believes the secondary
 * holds; other products see nothing of it.
 *
 * <p>Attacks of spec section 22 on what is transferred, and the tests that go red when the defence
 * is taken away. Those on the transfer itself are in the documentation of {@code
 * org.pfha.configsync.rpc}.
 *
 * <table>
 * <caption>attack → test</caption>
 * <tr><th>row</th><th>defence</th><th>test</th></tr>
 * <tr><td>5</td><td>a strict reader of portal data: no objects, no references, limits</td>
 *     <td>{@code HostileCallTest.serialisedObjectsAreRefused}, {@code
 *     HostileCallTest.serialisedArraysNestedWithoutEndAreRefused}</td></tr>
 * <tr><td>10</td><td>names are checked, the written file is read again before it is stored</td>
 *     <td>{@code HostileCallTest.namesThatBreakTheFileAreRefused}</td></tr>
 * <tr><td>11</td><td>exact names from a list</td>
 *     <td>{@code HostileCallTest.pathsAreNoSections}, {@code
 *     SectionsTest.namesThatCannotBeAreRefused}</td></tr>
 * <tr><td>12</td><td>sections are tables, lists are lists</td>
 *     <td>{@code HostileCallTest.wrongShapesAreRefused}</td></tr>
 * <tr><td>13</td><td>only what the policy lets in, administrators only if both sides want it; an
 *     audit record</td>
 *     <td>{@code PrivilegeTest.refusedAsAWholeAndReported}, {@code
 *     PrivilegeTest.theAdministratorIsReplacedOnlyIfBothSidesWantIt}, {@code
 *     PrivilegeTest.theAuditRecordNamesSectionsAndUsersAndNoSecret}, {@code
 *     SecondaryUpdateTest.sectionsThatAreNotEnabledRefuseTheWholeCall}, {@code
 *     AdmissionTest.ofTheSystemOnlyWhatIsEnabledIsAccepted}, {@code
 *     AdmissionTest.theAdministratorStaysUnlessBothSidesWantHimReplaced}</td></tr>
 * <tr><td>14</td><td>a method exists only with a handler</td>
 *     <td>{@code SecondaryUpdateTest.methodsThatRunCodeExistOnlyWithAHandler}</td></tr>
 * <tr><td>21</td><td>read and written under one lock; the caller's expectation is checked there</td>
 *     <td>{@code SecondaryUpdateTest.overlappingCallsLoseNothing}, {@code
 *     PlanTest.thePeerChecksUnderItsOwnLockThatNobodyWroteMeanwhile}, {@code
 *     SecondaryUpdateTest.twoStoresOfOneFileKeepEachOtherOut}</td></tr>
 * <tr><td>22</td><td>what is already so is neither written nor applied</td>
 *     <td>{@code SecondaryUpdateTest.aRepeatedCallWritesAndAppliesNothing}, {@code
 *     RetryTest.aCallThatWasAppliedBeforeTheLineBrokeIsAppliedOnce}, {@code
 *     RandomSyncTest.opaqueSections}, {@code RandomSyncTest.pfSense}</td></tr>
 * <tr><td>23</td><td>ids of the nodes on the way, addresses compared as addresses, a distance
 *     between pushes</td>
 *     <td>{@code ReplicatorTest.aLoopOfThreeNodesEnds}, {@code
 *     ReplicatorTest.aConfigurationThatComesRoundIsRefusedByItsOrigin}, {@code
 *     PrivilegeTest.aCallFromTheOwnTargetIsRefused}, {@code
 *     PushScheduleTest.aStormOfChangesNeverMakesPushesComeCloser}</td></tr>
 * <tr><td>24</td><td>references are followed before anything is stored</td>
 *     <td>{@code HostileCallTest.addressesThatReferToThemselvesAreRefused}</td></tr>
 * <tr><td>25</td><td>what a peer says becomes one line of an exception</td>
 *     <td>{@code SyncExceptionTest.aPeersWordsCannotForgeLines}</td></tr>
 * <tr><td>29</td><td>files are the owner's only; a new password replaces the old one at once</td>
 *     <td>{@code SecondaryUpdateTest.everyFileOfAStoreIsTheOwnersOnly}, {@code
 *     PrivilegeTest.aNewPasswordReplacesTheOldOneAfterThePush}</td></tr>
 * </table>
 */
@org.jspecify.annotations.NullMarked
package org.pfha.configsync;
