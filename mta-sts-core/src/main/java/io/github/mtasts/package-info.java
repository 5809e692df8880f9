// SPDX-License-Identifier: Apache-2.0
/**
 * The sender's half of MTA-STS (RFC 8461): start reading at {@link
 * io.github.mtasts.PolicyResolver}.
 *
 * <p>A policy domain announces a policy by a TXT record and publishes it by HTTPS. The policy lists
 * the domain's MX hosts, asks for TLS with a trusted certificate, and is cached for its max_age.
 * {@code resolve(domain)} returns a {@link io.github.mtasts.decision.Resolution}; its {@code
 * decide(mx)} says whether mail may go to an MX host, and under which TLS.
 *
 * <p>The layers; each uses only those below it:
 *
 * <pre>
 * mail                          Jakarta Mail
 * tls                           the check inside the TLS handshake
 * (this package)                the resolver, its builder, the operator's view of the cache
 * overrides  refresh  resolver  internal: operator's overrides; renewal; one lookup per domain
 * cache  stored                 internal: cache entries and lifetimes; access to a PolicyStore
 * discovery  fetch  store       DNS; HTTPS (internal); the store interface and its implementations
 * decision                      results, decisions, events: what users see
 * address  x509  policy         address ranges; certificates (internal); policies and their grammar
 * </pre>
 */
@NullMarked
package io.github.mtasts;

import org.jspecify.annotations.NullMarked;
