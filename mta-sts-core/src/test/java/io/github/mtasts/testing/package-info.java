/**
 * The test kit: a small internet inside the process, for this library's own tests and for whoever
 * embeds it.
 *
 * <p>Real DNS messages, real HTTPS, real SMTP with real certificates, all on loopback and ephemeral
 * ports, with a clock that a test sets. Every server is started by a static factory, holds daemon
 * threads only and ends them in {@code close()}.
 */
@NullMarked
package io.github.mtasts.testing;

import org.jspecify.annotations.NullMarked;
