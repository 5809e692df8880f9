// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.discovery;

import static java.util.Objects.requireNonNull;

import io.github.mtasts.discovery.DnsAnswer.Status;
import io.github.mtasts.discovery.DnsJavaServers.Server;
import io.github.mtasts.policy.DomainName;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DohResolver;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/**
 * Queries recursive DNS servers with dnsjava; the default client of a resolver.
 *
 * <p>{@link #system} uses the servers of the operating system, {@link #of} given servers, {@link
 * #overHttps} one server over HTTPS, and the {@linkplain #DnsJavaClient constructor} any resolver
 * of dnsjava, for example its {@code ValidatingResolver}. The client sends nothing before the first
 * query, and caches nothing: the answer contains the TTL.
 *
 * <p><b>Trust.</b> Over UDP, the client accepts an answer if it comes from the server's address and
 * port to the random source port of the query, with its random 16-bit id and the same question.
 * This stops attackers who guess, but not attackers on the path. Neither kind of attacker can
 * remove a cached policy (RFC 8461 §10.2). If you need more, use {@link #overHttps} or a server on
 * this machine.
 *
 * <p><b>Threads.</b> One daemon thread for deadlines, at most two (or one per core) for answers,
 * and some more while queries time out. All are named {@code mta-sts-dns…}, start on first use and
 * end in {@link #close()}. Futures complete on them: to attach slow work, use the {@code …Async}
 * methods with an executor. dnsjava adds one daemon thread for the whole JVM, {@code dnsjava NIO
 * selector}, which never ends because other code may use it. Over HTTPS, the JDK's HTTP client adds
 * one thread; it ends when the garbage collector removes the closed client.
 *
 * <p>Thread-safe.
 */
public final class DnsJavaClient implements DnsClient {
  /** The default deadline for one query: {@value DnsLimits#DEFAULT_DEADLINE_SECONDS} s. */
  public static final Duration DEFAULT_DEADLINE = DnsLimits.DEFAULT.deadline();

  private static final int DATAGRAM_ROUNDS = 2;
  private static final DnsJavaReply TIMED_OUT =
      new DnsJavaReply.Unusable(
          "expected an answer before the deadline, found none; check that the DNS server is"
              + " reachable");

  private final QueryQueue queue;
  private final DnsJavaServers servers;
  private final Runnable onClose;

  /**
   * Uses any resolver of dnsjava.
   *
   * <p>For features that the factories do not offer: DNSSEC validation, TSIG, your own resolver. It
   * keeps its own timeout and retries; the limits apply even if it has none.
   *
   * @param resolver queries recursive servers; its {@code sendAsync} must not block
   * @param limits the deadline, and how many queries at a time
   */
  @SuppressWarnings("exports") // a caller with a Resolver has dnsjava anyway
  public DnsJavaClient(Resolver resolver, DnsLimits limits) {
    this(List.of(new Server(resolver, resolver.toString())), 1, limits, () -> {});
  }

  private DnsJavaClient(List<Server> servers, int rounds, DnsLimits limits, Runnable onClose) {
    DnsJavaLinkage.prove();
    this.queue = new QueryQueue(limits);
    this.servers = new DnsJavaServers(servers, rounds, queue);
    this.onClose = onClose;
  }

  /**
   * Uses the servers that the operating system is configured with, read once; if there are none,
   * port 53 of this machine.
   *
   * @param deadline for one query; above zero, default {@link #DEFAULT_DEADLINE}
   * @return a client that has not sent anything yet
   */
  public static DnsJavaClient system(Duration deadline) {
    return of(ResolverConfig.getCurrentConfig().servers(), deadline);
  }

  /**
   * Uses the given servers over UDP, and over TCP for answers that are too long for UDP.
   *
   * <p>The client queries the first server first. It goes on to the next when a server returns an
   * unusable answer (SERVFAIL, REFUSED, invalid data) or does not answer within its share of the
   * time. It queries a server that does not answer twice.
   *
   * @param servers in order of preference; at least one, all with an IP address
   * @param deadline for one query to all servers together; above zero, default {@link
   *     #DEFAULT_DEADLINE}
   * @return a client that has not sent anything yet
   * @throws IllegalArgumentException if there is no server, or one without an IP address
   */
  public static DnsJavaClient of(List<InetSocketAddress> servers, Duration deadline) {
    return of(servers, DnsLimits.within(deadline));
  }

