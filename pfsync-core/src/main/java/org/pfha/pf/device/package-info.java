/**
 * The FreeBSD kernel's pf from Java: its device, structures, nvlists, netlink, and a kernel in
 * memory.
 *
 * <p>What is odd or dangerous about the interface (spec pf-ioctl), what is done about it, and the
 * test that shows it:
 *
 * <table>
 *   <caption>Quirks</caption>
 *   <tr><th>Spec</th><th>The kernel</th><th>The library</th><th>Tests</th></tr>
 *   <tr><td>12.1</td><td>an empty kill or clear filter flushes the table</td>
 *     <td>refused before the kernel is asked; flushing is a method of its own</td>
 *     <td>{@code PfStatesTest#anEmptyFilterIsRefusedAndNothingIsAsked}<br>
 *       {@code PfStatesTest#aCreatorAloneWouldMatchEverythingAndIsRefused}</td></tr>
 *   <tr><td>12.2</td><td>stopping, and the skip flag, open the firewall</td>
 *     <td>need a Danger when the device is opened</td>
 *     <td>{@code PfDeviceTest#dangersAreRefusedUnlessAccepted}</td></tr>
 *   <tr><td>12.3</td><td>setting pfsync without a version panics the machine</td>
 *     <td>every set names one</td>
 *     <td>{@code KernelPfsyncTest#everySetNamesAVersionOrTheKernelPanics}</td></tr>
 *   <tr><td>12.4</td><td>ENOSPC after kill or clear: done, but the count is lost</td>
 *     <td>PfCountLostException; not repeated</td>
 *     <td>{@code PfStatesTest#aCountThatIsLostIsNotAskedForAgain}</td></tr>
 *   <tr><td>12.5</td><td>SIOCGVH for all hosts answers with foreign memory</td>
 *     <td>one request per virtual host, or netlink</td>
 *     <td>{@code KernelCarpTest#allVirtualHostsAreReadWithoutTheLeakingRequest}</td></tr>
 *   <tr><td>12.6</td><td>SIOCSVH creates hosts and always writes advskew</td>
 *     <td>reads before it writes; creating is a method of its own</td>
 *     <td>{@code KernelCarpTest#nothingIsCreatedByAccident}<br>
 *       {@code KernelCarpTest#aVirtualHostIsCreatedReadChangedAndForced}</td></tr>
 *   <tr><td>12.7</td><td>writing the demotion adds to it</td>
 *     <td>the method says so, amounts are taken back</td>
 *     <td>{@code KernelCarpTest#demotionIsAddedAndTakenBack}</td></tr>
 *   <tr><td>12.8</td><td>lists of states are cut silently</td>
 *     <td>a list counts only if a quarter of the buffer stayed free</td>
 *     <td>{@code StateListingTest#aFullOrNearlyFullBufferIsNotBelieved}<br>
 *       {@code StateListingTest#aKernelThatStopsBeforeAWholeRowIsStillReadToTheEnd}</td></tr>
 *   <tr><td>12.9</td><td>lower limits and timeouts take effect at once</td>
 *     <td>need a Danger</td>
 *     <td>{@code PfDeviceTest#dangersAreRefusedUnlessAccepted}<br>
 *       {@code PfSettingsTest#limitsAreReadAndSet}</td></tr>
 *   <tr><td>12.10</td><td>zeroed statistics are lost to everyone</td>
 *     <td>need a Danger</td>
 *     <td>{@code PfDeviceTest#dangersAreRefusedUnlessAccepted}</td></tr>
 *   <tr><td>12.11</td><td>reading a rule can reset its counters</td>
 *     <td>no request made here can</td>
 *     <td>{@code PfSettingsTest#rulesAreReadWithTheirCountersAndNothingIsReset}</td></tr>
 *   <tr><td>12.12</td><td>another host id orphans states</td>
 *     <td>needs a Danger</td>
 *     <td>{@code PfDeviceTest#dangersAreRefusedUnlessAccepted}</td></tr>
 *   <tr><td>12.13</td><td>13.0 allocates as much as a list asks for</td>
 *     <td>capped, lower than where records are copied row by row</td>
 *     <td>{@code StateListingTest#anOldKernelIsNotAskedForAnAbsurdLength}</td></tr>
 *   <tr><td>5.1</td><td>after ENOSPC the length is the reply's and of no use</td>
 *     <td>asked again with the request's length and twice the room</td>
 *     <td>{@code PfDeviceTest#aReplyThatDoesNotFitIsAskedForAgainWithTwiceTheRoom}</td></tr>
 *   <tr><td>5.2</td><td>the host id is in network order, a third verdict is unused</td>
 *     <td>decoded, skipped</td>
 *     <td>{@code PfDeviceTest#statusIsReadByTheRequestOfTheRelease}<br>
 *       {@code GoldenStructsTest#whatWasReadIsWrittenAlike}</td></tr>
 *   <tr><td>5.3</td><td>starting twice is EEXIST, stopping twice ENOENT</td>
 *     <td>both are success</td>
 *     <td>{@code PfDeviceTest#startingAndStoppingAreIdempotent}</td></tr>
 *   <tr><td>5.4</td><td>a version above the kernel's is refused</td>
 *     <td>the oldest is asked for, the record's own counts</td>
 *     <td>{@code InMemoryPfTest#aNewerRecordVersionThanTheKernelsIsRefused}<br>
 *       {@code GoldenStructsTest#aLaterVersionOfTheRecordIsReadAsFarAsItIsKnown}</td></tr>
 *   <tr><td>5.4</td><td>a state may be listed twice or not at all</td>
 *     <td>gone is what several listings lack</td>
 *     <td>{@code KernelBridgeTest#aStateThatOneListingLeavesOutIsNotGone}</td></tr>
 *   <tr><td>5.4.1</td><td>the 242-byte record is packed and in network order</td>
 *     <td>one table of offsets, checked against compilers</td>
 *     <td>{@code GoldenStructsTest#whatWasReadIsWrittenAlike}<br>
 *       {@code KernelLayoutTest#everyFieldLiesWhereTheCompilerOfItsReleasePutIt}</td></tr>
 *   <tr><td>5.4.2</td><td>the 384-byte record mixes byte orders</td>
 *     <td>version and counters are host order, the rest is not</td>
 *     <td>{@code GoldenStructsTest#whatWasReadIsWrittenAlike}</td></tr>
 *   <tr><td>5.5</td><td>a state that is absent is ENOENT</td>
 *     <td>an empty answer</td>
 *     <td>{@code PfStatesTest#statesAreInsertedFoundListedAndKilled}</td></tr>
 *   <tr><td>5.6</td><td>15 refuses rules without a pool, all refuse routes of the default rule</td>
 *     <td>inserted on the default rule, without route</td>
 *     <td>{@code PfStatesTest#aStateIsInsertedInTheWayThatEveryReleaseTakes}<br>
 *       {@code PfStatesTest#insertingSaysWhatIsMissing}</td></tr>
 *   <tr><td>5.6</td><td>an expiry of 0 is a full timeout</td>
 *     <td>a state about to expire gets one second</td>
 *     <td>{@code KernelBridgeTest#aStateWithNoTimeLeftIsNotGivenAFullTimeout}</td></tr>
 *   <tr><td>5.7</td><td>clearing looks at the interface only</td>
 *     <td>takes nothing else</td>
 *     <td>{@code PfStatesTest#clearingLooksAtTheInterfaceOnly}</td></tr>
 *   <tr><td>5.7</td><td>13.0 leaves the count alone when nothing matched</td>
 *     <td>it is zero beforehand</td>
 *     <td>{@code PfStatesTest#statesAreInsertedFoundListedAndKilled}</td></tr>
 *   <tr><td>5.7</td><td>older kernels ignore a wish they do not know</td>
 *     <td>refused where it would be ignored</td>
 *     <td>{@code PfStatesTest#whatAReleaseCannotCompareIsRefusedNotIgnored}</td></tr>
 *   <tr><td>5.8</td><td>a limit of 0 means no limit on 15 only</td>
 *     <td>refused elsewhere</td>
 *     <td>{@code PfSettingsTest#limitsAreReadAndSet}</td></tr>
 *   <tr><td>5.8</td><td>an interval of 0 becomes 1</td>
 *     <td>shown as it became</td>
 *     <td>{@code PfSettingsTest#timeoutsAreReadAndSet}</td></tr>
 *   <tr><td>5.9</td><td>too small a buffer gets nothing, and request_maxcount bounds it</td>
 *     <td>asked again by the size told; additions are split</td>
 *     <td>{@code PfTablesTest#moreAddressesThanARequestMayMoveAreSplit}</td></tr>
 *   <tr><td>5.9</td><td>bits behind a prefix, flags of the kernel: EINVAL without a word</td>
 *     <td>refused with a word</td>
 *     <td>{@code PfTablesTest#whatTheKernelWouldRefuseWithoutAWordIsExplained}</td></tr>
 *   <tr><td>5.9</td><td>a missing table is ESRCH, a constant one EPERM</td>
 *     <td>exceptions of their own</td>
 *     <td>{@code PfTablesTest#aMissingTableIsCalledThat}<br>
 *       {@code PfTablesTest#aConstantTableIsNotChanged}</td></tr>
 *   <tr><td>5.10</td><td>too small a buffer is answered with one more than it holds</td>
 *     <td>doubled until it is not</td>
 *     <td>{@code PfSettingsTest#allInterfacesAreListedThoughTheKernelDoesNotSayHowMany}</td></tr>
 *   <tr><td>5.11</td><td>15 inserts a byte into source nodes</td>
 *     <td>a layout per release</td>
 *     <td>{@code PfSettingsTest#sourceNodesAreReadByTheLayoutOfTheRelease}</td></tr>
 *   <tr><td>5.11</td><td>a stale ticket is EBUSY</td>
 *     <td>rules are read again, a transaction is dropped</td>
 *     <td>{@code PfSettingsTest#rulesThatWereLoadedMeanwhileAreReadAgain}<br>
 *       {@code PfTablesTest#aDefinitionThatFailsChangesNothing}</td></tr>
 *   <tr><td>5.11</td><td>no-df without reassembly is dropped</td>
 *     <td>documented</td>
 *     <td>{@code PfSettingsTest#theSmallSettingsAreWhereTheReleaseHasThem}</td></tr>
 *   <tr><td>8.1</td><td>the plain form resets the version and cannot say IPv6</td>
 *     <td>used on 13 only</td>
 *     <td>{@code KernelPfsyncTest#theVersionSurvivesOtherChanges}<br>
 *       {@code KernelPfsyncTest#release13CannotDoEverything}</td></tr>
 *   <tr><td>8.2</td><td>a set replaces everything; left-out keys are reset</td>
 *     <td>read, changed, written back whole</td>
 *     <td>{@code KernelPfsyncTest#everythingButTheChangeStaysAsItIs}<br>
 *       {@code KernelPfsyncTest#aSetWithoutMaxupdatesOrFlagsZeroesEverything}</td></tr>
 *   <tr><td>8.2</td><td>a link-local peer needs its scope</td>
 *     <td>kept</td>
 *     <td>{@code KernelPfsyncTest#linkLocalPeersKeepTheirScope}</td></tr>
 *   <tr><td>8.2</td><td>13 does not know the nvlist requests</td>
 *     <td>the plain pair, once and for all</td>
 *     <td>{@code KernelPfsyncTest#aReadOnce13StaysPlain}</td></tr>
 *   <tr><td>9.1</td><td>each errno of SIOCGVH means something else</td>
 *     <td>an exception for each</td>
 *     <td>{@code KernelCarpTest#everyErrnoHasItsException}</td></tr>
 *   <tr><td>9.2</td><td>peers and VRRP exist by netlink only</td>
 *     <td>NotSupported elsewhere</td>
 *     <td>{@code KernelCarpTest#peersAreForKernelsThatKnowThem}<br>
 *       {@code KernelCarpTest#release15AlsoSpeaksVrrp}</td></tr>
 *   <tr><td>9.3</td><td>the length of pfsync's statistics tells the release</td>
 *     <td>actions are counted from it</td>
 *     <td>{@code KernelPfsyncTest#theCountersTellHowManyActionsThereAre}</td></tr>
 * </table>
 */
@org.jspecify.annotations.NullMarked
package org.pfha.pf.device;
