// SPDX-License-Identifier: Apache-2.0
/**
 * The test kit: DNS, policy hosts and MX hosts inside the process, for the tests of this library
 * and of software that embeds it.
 *
 * <p>{@link io.github.mtasts.testing.TestInternet} starts all of them and gives the settings of a
 * sender; each also works alone.
 *
 * <p>Real DNS messages, real HTTPS, real SMTP with real certificates, all on loopback and ephemeral
 * ports, with a clock that a test sets. A static factory starts each server, and {@code close()}
 * ends its threads.
 */
@NullMarked
package io.github.mtasts.testing;

import org.jspecify.annotations.NullMarked;
