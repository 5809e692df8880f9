/**
 * Enforcement in Jakarta Mail, by properties alone.
 *
 * <p>Angus Mail, the usual implementation, can require STARTTLS and can compare certificate names,
 * but it compares by loose rules, takes the name to compare with from wherever is handy, and knows
 * nothing of testing. {@link io.github.mtasts.mail.MailProperties} hands it a socket factory that
 * carries the judge of one {@link io.github.mtasts.tls.MxTls}, switches its own comparison off, and
 * says whether STARTTLS may be missing. Nothing here needs a Jakarta class, so the library does not
 * depend on any; a mailer puts the properties into the {@code Session} of one delivery attempt.
 */
@NullMarked
package io.github.mtasts.mail;

import org.jspecify.annotations.NullMarked;
