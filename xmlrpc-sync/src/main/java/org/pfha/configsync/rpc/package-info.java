/** XML-RPC over HTTPS, hardened on both sides. */
@org.jspecify.annotations.NullMarked
package org.pfha.configsync.rpc;
