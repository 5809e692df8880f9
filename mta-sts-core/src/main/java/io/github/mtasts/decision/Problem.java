// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

import java.time.Instant;
import java.util.Optional;

/**
 * What stood in the way of a fresh answer.
 *
 * @param resultType the reportable kind; empty for what RFC 8460 has no word for, such as a silent
 *     DNS
 * @param detail what was expected and what was found
 * @param since when it was first seen, in an unbroken row
 */
public record Problem(Optional<ResultType> resultType, String detail, Instant since) {}
