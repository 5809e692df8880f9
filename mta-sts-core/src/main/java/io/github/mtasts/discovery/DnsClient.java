package io.github.mtasts.discovery;

import io.github.mtasts.policy.DomainName;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;

/**
 * The questions this library asks of DNS; {@link DnsJavaClient} asks them.
 *
 * <p>Implement it to bring a DNS library of one's own. The futures never complete exceptionally:
 * what goes wrong is an answer too. Cancelling one touches no other. Aliases are followed, and
 * every answer comes within a deadline of the implementation's.
 *
 * <p>Implementations are safe for use by several threads.
 */
public interface DnsClient extends AutoCloseable {
  /**
   * Asks for TXT; each record's strings are joined without separators. RFC 8461 §3.1
   *
   * @param name the whole name, {@code _mta-sts.example.com} for example
   * @return a text a record, each octet one character of the same number
   */
  CompletableFuture<DnsAnswer<String>> txt(DomainName name);

  /**
   * Asks for A and AAAA side by side; one of the two suffices.
   *
   * @param name a host
   * @return the addresses of both families; NO_DATA or NO_DOMAIN only if both families say so
   */
  CompletableFuture<DnsAnswer<InetAddress>> addresses(DomainName name);

  /**
   * Asks for MX; {@link MxLookup} makes a list to try of the answer.
   *
   * @param name a mail domain
   * @return the records as they stand in the answer, in no order
   */
  CompletableFuture<DnsAnswer<MxHost>> mx(DomainName name);

  /** Ends what it started; open and later questions are answered UNAVAILABLE. */
  @Override
  void close();
}
