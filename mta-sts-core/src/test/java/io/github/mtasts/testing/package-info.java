/**
 * A small internet for tests, on loopback and ephemeral ports, for whoever embeds the library.
 *
 * <p>{@code TestDns} answers for any zone, {@code PolicyHosts} serves policies over HTTPS, {@code
 * MxServer} receives mail as an honest MX host does, {@code ScriptedMx} misbehaves line by line,
 * {@code TestCa} issues their certificates, good and bad, and {@code SettableClock} lets a week
 * pass at once. Every server is {@code AutoCloseable} and keeps no thread or socket afterwards.
 */
@NullMarked
package io.github.mtasts.testing;

import org.jspecify.annotations.NullMarked;
