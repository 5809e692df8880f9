/**
 * What a domain publishes, as values: pure text and rules, no network, no clock.
 *
 * <p>A domain announces by a TXT {@link io.github.mtasts.policy.StsRecord record} at {@code
 * _mta-sts.} that it has a policy, and names its present instance by an id. The {@link
 * io.github.mtasts.policy.Policy policy} itself is a small text file on an HTTPS host. It lists the
 * genuine MX hosts by {@link io.github.mtasts.policy.MxPattern patterns}, full names or {@code *.}
 * and a name, and its {@link io.github.mtasts.policy.PolicyMode mode} says whether to enforce that.
 *
 * <p>Both texts have a grammar, RFC 8461 §3.1 and RFC 8461 §3.2, and what people publish often
 * misses it by a blank. Hence two {@link io.github.mtasts.policy.Reading readings}, of which none
 * ever guesses a value. Names are {@link io.github.mtasts.policy.DomainName DomainNames}
 * throughout.
 */
@NullMarked
package io.github.mtasts.policy;

import org.jspecify.annotations.NullMarked;
