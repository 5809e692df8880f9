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

/** Where the network is, for the commands that use it; to be closed after the resolver. */
final class NetworkOptions implements AutoCloseable {
  private static final String[] EVERYWHERE = {"0.0.0.0/0", "::/0"};
  private static final Duration PROBE = Duration.ofSeconds(30);
  private static final Duration DNS =
      Duration.ofSeconds(PolicyResolverBuilder.DEFAULT_DNS_DEADLINE_SECONDS);

  @Option(
      names = "--dns",
      paramLabel = "HOST:PORT",
      converter = ServerAddress.class,
      description = "Ask this DNS server instead of the system's; may be repeated.")
  private List<InetSocketAddress> dns = List.of();

  @Option(
      names = "--https-port",
      paramLabel = "N",
      converter = Port.class,
      description = "The port of policy hosts; 443 unless this is a laboratory.")
  private int httpsPort = PolicyResolverBuilder.DEFAULT_POLICY_HOST_PORT;

  @Option(
      names = "--smtp-port",
      paramLabel = "N",
      converter = Port.class,
      description = "The port of MX hosts; 25 unless this is a laboratory.")
  private int smtpPort = 25;

  @Option(
      names = "--ca",
      paramLabel = "FILE.pem",
      description = "Trust these CAs too, for policy hosts and MX hosts.")
  private Optional<String> ca = Optional.empty();

  @Option(
      names = "--allow-private-addresses",
      description =
          "Fetch from, probe and send to loopback, private and other special addresses, too.")
  private boolean allowPrivateAddresses;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      converter = Seconds.class,
      description =
          "Give each fetch, probe, connection and SMTP reply this long, and each DNS question no"
              + " longer.")
  private Optional<Duration> timeout = Optional.empty();

  @Mixin private final OverrideOptions overrides = new OverrideOptions();
  @Mixin private final StoreOptions store = new StoreOptions();

  PolicyResolverBuilder resolver(Terminal terminal) throws Complaint {
    PolicyResolverBuilder builder = PolicyResolver.builder().policyHostPort(httpsPort);
    if (!dns.isEmpty()) {
      builder.dnsServers(dns.toArray(InetSocketAddress[]::new));
    }
    if (ca.isPresent()) {
      X509TrustManager anchors =
          TrustAnchors.platformAnd(new InputFile(ca.get(), terminal), ca.get());
      builder.policyHostTrust(anchors).mxHostTrust(anchors);
    }
    if (allowPrivateAddresses) {
      builder.allowPolicyHostAddresses(EVERYWHERE);
    }
    timeout.ifPresent(builder::fetchDeadline);
    return store.addTo(overrides.addTo(builder.dnsDeadline(dnsDeadline()), terminal), terminal);
  }

  DnsClient dnsClient() {
    return dns.isEmpty()
        ? DnsJavaClient.system(dnsDeadline())
        : DnsJavaClient.of(dns, dnsDeadline());
  }

  /** Returns what {@code MtaStsTransport} reads out of its session. */
  Properties transportProperties(DnsClient client) {
    Properties properties = new Properties();
    properties.put("mail.mta-sts.dns", client);
    properties.setProperty("mail.mta-sts.port", String.valueOf(smtpPort));
    if (allowPrivateAddresses) {
      properties.setProperty("mail.mta-sts.allowedaddresses", String.join(",", EVERYWHERE));
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
    return timeout.filter(limit -> limit.compareTo(DNS) < 0).orElse(DNS);
  }

  /** Returns a probe that dials what mail would be sent to. */
  TlsProbe probe(DnsClient client) {
    AddressGuard guard =
        allowPrivateAddresses
            ? AddressGuard.publicOnly()
                .allowing(Stream.of(EVERYWHERE).map(AddressRange::parse).toList())
            : AddressGuard.publicOnly();
    return new TlsProbe(client, guard, smtpPort, timeout.orElse(PROBE));
  }

  StoreOptions store() {
    return store;
  }

  @Override
  public void close() {
    store.close();
  }

  /** Reads a port number. */
  static final class Port implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return number(text, "a port", 65535);
    }
  }

  /** Reads a number of seconds. */
  static final class Seconds implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      return Duration.ofSeconds(number(text, "seconds", 3600));
    }
  }

  static int number(String text, String what, int most) {
    if (text.matches("[0-9]{1,5}")) {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= most) {
        return number;
      }
    }
    throw new TypeConversionException(
        "expected " + what + " from 1 to " + most + ", found " + text);
  }
}
