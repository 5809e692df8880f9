// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * A DNS server for tests: real messages over UDP and TCP on one ephemeral port of 127.0.0.1.
 *
 * <p>It answers like a recursive resolver: it follows CNAMEs within its records, {@code
 * *.example.com} is a wildcard, an unknown name is NXDOMAIN, and a name with records of other types
 * gives an empty answer. Negative answers carry a SOA for the negative TTL. Records can change at
 * any time, and each name can have a {@link Fault}.
 *
 * <pre>{@code
 * try (TestDns dns = TestDns.start()) {
 *   dns.txt("_mta-sts.example.com", "v=STSv1; id=1;").a("mta-sts.example.com", "127.0.0.1");
 *   dns.fault("_mta-sts.example.net", TestDns.Fault.SERVFAIL);
 *   // point the code under test to dns.address()
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads.
 */
public final class TestDns implements AutoCloseable {
  /** The default TTL of records, in seconds: {@value}. */
  public static final int DEFAULT_TTL = 300;

  private static final int MAX_STRING = 255;
  private static final Name EVERY_NAME = Name.root;

  /** A failure for a name, for queries of every type. */
  public enum Fault {
    /** The answer is SERVFAIL. */
    SERVFAIL,
    /** The answer is REFUSED. */
    REFUSED,
    /** There is no answer. */
    SILENT,
    /** Over UDP the answer is empty and marked truncated; over TCP it is complete. */
    TRUNCATED,
    /** The answer has the right id and an invalid body. */
    GARBAGE,
    /** The answer is that the name does not exist, whatever the records say. */
    NXDOMAIN,
    /** The answer holds the first CNAME and not its target. */
    CHAIN_CUT,
    /** The answer has another id than the query, like a forged one. */
    WRONG_ID,
    /** The answer repeats another question than the query's. */
    WRONG_QUESTION,
    /** The answer also holds records of a name that is not in the query. */
    STRAY_RECORDS
  }

  private final DnsData data = new DnsData();
  private final Map<Name, Fault> faults = new ConcurrentHashMap<>();
  private final Map<Name, Queue<Runnable>> held = new ConcurrentHashMap<>();
  private final Queue<String> log = new ConcurrentLinkedQueue<>();
  private final Queue<String> tcpLog = new ConcurrentLinkedQueue<>();
  private final DnsSockets sockets;
  private volatile int ttl = DEFAULT_TTL;
  private volatile Function<String, Optional<List<String>>> txtFallback = name -> Optional.empty();
  private volatile Function<String, Optional<String>> addressFallback = name -> Optional.empty();

  private TestDns() {
    data.fallback(this::fallbackRecords);
    sockets = DnsSockets.open(this::handle);
  }

  /** Starts a server without records. */
  public static TestDns start() {
    return new TestDns();
  }

  /** Returns the address and port, the same for UDP and TCP. */
  public InetSocketAddress address() {
    return sockets.address();
  }

  /**
   * Adds TXT records.
   *
   * @param name the owner
   * @param values one record each; longer ones are split into character-strings of 255 octets
   * @return this server
   */
  public TestDns txt(String name, String... values) {
    for (String value : values) {
      data.add(txtRecord(name(name), cut(value)));
    }
    return this;
  }

  /**
   * Adds one TXT record made of the given character-strings.
   *
   * @param name the owner
   * @param characterStrings each at most 255 octets of UTF-8
   * @return this server
   */
  public TestDns txtStrings(String name, List<String> characterStrings) {
    List<byte[]> strings = new ArrayList<>();
    characterStrings.forEach(string -> strings.add(string.getBytes(StandardCharsets.UTF_8)));
    data.add(txtRecord(name(name), strings));
    return this;
  }

  /** Adds an A record. */
  public TestDns a(String name, String address) {
    data.add(new ARecord(name(name), DClass.IN, ttl, literal(address)));
    return this;
  }

  /** Adds an AAAA record. */
  public TestDns aaaa(String name, String address) {
    data.add(new AAAARecord(name(name), DClass.IN, ttl, literal(address)));
    return this;
  }

  /** Adds an MX record; the host {@code .} with preference 0 is the null MX (RFC 7505 §3). */
  public TestDns mx(String name, int preference, String host) {
    data.add(new MXRecord(name(name), DClass.IN, ttl, preference, name(host)));
    return this;
  }

  /** Makes a name an alias of another; it may have no other records. */
  public TestDns cname(String name, String target) {
    data.add(new CNAMERecord(name(name), DClass.IN, ttl, name(target)));
    return this;
  }

  /** Removes all records of a name. */
  public TestDns remove(String name) {
    data.remove(name(name));
    return this;
  }

  /** Sets the TTL in seconds of the records added from now on. */
  public TestDns ttl(int seconds) {
    ttl = seconds;
    return this;
  }

  /**
   * Sets the SOA that negative answers carry; a client takes the smaller number (RFC 2308 §5).
   *
   * @param soaTtl the TTL of the SOA record, in seconds
   * @param minimum the SOA's MINIMUM field, in seconds
   * @return this server
   */
  public TestDns negativeTtl(int soaTtl, int minimum) {
    data.negativeTtl(soaTtl, minimum);
    return this;
  }

  /** Removes the SOA from negative answers. */
  public TestDns noNegativeTtl() {
    data.noNegativeTtl();
    return this;
  }

  /**
   * Answers TXT queries for names without records, for tests with thousands of domains.
   *
   * @param values the values for a name (lower case, no trailing dot), or empty for NXDOMAIN
   * @return this server
   */
  public TestDns fallback(Function<String, Optional<List<String>>> values) {
    txtFallback = values;
    return this;
  }

  /**
   * Answers A queries for names without records.
   *
   * @param address the IPv4 address for a name (lower case, no trailing dot), or empty for NXDOMAIN
   * @return this server
   */
  public TestDns addressFallback(Function<String, Optional<String>> address) {
    addressFallback = address;
    return this;
  }

  /** Makes a name fail until {@link #clearFault}. */
  public TestDns fault(String name, Fault fault) {
    faults.put(name(name), fault);
    return this;
  }

  /** Ends the fault of a name. */
  public TestDns clearFault(String name) {
    faults.remove(name(name));
    return this;
  }

  /** Makes all names fail that have no fault of their own, until {@link #clearFaults}. */
  public TestDns faultEverywhere(Fault fault) {
    faults.put(EVERY_NAME, fault);
    return this;
  }

  /** Ends all faults. */
  public TestDns clearFaults() {
    faults.clear();
    return this;
  }

  /**
   * Holds queries for a name until {@link #release}; they are logged on arrival. The client may
   * retry meanwhile.
   */
  public TestDns hold(String name) {
    held.computeIfAbsent(name(name), absent -> new ConcurrentLinkedQueue<>());
    return this;
  }

  /** Answers the held queries from the current records, and stops holding the name. */
  public TestDns release(String name) {
    Queue<Runnable> waiting = held.remove(name(name));
    if (waiting != null) {
      waiting.forEach(Runnable::run);
    }
    return this;
  }

  /**
   * Counts the queries received.
   *
   * @param name the name, in any case
   * @param type for example {@code TXT}
   * @return the number, over UDP and TCP together
   */
  public int queries(String name, String type) {
    String line = line(name(name), Type.value(type));
    return (int) log.stream().filter(line::equals).count();
  }

  /** Returns the queries in order of arrival, for example {@code _mta-sts.example.com TXT}. */
  public List<String> queryLog() {
    return List.copyOf(log);
  }

  /** Returns the queries of {@link #queryLog()} that came over TCP. */
  public List<String> tcpQueryLog() {
    return List.copyOf(tcpLog);
  }

  /** Closes the sockets and ends the threads. */
  @Override
  public void close() {
    sockets.close();
  }

  private void handle(byte[] message, DnsSockets.Transport transport, Consumer<byte[]> reply) {
    Message query;
    try {
      query = new Message(message);
    } catch (IOException notDns) {
      return;
    }
    if (query.getQuestion() == null) {
      return;
    }
    Name name = query.getQuestion().getName();
    String line = line(name, query.getQuestion().getType());
    log.add(line);
    if (transport == DnsSockets.Transport.TCP) {
      tcpLog.add(line);
    }
    Runnable answer = () -> DnsReplies.reply(query, transport, data, fault(name)).ifPresent(reply);
    // Atomic, so that release() cannot come in between.
    Queue<Runnable> waiting =
        held.computeIfPresent(
            lowerCase(name),
            (key, questions) -> {
              questions.add(answer);
              return questions;
            });
    if (waiting == null) {
      answer.run();
    }
  }

  private Optional<Fault> fault(Name name) {
    return Optional.ofNullable(faults.getOrDefault(lowerCase(name), faults.get(EVERY_NAME)));
  }

  private List<Record> fallbackRecords(Name name, int type) {
    String text = text(name);
    if (type == Type.TXT) {
      return txtFallback.apply(text).orElse(List.of()).stream()
          .<Record>map(value -> txtRecord(name, cut(value)))
          .toList();
    }
    if (type == Type.A) {
      return addressFallback.apply(text).stream()
          .<Record>map(address -> new ARecord(name, DClass.IN, ttl, literal(address)))
          .toList();
    }
    return List.of();
  }

  private TXTRecord txtRecord(Name name, List<byte[]> strings) {
    return new TXTRecord(name, DClass.IN, ttl, strings.stream().map(TestDns::escaped).toList());
  }

  private static List<byte[]> cut(String value) {
    byte[] octets = value.getBytes(StandardCharsets.UTF_8);
    List<byte[]> strings = new ArrayList<>();
    int from = 0;
    do {
      int to = Math.min(octets.length, from + MAX_STRING);
      strings.add(Arrays.copyOfRange(octets, from, to));
      from = to;
    } while (from < octets.length);
    return strings;
  }

  /** Escapes octets as in a zone file, which dnsjava expects. */
  private static String escaped(byte[] octets) {
    StringBuilder text = new StringBuilder();
    for (byte octet : octets) {
      text.append(String.format(Locale.ROOT, "\\%03d", octet & 0xFF));
    }
    return text.toString();
  }

  private static String line(Name name, int type) {
    return text(name) + " " + Type.string(type);
  }

  private static String text(Name name) {
    return lowerCase(name).toString(true);
  }

  private static Name lowerCase(Name name) {
    return name.canonicalize();
  }

  private static Name name(String text) {
    try {
      return lowerCase(Name.fromString(text, Name.root));
    } catch (TextParseException e) {
      throw new IllegalArgumentException("name: expected a DNS name, found " + text, e);
    }
  }

  private static InetAddress literal(String address) {
    if (!address.matches("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")) {
      throw new IllegalArgumentException("address: expected an IP literal, found " + address);
    }
    try {
      return InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("address: expected an IP literal, found " + address, e);
    }
  }
}
