/**
 * The command line: {@code java -jar mta-sts.jar COMMAND}.
 *
 * <p>Each command is a class that evaluates and hands what it found to another that shows it: as
 * aligned text for people, in colour on a terminal, or as one JSON object a line under {@code
 * --json}, which is a contract that scripts may rely upon. Under {@code --json} nothing else is on
 * stdout; complaints are one line each on stderr, and no stack trace is ever shown.
 *
 * <p>The exit status is 0 if all is well, 1 if something would be refused or is wrong, 2 for a bad
 * argument or an unreadable file, and 3 if there is only temporary trouble.
 */
@NullMarked
package io.github.mtasts.examples.cli;

import org.jspecify.annotations.NullMarked;
