// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.PolicyResolverBuilder;
import io.github.mtasts.address.AddressGuard;
import io.github.mtasts.address.AddressRange;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.discovery.DnsJavaClient;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import javax.net.ssl.X509TrustManager;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The network options of a command. Close it after the resolver. */
final class NetworkOptions implements AutoCloseable {
  private static final String[] ALL_ADDRESSES = {"0.0.0.0/0", "::/0"};
  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration DNS_DEADLINE =
      Duration.ofSeconds(PolicyResolverBuilder.DEFAULT_DNS_DEADLINE_SECONDS);

  @Option(
      names = "--dns",
      paramLabel = "HOST:PORT",
      converter = ServerAddress.class,
      description = "Use this DNS server instead of the system's; repeat it for more.")
  private List<InetSocketAddress> dns = List.of();

  @Option(
      names = "--https-port",
      paramLabel = "N",
      converter = Port.class,
      description = "The port of policy hosts, for tests; default 443.")
  private int httpsPort = PolicyResolverBuilder.DEFAULT_POLICY_HOST_PORT;

  @Option(
      names = "--smtp-port",
      paramLabel = "N",
      converter = Port.class,
      description = "The port of MX hosts, for tests; default 25.")
  private int smtpPort = 25;

  @Option(
      names = "--ca",
      paramLabel = "FILE.pem",
      description = "Also trust these CAs, for policy hosts and MX hosts.")
  private Optional<String> ca = Optional.empty();

  @Option(
      names = "--allow-private-addresses",
      description =
          "Allow loopback, private and other special addresses for policy hosts and MX hosts.")
  private boolean allowPrivateAddresses;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      converter = Seconds.class,
      description =
          "The timeout for each fetch, probe, connection and SMTP reply; DNS lookups time out"
              + " after this or the default, whichever is shorter.")
  private Optional<Duration> timeout = Optional.empty();

  @Mixin private final OverrideOptions overrides = new OverrideOptions();
  @Mixin private final StoreOptions store = new StoreOptions();

  PolicyResolverBuilder resolver(Terminal terminal) throws CommandException {
    PolicyResolverBuilder builder = PolicyResolver.builder();
    return with(
        dns.isEmpty() ? builder : builder.dnsServers(dns.toArray(InetSocketAddress[]::new)),
        terminal);
  }

  PolicyResolverBuilder resolver(Terminal terminal, DnsClient client) throws CommandException {
    return with(PolicyResolver.builder().dnsClient(client), terminal);
  }

  private PolicyResolverBuilder with(PolicyResolverBuilder builder, Terminal terminal)
      throws CommandException {
    builder.policyHostPort(httpsPort);
    if (ca.isPresent()) {
      X509TrustManager anchors = CaFile.platformAnd(new InputFile(ca.get(), terminal), ca.get());
      builder.policyHostTrust(anchors).mxHostTrust(anchors);
    }
    if (allowPrivateAddresses) {
      builder.allowPolicyHostAddresses(ALL_ADDRESSES);
    }
    timeout.ifPresent(builder::fetchDeadline);
    return store.addTo(overrides.addTo(builder.dnsDeadline(dnsDeadline()), terminal), terminal);
  }

  DnsClient dnsClient() {
    return dns.isEmpty()
        ? DnsJavaClient.system(dnsDeadline())
        : DnsJavaClient.of(dns, dnsDeadline());
  }

  /** Returns the session properties of {@code MtaStsTransport}. */
  Properties transportProperties(DnsClient client) {
    Properties properties = new Properties();
    properties.put("mail.mta-sts.dns", client);
    properties.setProperty("mail.mta-sts.port", String.valueOf(smtpPort));
    if (allowPrivateAddresses) {
      properties.setProperty("mail.mta-sts.allowedaddresses", String.join(",", ALL_ADDRESSES));
    }
    timeout
        .map(Duration::toMillis)
        .map(String::valueOf)
        .ifPresent(
            limit -> {
              properties.setProperty("mail.mta-sts.connectiontimeout", limit);
              properties.setProperty("mail.mta-sts.timeout", limit);
            });
    return properties;
  }

  private Duration dnsDeadline() {
    return timeout.filter(limit -> limit.compareTo(DNS_DEADLINE) < 0).orElse(DNS_DEADLINE);
  }

  /** Returns a probe that connects to the same addresses as mail delivery. */
  TlsProbe probe(DnsClient client) {
    AddressGuard guard =
        allowPrivateAddresses
            ? AddressGuard.publicOnly()
                .allowing(Stream.of(ALL_ADDRESSES).map(AddressRange::parse).toList())
            : AddressGuard.publicOnly();
    return new TlsProbe(client, guard, smtpPort, timeout.orElse(PROBE_TIMEOUT));
  }

  StoreOptions store() {
    return store;
  }

  @Override
  public void close() {
    store.close();
  }

  /** Parses a port number. */
  static final class Port implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return number(text, "a port", 65535);
    }
  }

  /** Parses a number of seconds. */
  static final class Seconds implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      return Duration.ofSeconds(number(text, "seconds", 3600));
    }
  }

  static int number(String text, String what, int max) {
    if (text.matches("[0-9]{1,5}")) {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= max) {
        return number;
      }
    }
    throw new TypeConversionException("expected " + what + " from 1 to " + max + ", found " + text);
  }
}