  static DnsJavaClient of(List<InetSocketAddress> servers, DnsLimits limits) {
    if (servers.isEmpty()) {
      throw new IllegalArgumentException(
          "servers: expected at least one, found none; name one such as 192.0.2.53:53");
    }
    List<Server> asked = servers.stream().map(server -> server(server, limits)).toList();
    return new DnsJavaClient(asked, DATAGRAM_ROUNDS, limits, () -> {});
  }

  /**
   * Uses one server over HTTPS, with POST and without EDNS padding. RFC 8484 §4.1
   *
   * <p>For networks with untrusted DNS. The JDK's HTTP client looks up the server's name, checks
   * its certificate and selects a proxy, with its default settings.
   *
   * @param endpoint for example {@code https://dns.example/dns-query}
   * @param deadline for one query; above zero, default {@link #DEFAULT_DEADLINE}
   * @return a client that has not sent anything yet
   * @throws IllegalArgumentException if the endpoint is not an {@code https} URI with a host
   */
  public static DnsJavaClient overHttps(URI endpoint, Duration deadline) {
    if (!"https".equalsIgnoreCase(endpoint.getScheme()) || endpoint.getHost() == null) {
      throw new IllegalArgumentException(
          "endpoint: expected an https URI such as https://dns.example/dns-query, found "
              + endpoint);
    }
    return overHttp(endpoint, DnsLimits.within(deadline));
  }

  /** Also for tests, over plain HTTP. */
  static DnsJavaClient overHttp(URI endpoint, DnsLimits limits) {
    DohResolver resolver =
        new DohResolver(endpoint.toString(), limits.underWay(), Duration.ofMinutes(2));
    resolver.setUsePost(true); // GET would need a template for its parameter in the URI
    resolver.setTimeout(limits.deadline());
    // dnsjava keeps one HTTP client per executor in a weak map whose values refer to their keys, so
    // the client and its thread would never end. Only setting the timeout clears the map.
    Runnable onClose = () -> resolver.setTimeout(limits.deadline());
    return new DnsJavaClient(
        List.of(new Server(resolver, endpoint.toString())), 1, limits, onClose);
  }

  @Override
  public CompletableFuture<DnsAnswer<String>> txt(DomainName name) {
    return query(name, Type.TXT, record -> text((TXTRecord) record));
  }

  /**
   * {@inheritDoc} IPv4 addresses come first. Each address includes the name, so that no reverse
   * lookup happens for it.
   */
  @Override
  public CompletableFuture<DnsAnswer<InetAddress>> addresses(DomainName name) {
    CompletableFuture<DnsAnswer<InetAddress>> four =
        query(name, Type.A, record -> address(name, ((ARecord) record).getAddress()));
    CompletableFuture<DnsAnswer<InetAddress>> six =
        query(name, Type.AAAA, record -> address(name, ((AAAARecord) record).getAddress()));
    return four.thenCombine(six, DnsJavaClient::either)
        .exceptionallyCompose(
            failure -> // both have ended
            Stream.of(four, six)
                    .filter(DnsJavaClient::isFound)
                    .findFirst()
                    .orElseGet(() -> CompletableFuture.failedFuture(failure)));
  }

  private static boolean isFound(CompletableFuture<DnsAnswer<InetAddress>> ended) {
    return !ended.isCompletedExceptionally() && ended.join().status() == Status.FOUND;
  }

  @Override
  public CompletableFuture<DnsAnswer<MxHost>> mx(DomainName name) {
    return query(name, Type.MX, record -> mxHost((MXRecord) record));
  }

  @Override
  public void close() {
    queue.close();
    onClose.run();
  }

  private <T> CompletableFuture<DnsAnswer<T>> query(
      DomainName name, int type, Function<Record, T> content) {
    DnsJavaQuery query = DnsJavaQuery.of(requireNonNull(name, "name"), type);
    return queue.submit(
        query.toString(),
        end -> follow(query, end).thenApply(reply -> answer(query, reply, content)));
  }

