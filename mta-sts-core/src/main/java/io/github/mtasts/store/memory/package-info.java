/**
 * What is remembered while the process lives.
 *
 * <p>MTA-STS protects from the second contact on, by memory (RFC 8461 §10.2), so the memory is what
 * an attacker would like to push things out of. {@link io.github.mtasts.store.memory.PolicyMemory}
 * is bounded by weight and keeps three budgets apart: policies in enforce, other policies, and
 * negative answers. A flood of random domains fills the last one only.
 *
 * <p>This is the only package that knows Caffeine.
 */
@NullMarked
package io.github.mtasts.store.memory;

import org.jspecify.annotations.NullMarked;
