package io.github.mtasts.discovery;

import io.github.mtasts.policy.DomainName;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;

/**
 * The questions this library asks of DNS.
 *
 * <p>The futures never complete exceptionally: what goes wrong is an answer too. Implementations
 * are safe for use by several threads.
 */
public interface DnsClient extends AutoCloseable {
  /** Asks for TXT; each record's strings are joined without separators. RFC 8461 §3.1 */
  CompletableFuture<DnsAnswer<String>> txt(DomainName name);

  /** Asks for A and AAAA side by side; one of the two suffices. */
  CompletableFuture<DnsAnswer<InetAddress>> addresses(DomainName name);

  /** Asks for MX, as they stand in the answer. */
  CompletableFuture<DnsAnswer<MxHost>> mx(DomainName name);

  /** Ends what it started; questions asked later are answered UNAVAILABLE. */
  @Override
  void close();
}
