// SPDX-License-Identifier: Apache-2.0
/**
 * Policies, TXT records and MX patterns: the data that domains publish, and its grammar.
 *
 * <p>A domain announces a policy with a TXT {@link io.github.mtasts.policy.StsRecord record} at
 * {@code _mta-sts.<domain>}, whose id changes with each new policy. The {@link
 * io.github.mtasts.policy.Policy policy} is a small text file on an HTTPS host. It lists the MX
 * hosts of the domain by {@link io.github.mtasts.policy.MxPattern patterns}, and its {@link
 * io.github.mtasts.policy.PolicyMode mode} says whether senders must enforce the list and verified
 * TLS.
 *
 * <p>RFC 8461 §3.1 and RFC 8461 §3.2 define the grammar. Many published texts break it by a blank,
 * hence two {@link io.github.mtasts.policy.Reading readings}: strict and tolerant. Neither guesses
 * a value. Names are {@link io.github.mtasts.policy.DomainName DomainNames} throughout. Nothing
 * here uses the network or a clock.
 */
@NullMarked
package io.github.mtasts.policy;

import org.jspecify.annotations.NullMarked;
