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
 * <p>It answers as a recursive resolver does: CNAMEs are followed within its records, {@code
 * *.example.com} is a wildcard, a name that is not there is NXDOMAIN, a name with other records is
 * an empty answer, and both carry a SOA for the negative TTL. Records can be changed at any time,
 * and each name can be given a {@link Fault}.
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
  /** The TTL of records unless told otherwise, in seconds: {@value}. */
  public static final int DEFAULT_TTL = 300;

  private static final int MAX_STRING = 255;
  private static final Name EVERY_NAME = Name.root;

  /** What goes wrong for a name, whatever the type asked for. */
  public enum Fault {
    /** The answer is SERVFAIL. */
    SERVFAIL,
    /** The answer is REFUSED. */
    REFUSED,
    /** No answer comes. */
    SILENT,
    /** Over UDP the answer is empty and marked truncated; over TCP it is complete. */
    TRUNCATED,
    /** The answer has the right id, and then its body is rubbish. */
    GARBAGE,
    /** The answer is that the name does not exist, whatever the records say. */
    NXDOMAIN,
    /** The answer holds the first CNAME and not what it leads to. */
    CHAIN_CUT,
    /** The answer has another id than the question, as a forger's guess would. */
    WRONG_ID,
    /** The answer repeats another question than was asked. */
    WRONG_QUESTION,
    /** Beside the answer stand records of a name that nobody asked for. */
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

  /** Starts a server that knows no name yet. */
  public static TestDns start() {
    return new TestDns();
  }

  /** Returns where it listens, for UDP and TCP alike. */
  public InetSocketAddress address() {
    return sockets.address();
  }

  /**
   * Adds TXT records.
   *
   * @param name the owner
   * @param values one record each, cut into character-strings of 255 octets where longer
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

  /** Takes all records of a name away. */
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

  /** Leaves the SOA out of negative answers. */
  public TestDns noNegativeTtl() {
    data.noNegativeTtl();
    return this;
  }

  /**
   * Answers TXT for any name that has no records, so that thousands of domains need no preparation.
   *
   * @param values the values for a name (lower case, no trailing dot), or empty for NXDOMAIN
   * @return this server
   */
  public TestDns fallback(Function<String, Optional<List<String>>> values) {
    txtFallback = values;
    return this;
  }

  /**
   * Answers A for any name that has no records.
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

  /** Makes a name answer as its records say. */
  public TestDns clearFault(String name) {
    faults.remove(name(name));
    return this;
  }

  /** Makes every name fail that has no fault of its own, until {@link #clearFaults}. */
  public TestDns faultEverywhere(Fault fault) {
    faults.put(EVERY_NAME, fault);
    return this;
  }

  /** Makes every name answer as its records say. */
  public TestDns clearFaults() {
    faults.clear();
    return this;
  }

  /**
   * Keeps questions about a name waiting until {@link #release}; they are logged on arrival. A
   * client that waits for long may ask again meanwhile.
   */
  public TestDns hold(String name) {
    held.computeIfAbsent(name(name), absent -> new ConcurrentLinkedQueue<>());
    return this;
  }

  /** Answers the questions that wait, as the records are now, and holds the name no longer. */
  public TestDns release(String name) {
    Queue<Runnable> waiting = held.remove(name(name));
    if (waiting != null) {
      waiting.forEach(Runnable::run);
    }
    return this;
  }

  /**
   * Counts the questions that arrived.
   *
   * @param name the name, in any case
   * @param type for example {@code TXT}
   * @return how many, over UDP and TCP together
   */
  public int queries(String name, String type) {
    String line = line(name(name), Type.value(type));
    return (int) log.stream().filter(line::equals).count();
  }

  /** Returns the questions in order of arrival, for example {@code _mta-sts.example.com TXT}. */
  public List<String> queryLog() {
    return List.copyOf(log);
  }

  /** Returns those of {@link #queryLog()} that came over TCP. */
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
    // In one with the look, so that nobody releases the name in between.
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

  /** Spells octets as dnsjava wants them, which is as in a zone file. */
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
