// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.discovery;

import io.github.mtasts.policy.DomainName;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;

/**
 * The DNS queries of this library; {@link DnsJavaClient} implements them.
 *
 * <p>Implement this interface to use another DNS library. Implementations follow CNAME records and
 * answer within a deadline of their own. Cancelling one future does not affect others.
 *
 * <p><b>Failures.</b> If DNS was asked and gave no usable answer (timeout, SERVFAIL, REFUSED), the
 * answer is {@link DnsAnswer.Status#UNAVAILABLE}: by default, mail to an unknown domain then goes
 * ahead. If DNS was not asked, for a reason on this side, the future completes exceptionally, and
 * mail is delayed:
 *
 * <ul>
 *   <li>with a {@link java.util.concurrent.RejectedExecutionException} if too many queries are
 *       running or waiting, or the client is closed; the resolver counts that as {@code BUSY}
 *   <li>with any other exception or error if something is wrong: no thread or memory, an
 *       incompatible library, a bug; the resolver counts that as {@code INTERNAL_ERROR}
 * </ul>
 *
 * <p>Implementations are thread-safe.
 */
public interface DnsClient extends AutoCloseable {
  /**
   * Queries TXT records and joins the strings of each without separators. RFC 8461 §3.1
   *
   * @param name the whole name, for example {@code _mta-sts.example.com}
   * @return one text for each record; each octet is the character with the same number
   */
  CompletableFuture<DnsAnswer<String>> txt(DomainName name);

  /**
   * Queries A and AAAA records in parallel; FOUND if at least one has records.
   *
   * @param name a host
   * @return the addresses of both families; NO_DATA or NO_DOMAIN only if neither query failed
   */
  CompletableFuture<DnsAnswer<InetAddress>> addresses(DomainName name);

  /**
   * Queries MX records; {@link MxLookup} puts them in the order to try.
   *
   * @param name a mail domain
   * @return the records of the answer, in any order
   */
  CompletableFuture<DnsAnswer<MxHost>> mx(DomainName name);

  /** Stops the client's threads; open and later queries are rejected. */
  @Override
  void close();
}
