/**
 * Stored policies as JSON Lines: to carry them to another store, to keep a copy, to look at them.
 *
 * <p>UTF-8, one JSON object a line, ended by LF (CR LF is read as well); blank lines and a byte
 * order mark at the very beginning are passed over. The members of an object:
 *
 * <ul>
 *   <li>{@code version}: the number 1
 *   <li>{@code domain}: the policy domain, lower-case A-labels without trailing dot
 *   <li>{@code id}: the id under which the policy was fetched
 *   <li>{@code mode}: {@code enforce}, {@code testing} or {@code none}, as the text says
 *   <li>{@code fetchedAt}, {@code expiresAt}, {@code lastUsedAt}: times in the form of RFC 3339,
 *       kept to the millisecond
 *   <li>{@code text}: the policy file as fetched, line ends included
 *   <li>{@code lastFailure}: null, or left out, or the last failure to renew the policy: an object
 *       of {@code at} and {@code retryAt} (times), {@code failures} (how many in a row), {@code
 *       resultType} (as in TLS reports, or null) and {@code detail}
 * </ul>
 *
 * <p>Others are ignored, so that later releases may add some; what an older reader must not ignore
 * would come under a higher version. A line has {@value
 * io.github.mtasts.store.json.PolicyLines#MOST_LINE_OCTETS} octets at most.
 *
 * <p>This is the only package of the stores that knows Jackson, whose core it needs at run time.
 */
@NullMarked
package io.github.mtasts.store.json;

import org.jspecify.annotations.NullMarked;
