// SPDX-License-Identifier: Apache-2.0
/**
 * What is known about a policy domain, and what follows from it for one MX host.
 *
 * <p>A {@link io.github.mtasts.decision.Resolution} is what a sender knows about a domain at one
 * moment: a policy in force, or the reason why there is none. Its {@code decide(mx)} returns an
 * {@link io.github.mtasts.decision.MxDecision} with a {@link
 * io.github.mtasts.decision.Requirement}: what the sender must see before MAIL FROM. A policy in
 * mode enforce gives ENFORCED for a listed MX host and REFUSED for others, one in testing gives
 * TESTING, everything else OPPORTUNISTIC (RFC 8461 §5). Two settings of the operator change this: a
 * {@link io.github.mtasts.decision.PolicyOverride} for one domain, and shadow mode for all. Each
 * result explains itself in a few sentences.
 *
 * <p>A {@link io.github.mtasts.decision.ResolverListener} receives the events: records checked,
 * policies fetched, failures, and how each TLS session ended, by the {@link
 * io.github.mtasts.decision.ResultType} of TLS reports (RFC 8460).
 */
@NullMarked
package io.github.mtasts.decision;

import org.jspecify.annotations.NullMarked;
