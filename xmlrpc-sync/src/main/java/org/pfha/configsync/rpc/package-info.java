/**
 * XML-RPC over HTTPS, hardened on both sides. Source: spec sections 2, 3, 6, 20 to 23.
 *
 * <p>Apache XML-RPC ({@code xmlrpc-common} of the maintained fork) is the encoding layer. Used as
 * they are: the recursive SAX value parser ({@code RecursiveTypeParserImpl}), the type parser and
 * type factory contracts ({@code TypeParserImpl}, {@code TypeFactory}), the message writer ({@code
 * XmlRpcWriter}) and its serializer contract. Replaced through its own extension points:
 *
 * <ul>
 *   <li>its XML reader, by the JDK's parser with every DOCTYPE refused and a decoder that knows
 *       UTF-8 and marked UTF-16 only;
 *   <li>in front of its parsers, a filter that counts depth, values, parameters, names, digits and
 *       texts;
 *   <li>the parsers of calls and answers: pfSense accepts any root and several values in one
 *       parameter, faults come in any shape, and the library's own deserialises fault causes;
 *   <li>the parsers of values: structs keep their order, {@code i8} and {@code nil} are read,
 *       decoding is strict or like one product, and nothing deserialises;
 *   <li>its output: characters outside the BMP, control characters, carriage returns, empty texts;
 *   <li>its transports and its server: not used at all.
 * </ul>
 *
 * <p>Messages are never held twice. A call is encoded into pieces that are sent as they are, as
 * often as needed; a body is decoded from the stream while it arrives.
 *
 * <p>Attacks of spec section 22 and the tests that go red when the defence is taken away, all in
 * this package:
 *
 * <table>
 * <caption>attack → test</caption>
 * <tr><th>row</th><th>defence</th><th>test</th></tr>
 * <tr><td>1</td><td>any DOCTYPE refused, nothing ever loaded</td>
 *     <td>{@code XmlAttackTest.externalEntitiesAreNeitherReadNorFetched}</td></tr>
 * <tr><td>2</td><td>the same</td><td>{@code XmlAttackTest.entitiesAreNotExpanded}</td></tr>
 * <tr><td>3</td><td>a fixed list of types; no {@code ObjectInputStream} reachable</td>
 *     <td>{@code XmlAttackTest.extensionTypesAreRefusedOrLeftOut}, {@code
 *     DependenciesTest.nothingThatDeserialisesIsReachable}</td></tr>
 * <tr><td>4</td><td>code and text only, text cut</td>
 *     <td>{@code XmlAttackTest.aFaultCauseIsNeverDeserialised}</td></tr>
 * <tr><td>6</td><td>no inflation of requests; size and ratio counted while answers stream</td>
 *     <td>{@code HttpAttackTest.compressedRequestsAreNotInflated}, {@code
 *     ClientFailureTest.compressedAnswersAreReadButBombsAreNot}</td></tr>
 * <tr><td>7</td><td>limit announced and counted, ambiguous lengths refused</td>
 *     <td>{@code HttpAttackTest.anAnnouncedBodyBeyondTheLimitIsRefusedUnread}, {@code
 *     HttpAttackTest.anUnannouncedBodyBeyondTheLimitIsCutOff}, {@code
 *     ClientFailureTest.anAnswerIsCutOffAtItsLimit}</td></tr>
 * <tr><td>8</td><td>64 values deep</td>
 *     <td>{@code XmlAttackTest.valuesNestedTooDeepAreRefused}</td></tr>
 * <tr><td>9</td><td>counts and lengths</td><td>{@code XmlAttackTest.manySmallThingsAreRefused},
 *     {@code XmlAttackTest.moreValuesThanAnyConfigurationHasAreRefused}, {@code
 *     XmlAttackTest.markupWithoutEndIsRefusedBeforeItIsCollected}</td></tr>
 * <tr><td>15</td><td>verified before anything is sent; no redirect, no plain HTTP, TLS 1.2</td>
 *     <td>{@code TlsTest.eachWayNotToBeTrustedHasItsCause}, {@code
 *     TlsTest.acceptingAnythingIsLoggedWithoutSecrets}, {@code
 *     TlsTest.aPeerWithoutTlsGetsNoCredentials}, {@code
 *     ClientFailureTest.redirectsAreNotFollowedAndGetNoCredentials}, {@code
 *     ClientFailureTest.plainHttpAndCredentialsInUrlsAreRefusedAllAtOnce}, {@code
 *     TlsFloorTest.aServerOfThisProjectDoesNotSpeakOlderProtocols}, {@code
 *     TlsFloorTest.norDoesAClient}</td></tr>
 * <tr><td>16</td><td>the same work for unknown names; pauses, bounded</td>
 *     <td>{@code AccessAttackTest.unknownNamesCostAsMuchAsKnownOnesAndReadTheSame}, {@code
 *     AccessAttackTest.whoGuessesWaitsLongerAndLonger}, {@code
 *     AccessAttackTest.theTableOfOffendersIsBoundedAndAnIpv6NetworkIsOne}</td></tr>
 * <tr><td>17</td><td>default deny</td><td>{@code
 *     AccessAttackTest.whoMayReadMayNotWriteAndWhoIsUnknownHereMayNothing}, {@code
 *     AccessAttackTest.aFailingAuthenticatorAcceptsNobody}</td></tr>
 * <tr><td>18</td><td>credentials before the body</td><td>{@code
 *     AccessAttackTest.noByteOfABodyIsReadBeforeTheCredentialsAreAccepted}</td></tr>
 * <tr><td>19</td><td>deadlines and rates, a share of the threads for each address</td>
 *     <td>{@code HttpAttackTest.slowHeadsSlowBodiesAndSilentConnectionsDoNotStarveOthers}, {@code
 *     HttpAttackTest.aCallerThatDoesNotTakeItsAnswerIsLetGo}, {@code
 *     HttpAttackTest.oneAddressGetsOnlyItsShareOfTheThreads}, {@code
 *     RpcHttpsServerTest.silentConnectionsAreClosedByTheJdk}</td></tr>
 * <tr><td>20</td><td>one deadline over everything</td>
 *     <td>{@code ClientFailureTest.theBudgetCoversEveryStep}</td></tr>
 * <tr><td>25</td><td>one line, bounded, nothing a terminal obeys; no secrets</td>
 *     <td>{@code AccessAttackTest.whatCallersSendReachesLogsAsOneHarmlessLine}, {@code
 *     AccessAttackTest.secretsAreInNoText}, {@code
 *     ClientFailureTest.anHttpStatusIsNamedWithoutItsBody}</td></tr>
 * <tr><td>26</td><td>a map of exact names, never echoed</td>
 *     <td>{@code AccessAttackTest.onlyExactNamesAreMethodsAndNoneIsEchoed}</td></tr>
 * <tr><td>27</td><td>off, or 16 calls with their own rights</td>
 *     <td>{@code AccessAttackTest.multicallIsNotOfferedUnlessAskedFor}, {@code
 *     AccessAttackTest.multicallIsBoundedDoesNotNestAndChecksEachRight}</td></tr>
 * <tr><td>28</td><td>ambiguous heads refused, the caller is the socket's address</td>
 *     <td>{@code HttpAttackTest.aRequestThatTwoReadersCouldReadDifferentlyIsRefused}, {@code
 *     HttpAttackTest.anAbsoluteTargetIsRefused}, {@code
 *     HttpAttackTest.theCallerIsTheSocketsAddressWhateverHeadersSay}</td></tr>
 * <tr><td>30</td><td>UTF-8 and marked UTF-16, strictly; what XML cannot carry is not sent</td>
 *     <td>{@code XmlAttackTest.onlyUtf8AndMarkedUtf16AreRead}, {@code
 *     XmlAttackTest.whatXmlCannotCarryIsRefusedWhereItIsSent}</td></tr>
 * </table>
 */
@org.jspecify.annotations.NullMarked
package org.pfha.configsync.rpc;
