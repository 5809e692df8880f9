/**
 * The port for durable and shared storage of policies.
 *
 * <p>A cache that dies with the process gives an attacker a fresh first contact at every restart,
 * and a fleet in which each node learns for itself gives one for each node. A {@link
 * io.github.mtasts.store.PolicyStore} closes both: what one process has fetched, the next one and
 * the others know. Stores move forward only, and are believed only as far as they are plausible:
 * the text is parsed again, and no row outlives its own max_age.
 *
 * <p>Implementations live in packages of their own below this one.
 */
@NullMarked
package io.github.mtasts.store;

import org.jspecify.annotations.NullMarked;
