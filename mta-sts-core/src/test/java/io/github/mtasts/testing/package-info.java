// SPDX-License-Identifier: Apache-2.0
/**
 * The test kit: DNS, policy hosts and MX hosts inside the process, for the tests of this library
 * and of software that embeds it.
 *
 * <p>Real DNS messages, real HTTPS, real SMTP with real certificates, all on loopback and ephemeral
 * ports, with a clock that a test sets. A static factory starts each server, and {@code close()}
 * ends its threads.
 */
@NullMarked
package io.github.mtasts.testing;

import org.jspecify.annotations.NullMarked;
