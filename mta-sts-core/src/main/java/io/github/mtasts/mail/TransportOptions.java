// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.address.AddressGuard;
import io.github.mtasts.address.AddressRange;
import io.github.mtasts.decision.DomainNames;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.policy.Excerpt;
import jakarta.mail.MessagingException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The options of a transport, read from the properties of its session. Not changed after they are
 * made, {@link #smtp} included; hence thread-safe.
 *
 * @param resolver finds the policy of a domain
 * @param dns for MX lookups; empty means that the transport makes a client
 * @param port the port of MX hosts
 * @param connectTimeout for each address
 * @param replyTimeout for each reply
 * @param deliveryTimeout for each recipient domain
 * @param localName the name in EHLO; empty means the address of the connection
 * @param ownHosts MX hosts that are this system. RFC 5321 §5.1
 * @param guard which addresses MX hosts may have
 * @param smtp the {@code mail.*} properties that concern the message and not the connection
 */
record TransportOptions(
    PolicyResolver resolver,
    Optional<DnsClient> dns,
    int port,
    Duration connectTimeout,
    Duration replyTimeout,
    Duration deliveryTimeout,
    Optional<String> localName,
    Set<String> ownHosts,
    AddressGuard guard,
    Properties smtp) {

  static final String PREFIX = "mail.mta-sts.";
  static final String RESOLVER = PREFIX + "resolver";
  static final String DNS = PREFIX + "dns";
  static final String ROUTE = PREFIX + "route";

  private static final long MAX_MILLIS = Duration.ofDays(1).toMillis();

  /** None of these concerns hosts, sockets or TLS, which follow from the decision. */
  private static final List<String> MESSAGE_PROPERTIES =
      List.of(
          "mail.smtp.dsn.notify",
          "mail.smtp.dsn.ret",
          "mail.smtp.allow8bitmime",
          "mail.smtp.submitter",
          "mail.smtp.mailextension",
          "mail.mime.allowutf8",
          "mail.debug.quote");

  static TransportOptions of(Properties properties, @Nullable PolicyResolver given)
      throws MessagingException {
    try {
      return read(properties, given);
    } catch (IllegalArgumentException e) {
      throw new MessagingException(e.getMessage(), e);
    }
  }

  private static TransportOptions read(Properties properties, @Nullable PolicyResolver given) {
    Optional<String> localName =
        localName(properties, PREFIX + "localhost")
            .or(() -> localName(properties, "mail.smtp.localhost"))
            .or(TransportOptions::systemName);
    Set<String> ownHosts =
        new HashSet<>(list(properties, "ownhosts", name -> DomainNames.parse(name).value()));
    localName.map(name -> name.toLowerCase(Locale.ROOT)).ifPresent(ownHosts::add);
    return new TransportOptions(
        given != null ? given : resolver(properties),
        Optional.ofNullable(properties.get(DNS)).map(dns -> instance(DnsClient.class, DNS, dns)),
        port(properties),
        millis(properties, "connectiontimeout", MtaStsTransport.DEFAULT_CONNECTION_TIMEOUT_MILLIS),
        millis(properties, "timeout", MtaStsTransport.DEFAULT_TIMEOUT_MILLIS),
        millis(properties, "deliverytimeout", MtaStsTransport.DEFAULT_DELIVERY_TIMEOUT_MILLIS),
        localName,
        Set.copyOf(ownHosts),
        AddressGuard.publicOnly()
            .allowing(list(properties, "allowedaddresses", AddressRange::parse)),
        messageProperties(properties));
  }

  private static PolicyResolver resolver(Properties properties) {
    Object resolver = properties.get(RESOLVER);
    if (resolver == null) {
      throw new IllegalArgumentException(
          RESOLVER
              + ": expected a PolicyResolver, found nothing; call MtaStsTransport.register(session,"
              + " resolver)");
    }
    return instance(PolicyResolver.class, RESOLVER, resolver);
  }

  private static <T> T instance(Class<T> type, String name, Object found) {
    if (!type.isInstance(found)) {
      throw new IllegalArgumentException(
          name
              + ": expected an instance of "
              + type.getSimpleName()
              + ", found one of "
              + found.getClass().getName());
    }
    return type.cast(found);
  }

  /** Returns empty if this system has no name with a dot. */
  private static Optional<String> systemName() {
    try {
      String name = InetAddress.getLocalHost().getCanonicalHostName();
      boolean isName = name.indexOf('.') > 0 && name.chars().anyMatch(Character::isLetter);
      return isName && name.indexOf(':') < 0 ? Optional.of(name) : Optional.empty();
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> localName(Properties properties, String name) {
    Optional<String> found = text(properties, name);
    if (found.isPresent() && !found.get().chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException(
          name
              + ": expected one word of ASCII, such as mail.example.com, found \""
              + Excerpt.of(found.get())
              + "\"");
    }
    return found;
  }

  private static int port(Properties properties) {
    return (int) number(properties, PREFIX + "port", MtaStsTransport.DEFAULT_PORT, 65_535);
  }

  private static Duration millis(Properties properties, String name, int defaultValue) {
    return Duration.ofMillis(number(properties, PREFIX + name, defaultValue, MAX_MILLIS));
  }

  private static long number(Properties properties, String name, int defaultValue, long max) {
    Object value = properties.get(name);
    String text = value == null ? properties.getProperty(name) : value.toString();
    if (text == null) {
      return defaultValue;
    }
    try {
      long number = Long.parseLong(text.strip());
      if (number >= 1 && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    throw new IllegalArgumentException(
        name + ": expected a number from 1 to " + max + ", found \"" + Excerpt.of(text) + "\"");
  }

  private static Optional<String> text(Properties properties, String name) {
    return Optional.ofNullable(properties.getProperty(name))
        .map(String::strip)
        .filter(text -> !text.isEmpty());
  }

  private static <T> List<T> list(Properties properties, String name, Function<String, T> parser) {
    try {
      return Arrays.stream(properties.getProperty(PREFIX + name, "").split(",", -1))
          .map(String::strip)
          .filter(item -> !item.isEmpty())
          .map(parser)
          .toList();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(PREFIX + name + ": " + e.getMessage(), e);
    }
  }

  private static Properties messageProperties(Properties properties) {
    Properties selected = new Properties();
    for (String name : MESSAGE_PROPERTIES) {
      text(properties, name).ifPresent(value -> selected.setProperty(name, value));
    }
    return selected;
  }

  boolean allowsUtf8() {
    return Boolean.parseBoolean(smtp.getProperty("mail.mime.allowutf8"));
  }
}
