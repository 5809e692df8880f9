// SPDX-License-Identifier: Apache-2.0
/**
 * Stored policies as JSON Lines, to move them to another store, to back them up or to inspect them.
 *
 * <p>The format is UTF-8 with one JSON object per line, ended by LF (CR LF is read as well). Blank
 * lines and a byte order mark at the start of the input are ignored. The members of an object:
 *
 * <ul>
 *   <li>{@code version}: the number 1
 *   <li>{@code domain}: the policy domain, lower-case A-labels without trailing dot
 *   <li>{@code id}: the id under which the policy was fetched
 *   <li>{@code mode}: {@code enforce}, {@code testing} or {@code none}, as in the text
 *   <li>{@code fetchedAt}, {@code expiresAt}, {@code lastUsedAt}: times as in RFC 3339, kept to the
 *       millisecond
 *   <li>{@code text}: the policy file as fetched, including its line ends
 *   <li>{@code lastFailure}: the last failure to renew the policy; null or missing if there is
 *       none. An object with {@code at} and {@code retryAt} (times), {@code failures} (the number
 *       of consecutive failures), {@code resultType} (as in TLS reports, or null) and {@code
 *       detail}
 * </ul>
 *
 * <p>Other members are ignored, so that later releases can add some; a change that an older reader
 * must not ignore gets a higher version. A line has {@value
 * io.github.mtasts.store.json.PolicyLines#MOST_LINE_OCTETS} octets at most.
 *
 * <p>Only this package uses Jackson; it needs {@code jackson-core} at run time.
 */
@NullMarked
package io.github.mtasts.store.json;

import org.jspecify.annotations.NullMarked;
