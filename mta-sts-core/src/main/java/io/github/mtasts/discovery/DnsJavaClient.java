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
 * Asks recursive DNS servers by way of dnsjava; the client that a resolver uses by default.
 *
 * <p>{@link #system} asks the servers of the operating system, {@link #of} given ones, {@link
 * #overHttps} one over HTTPS, and the {@linkplain #DnsJavaClient constructor} whatever dnsjava can
 * ask, its {@code ValidatingResolver} for example. Nothing is sent before the first question, and
 * nothing is cached here: the TTL stands in the answer.
 *
 * <p><b>Trust.</b> Over UDP an answer is believed if it comes from the server's address and port to
 * the random source port of the question, with its random 16-bit id and the question repeated. That
 * stops who merely guesses, not who sits on the path; neither can take a remembered policy away
 * (RFC 8461 §10.2). Use {@link #overHttps}, or a server on this machine, where that is too little.
 *
 * <p><b>Threads.</b> One daemon thread for deadlines, up to two (or one a core) for answers and a
 * few more while questions run out of time, all named {@code mta-sts-dns…}, start when first needed
 * and end in {@link #close()}. Futures complete on them: whoever attaches slow work uses the {@code
 * …Async} methods with an executor. dnsjava adds one daemon thread for the whole JVM, {@code
 * dnsjava NIO selector}, that is never ended because others may use it; over HTTPS the JDK's HTTP
 * client adds one that ends when the garbage collector notices that the client is closed.
 *
 * <p>Safe for use by several threads.
 */
public final class DnsJavaClient implements DnsClient {
  /** How long one question may take by default: {@value DnsLimits#DEFAULT_DEADLINE_SECONDS} s. */
  public static final Duration DEFAULT_DEADLINE = DnsLimits.DEFAULT.deadline();

  private static final int DATAGRAM_ROUNDS = 2;
  private static final DnsJavaReply TOO_LATE =
      new DnsJavaReply.Useless(
          "expected an answer in time, found none; check that the DNS server is reachable");

  private final QuestionQueue queue;
  private final DnsJavaServers servers;
  private final Runnable onClose;

  /**
   * Asks by way of any resolver of dnsjava.
   *
   * <p>For what the factories do not offer: DNSSEC validation, TSIG, a resolver of one's own. Its
   * own time-out and retries stay as they are, and the limits hold even where it keeps none.
   *
   * @param resolver asks recursive servers; its {@code sendAsync} must not block
   * @param limits how long and how many
   */
  @SuppressWarnings("exports") // who has a Resolver to hand in requires dnsjava already
  public DnsJavaClient(Resolver resolver, DnsLimits limits) {
    this(List.of(new Server(resolver, resolver.toString())), 1, limits, () -> {});
  }

  private DnsJavaClient(List<Server> servers, int rounds, DnsLimits limits, Runnable onClose) {
    this.queue = new QuestionQueue(limits);
    this.servers = new DnsJavaServers(servers, rounds, queue);
    this.onClose = onClose;
  }

  /**
   * Asks the servers that the operating system names, read once; without any, port 53 of this
   * machine.
   *
   * @param deadline for one question; above zero, default {@link #DEFAULT_DEADLINE}
   * @return a client that has not sent anything yet
   */
  public static DnsJavaClient system(Duration deadline) {
    return of(ResolverConfig.getCurrentConfig().servers(), deadline);
  }

  /**
   * Asks given servers over UDP, and over TCP what is too long for UDP.
   *
   * <p>The first is asked first. The next one gets its turn when the one before answers uselessly
   * (SERVFAIL, REFUSED, rubbish) or has used up its share of the time; a server that stays silent
   * is asked twice.
   *
   * @param servers in order of preference; at least one, none of them unresolved
   * @param deadline for one question and all servers together; above zero, default {@link
   *     #DEFAULT_DEADLINE}
   * @return a client that has not sent anything yet
   * @throws IllegalArgumentException if there is no server or one has no address
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
   * Asks one server over HTTPS, with POST and no EDNS padding. RFC 8484 §4.1
   *
   * <p>For networks whose DNS is not to be trusted. The server's own name is looked up, its
   * certificate checked and a proxy chosen as the JDK's HTTP client does by default.
   *
   * @param endpoint for example {@code https://dns.example/dns-query}
   * @param deadline for one question; above zero, default {@link #DEFAULT_DEADLINE}
   * @return a client that has not sent anything yet
   * @throws IllegalArgumentException if the endpoint is no {@code https} URI with a host
   */
  public static DnsJavaClient overHttps(URI endpoint, Duration deadline) {
    if (!"https".equalsIgnoreCase(endpoint.getScheme()) || endpoint.getHost() == null) {
      throw new IllegalArgumentException(
          "endpoint: expected an https URI such as https://dns.example/dns-query, found "
              + endpoint);
    }
    return overHttp(endpoint, DnsLimits.within(deadline));
  }

  /** Also lets tests speak plain HTTP. */
  static DnsJavaClient overHttp(URI endpoint, DnsLimits limits) {
    DohResolver resolver =
        new DohResolver(endpoint.toString(), limits.underWay(), Duration.ofMinutes(2));
    resolver.setUsePost(true); // GET would need a place for its parameter in the URI
    resolver.setTimeout(limits.deadline());
    // dnsjava keeps one HTTP client an executor in a weak map, whose values hold their keys: it
    // would stay for ever with its thread. Setting the time-out is the one way to clear the map.
    Runnable onClose = () -> resolver.setTimeout(limits.deadline());
    return new DnsJavaClient(
        List.of(new Server(resolver, endpoint.toString())), 1, limits, onClose);
  }

  @Override
  public CompletableFuture<DnsAnswer<String>> txt(DomainName name) {
    return ask(name, Type.TXT, record -> text((TXTRecord) record));
  }

  /**
   * {@inheritDoc} IPv4 addresses come first; each carries the name, so that no reverse lookup is
   * ever made for it.
   */
  @Override
  public CompletableFuture<DnsAnswer<InetAddress>> addresses(DomainName name) {
    CompletableFuture<DnsAnswer<InetAddress>> four =
        ask(name, Type.A, record -> address(name, ((ARecord) record).getAddress()));
    CompletableFuture<DnsAnswer<InetAddress>> six =
        ask(name, Type.AAAA, record -> address(name, ((AAAARecord) record).getAddress()));
    return four.thenCombine(six, DnsJavaClient::either);
  }

  @Override
  public CompletableFuture<DnsAnswer<MxHost>> mx(DomainName name) {
    return ask(name, Type.MX, record -> mxHost((MXRecord) record));
  }

  @Override
  public void close() {
    queue.close();
    onClose.run();
  }

  private <T> CompletableFuture<DnsAnswer<T>> ask(
      DomainName name, int type, Function<Record, T> content) {
    DnsJavaQuestion question = DnsJavaQuestion.of(requireNonNull(name, "name"), type);
    return queue.ask(
        question.toString(),
        end -> follow(question, end).thenApply(reply -> answer(question, reply, content)));
  }

  /** RFC 8461 §3.1: aliases are followed, within one message or from message to message. */
  private CompletableFuture<DnsJavaReply> follow(DnsJavaQuestion question, long end) {
    long left = end - System.nanoTime();
    if (left <= 0) { // nobody waits for the answer any more
      return CompletableFuture.completedFuture(TOO_LATE);
    }
    return servers
        .ask(question, Duration.ofNanos(left))
        .thenCompose(
            reply ->
                reply instanceof DnsJavaReply.Alias alias
                    ? follow(alias.next(), end)
                    : CompletableFuture.completedFuture(reply));
  }

  private static <T> DnsAnswer<T> answer(
      DnsJavaQuestion question, DnsJavaReply reply, Function<Record, T> content) {
    if (reply instanceof DnsJavaReply.Records found) {
      List<T> records = found.records().stream().map(content).toList();
      return new DnsAnswer<>(
          Status.FOUND, records, seconds(found.ttl()), question + ": found " + records.size());
    }
    if (reply instanceof DnsJavaReply.Nothing nothing) {
      String detail = nothing.status() == Status.NO_DOMAIN ? "no such name" : "no such record";
      return new DnsAnswer<>(
          nothing.status(), List.of(), seconds(nothing.ttl()), question + ": " + detail);
    }
    String why = reply instanceof DnsJavaReply.Useless useless ? useless.why() : "no answer";
    return DnsAnswer.unavailable(question + ": " + why);
  }

  /** One family suffices; emptiness is believed only if both families say so. */
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
   * RFC 8461 §3.1: joined without separators, as octets. Each octet becomes the character of the
   * same number, so that none is lost or merged, and one beyond ASCII never passes for ASCII.
   */
  private static String text(TXTRecord record) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    record.getStringsAsByteArrays().forEach(joined::writeBytes);
    return joined.toString(StandardCharsets.ISO_8859_1);
  }

  private static MxHost mxHost(MXRecord record) {
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
          "servers: expected IP addresses, found " + address + "; look its name up first");
    }
    SimpleResolver resolver = new SimpleResolver(address);
    resolver.setTimeout(limits.deadline());
    return new Server(resolver, address.getAddress().getHostAddress() + ":" + address.getPort());
  }

  private static Duration seconds(long ttl) {
    return Duration.ofSeconds(ttl);
  }
}
