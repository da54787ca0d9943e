/**
 * What each product says, expects and does: {@link org.pfha.configsync.dialect.PfSense}, {@link
 * org.pfha.configsync.dialect.OpnSense}, and {@link org.pfha.configsync.dialect.Sections} for
 * everything else. All of it is pure: from a configuration to what is sent, from a configuration
 * and a call to a new configuration and to the {@link org.pfha.configsync.dialect.Effect effects}
 * that an application performs.
 *
 * <p>By default both products behave as they should ({@code Behaviour.SAFE}): unchanged is
 * untouched, only enabled sections are accepted, accounts of the system stay, the node's own
 * addresses keep their order, its web certificate stays. {@code Behaviour.LIKE_THE_PRODUCT} keeps
 * every flaw that shows in the stored file, the answers and the effects, for a node that stands in
 * for one of the products; what wipes a section, breaks the file, makes an administrator or runs
 * code is refused even then.
 *
 * <p>What a dialect needs of the application is given to {@code ConfigSecondary.Builder.part}:
 * {@link org.pfha.configsync.dialect.CaptivePortal}, {@link
 * org.pfha.configsync.dialect.PackageHooks}, {@link org.pfha.configsync.dialect.Services}, {@link
 * org.pfha.configsync.dialect.PeerRelease}.
 */
@org.jspecify.annotations.NullMarked
package org.pfha.configsync.dialect;