  /** RFC 8461 §3.1: follows CNAME records, within one message and across messages. */
  private CompletableFuture<DnsJavaReply> follow(DnsJavaQuery query, long end) {
    long left = end - System.nanoTime();
    if (left <= 0) { // the query has timed out
      return CompletableFuture.completedFuture(TIMED_OUT);
    }
    return servers
        .query(query, Duration.ofNanos(left))
        .thenCompose(
            reply ->
                reply instanceof DnsJavaReply.Alias alias
                    ? follow(alias.next(), end)
                    : CompletableFuture.completedFuture(reply));
  }

  static <T> DnsAnswer<T> answer(
      DnsJavaQuery query, DnsJavaReply reply, Function<Record, T> content) {
    if (reply instanceof DnsJavaReply.Records found) {
      List<T> records;
      try {
        records = found.records().stream().map(content).toList();
      } catch (ClassCastException odd) { // see DnsJavaServers: the server's fault
        return DnsAnswer.unavailable(query + ": expected a readable answer, found " + odd);
      }
      return new DnsAnswer<>(
          Status.FOUND, records, seconds(found.ttl()), query + ": found " + records.size());
    }
    if (reply instanceof DnsJavaReply.Empty empty) {
      String detail = empty.status() == Status.NO_DOMAIN ? "no such name" : "no such record";
      return new DnsAnswer<>(
          empty.status(), List.of(), seconds(empty.ttl()), query + ": " + detail);
    }
    String why = reply instanceof DnsJavaReply.Unusable unusable ? unusable.why() : "no answer";
    return DnsAnswer.unavailable(query + ": " + why);
  }

  /** FOUND if one family has records; empty only if neither query failed. */
  private static DnsAnswer<InetAddress> either(
      DnsAnswer<InetAddress> four, DnsAnswer<InetAddress> six) {
    List<DnsAnswer<InetAddress>> both = List.of(four, six);
    String detail = four.detail() + "; " + six.detail();
    List<DnsAnswer<InetAddress>> found = with(both, Status.FOUND);
    if (!found.isEmpty()) {
      List<InetAddress> addresses = new ArrayList<>();
      found.forEach(answer -> addresses.addAll(answer.records()));
      return new DnsAnswer<>(Status.FOUND, addresses, shortest(found), detail);
    }
    if (!with(both, Status.UNAVAILABLE).isEmpty()) {
      return DnsAnswer.unavailable(detail);
    }
    Status status = with(both, Status.NO_DATA).isEmpty() ? Status.NO_DOMAIN : Status.NO_DATA;
    return new DnsAnswer<>(status, List.of(), shortest(both), detail);
  }

  private static List<DnsAnswer<InetAddress>> with(
      List<DnsAnswer<InetAddress>> answers, Status status) {
    return answers.stream().filter(answer -> answer.status() == status).toList();
  }

  private static Duration shortest(List<DnsAnswer<InetAddress>> answers) {
    Stream<Duration> ttls = answers.stream().map(DnsAnswer::ttl);
    return ttls.min(Duration::compareTo).orElse(Duration.ZERO);
  }

  /**
   * RFC 8461 §3.1: joins the strings without separators, as octets. Each octet becomes the
   * character with the same number, so that no octet is lost and no octet above 127 becomes an
   * ASCII character.
   */
  static String text(TXTRecord record) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    record.getStringsAsByteArrays().forEach(joined::writeBytes);
    return joined.toString(StandardCharsets.ISO_8859_1);
  }

  static MxHost mxHost(MXRecord record) {
    Name host = record.getTarget();
    String text = host.equals(Name.root) ? "" : host.toString(true).toLowerCase(Locale.ROOT);
    return new MxHost(record.getPriority(), text);
  }

  private static InetAddress address(DomainName name, InetAddress found) {
    try {
      return InetAddress.getByAddress(name.value(), found.getAddress());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("address: expected 4 or 16 octets, found " + found, e);
    }
  }

  private static Server server(InetSocketAddress address, DnsLimits limits) {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException(
          "servers: expected IP addresses, found " + address + "; look up its name first");
    }
    SimpleResolver resolver = new SimpleResolver(address);
    resolver.setTimeout(limits.deadline());
    return new Server(resolver, address.getAddress().getHostAddress() + ":" + address.getPort());
  }

  private static Duration seconds(long ttl) {
    return Duration.ofSeconds(ttl);
  }
}
