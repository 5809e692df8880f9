// SPDX-License-Identifier: Apache-2.0
/**
 * The command line: {@code java -jar mta-sts.jar COMMAND}.
 *
 * <p>Each command is a class that computes a result. Other classes show the result: as aligned
 * text, in colour on a terminal, or as one JSON object per line with {@code --json}. The JSON is a
 * contract for scripts. With {@code --json} nothing else is on stdout. Each error is one line on
 * stderr; a stack trace is never shown.
 *
 * <p>The exit status is 0 for success, 1 if something is wrong or would be refused, 2 for an
 * invalid argument or an unreadable file, and 3 for a temporary failure.
 */
@NullMarked
package io.github.mtasts.examples.cli;

import org.jspecify.annotations.NullMarked;
