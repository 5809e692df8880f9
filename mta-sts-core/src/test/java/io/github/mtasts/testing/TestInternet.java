// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.PolicyResolverBuilder;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.discovery.DnsJavaClient;
import io.github.mtasts.policy.PolicyMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * A small internet on loopback: a certificate authority, a DNS server, policy hosts, MX hosts and a
 * clock, and the settings of a sender that uses them.
 *
 * <p>Publish policies and start MX hosts, then give {@link #resolver()} and {@link
 * #mailProperties()} to the code under test. Use the accessors to make a server faulty.
 *
 * <pre>{@code
 * try (TestInternet internet = TestInternet.start()) {
 *   internet
 *       .publish("example.com", TestInternet.policy(PolicyMode.ENFORCE, "mx.example.com"))
 *       .mxRecords("example.com", "mx.example.com");
 *   MxServer mx = internet.mx("mx.example.com");
 *   try (PolicyResolver resolver = internet.resolver().build()) {
 *     // send mail to example.com; then check mx.messages()
 *   }
 * }
 * }</pre>
 *
 * <p>Each MX host has its own address from 127.0.0.2 upwards, and all have the same port. Linux and
 * Windows have these addresses; on macOS add them with {@code ifconfig lo0 alias}.
 *
 * <p>Needs the libraries of {@link TestCa}, {@link PolicyHosts} and {@link MxServer}. The servers
 * can be used by several threads; publish and start hosts from one thread.
 */
public final class TestInternet implements AutoCloseable {
  /** The {@code max_age} of the policies of {@link #policy}, in seconds: {@value}, one week. */
  public static final int MAX_AGE_SECONDS = 604_800;

  private static final String LOOPBACK = "127.0.0.0/8";

  private final TestCa ca;
  private final SettableClock clock;
  private final TestDns dns = TestDns.start();
  private final DnsClient dnsClient =
      DnsJavaClient.of(List.of(dns.address()), Duration.ofSeconds(30));
  private final PolicyHosts policyHosts;
  // Reserves the port of the MX hosts, which is then free at all other loopback addresses.
  private final ServerSocket smtpPort;
  private final List<Runnable> mxHosts = new ArrayList<>(); // close each
  private int lastMxAddress = 1;
  private int lastId;

  private TestInternet(TestCa ca, SettableClock clock) throws IOException {
    this.ca = ca;
    this.clock = clock;
    policyHosts = PolicyHosts.start(ca);
    smtpPort = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
  }

  /** {@return a new one, with its own authority and a clock at the default start} */
  public static TestInternet start() {
    return start(TestCa.create(), new SettableClock());
  }

  /**
   * Starts one with an authority that several tests share, or with a clock of another time.
   *
   * @param ca issues the certificates of policy hosts and MX hosts
   * @param clock the clock of the resolver
   * @return it, without policies and MX hosts
   */
  public static TestInternet start(TestCa ca, SettableClock clock) {
    try {
      return new TestInternet(ca, clock);
    } catch (IOException e) {
      throw new UncheckedIOException("test internet: expected free ports on loopback", e);
    }
  }

  /** {@return the authority that the sender trusts for policy hosts and MX hosts} */
  public TestCa ca() {
    return ca;
  }

  /** {@return the clock of the resolver} */
  public SettableClock clock() {
    return clock;
  }

  /** {@return the DNS server} */
  public TestDns dns() {
    return dns;
  }

  /** {@return a client of the DNS server, with a deadline of 30 s; closed with this object} */
  public DnsClient dnsClient() {
    return dnsClient;
  }

  /** {@return the policy hosts of all domains} */
  public PolicyHosts policyHosts() {
    return policyHosts;
  }

  /** {@return the port of all MX hosts} */
  public int smtpPort() {
    return smtpPort.getLocalPort();
  }

  /**
   * Writes a policy with a {@code max_age} of one week.
   *
   * @param mode its mode
   * @param mx its MX patterns; none for {@link PolicyMode#NONE}
   * @return the text of a policy file (RFC 8461 §3.2)
   */
  public static String policy(PolicyMode mode, String... mx) {
    String patterns =
        Arrays.stream(mx).map(pattern -> "mx: " + pattern + "\r\n").collect(Collectors.joining());
    return ("version: STSv1\r\nmode: " + mode.label() + "\r\n")
        + (patterns + "max_age: " + MAX_AGE_SECONDS + "\r\n");
  }

  /**
   * Publishes a policy under a new id: 1 for the first call, 2 for the second, whatever the domain.
   *
   * @param domain the policy domain
   * @param policyText the policy file
   * @return this
   */
  public TestInternet publish(String domain, String policyText) {
    return publish(domain, String.valueOf(++lastId), policyText);
  }

  /**
   * Publishes a policy: the TXT record, the address of the policy host, and the policy file. Each
   * replaces what was there.
   *
   * @param domain the policy domain
   * @param id the id in the TXT record
   * @param policyText the policy file
   * @return this
   */
  public TestInternet publish(String domain, String id, String policyText) {
    policyHosts.publish(domain, policyText);
    dns.remove("mta-sts." + domain)
        .a("mta-sts." + domain, policyHosts.address().getHostAddress())
        .remove("_mta-sts." + domain)
        .txt("_mta-sts." + domain, "v=STSv1; id=" + id + ";");
    return this;
  }

  /**
   * Adds MX records with preference 10, 20, and so on.
   *
   * @param domain the recipient domain
   * @param hosts the most preferred host first
   * @return this
   */
  public TestInternet mxRecords(String domain, String... hosts) {
    for (int i = 0; i < hosts.length; i++) {
      dns.mx(domain, 10 * (i + 1), hosts[i]);
    }
    return this;
  }

  /**
   * Adds an unused address to a host name in DNS. Connections to it are refused until a host starts
   * there.
   *
   * @param host the name of an MX host
   * @return the address, with {@link #smtpPort()}
   */
  public InetSocketAddress addressOf(String host) {
    String address = "127.0.0." + ++lastMxAddress;
    dns.a(host, address);
    return new InetSocketAddress(address, smtpPort());
  }

  /**
   * {@return a new correct MX host at an unused address, listening}
   *
   * @param host its name, in DNS and in its certificate
   */
  public MxServer mx(String host) {
    return mx(host, ca.issue(host));
  }

  /**
   * {@return a new MX host with another certificate, listening}
   *
   * @param host its name in DNS
   * @param certificate the certificate it presents
   */
  public MxServer mx(String host, TestCertificate certificate) {
    return mx(host, MxServer.builder().certificate(certificate));
  }

  /**
   * {@return a new MX host that offers no STARTTLS, listening}
   *
   * @param host its name in DNS
   */
  public MxServer mxWithoutTls(String host) {
    return mx(host, MxServer.builder());
  }

  /**
   * Starts an MX host with these settings at an unused address.
   *
   * @param host its name, in DNS and in its greeting
   * @param settings all but the name and the address
   * @return it, listening
   */
  public MxServer mx(String host, MxServer.Builder settings) {
    return mxAt(addressOf(host), settings.hostName(host));
  }

  /**
   * Starts an MX host at a given address, and adds nothing to DNS.
   *
   * @param address one of {@link #addressOf}, or another address of this machine
   * @param settings all but the address
   * @return it, listening
   */
  public MxServer mxAt(InetSocketAddress address, MxServer.Builder settings) {
    MxServer server = settings.address(address).start();
    mxHosts.add(server::close);
    return server;
  }

  /**
   * {@return a new faulty MX host at an unused address, listening}
   *
   * @param host its name in DNS
   * @param script what it does
   */
  public ScriptedMx mx(String host, ScriptedMx.Script script) {
    ScriptedMx server = script.address(addressOf(host)).start();
    mxHosts.add(server::close);
    return server;
  }

  /**
   * {@return the settings of a resolver for this internet} They are those of {@link
   * #resolverOptions()}, the DNS server, and the permission to fetch from loopback addresses.
   */
  public PolicyResolverBuilder resolver() {
    return resolverOptions().dnsServers(dns.address()).allowPolicyHostAddresses(LOOPBACK);
  }

  /**
   * {@return the settings without DNS and allowed addresses, for tests of these} They are the port
   * of the policy hosts, the trust anchor and the clock.
   */
  public PolicyResolverBuilder resolverOptions() {
    return PolicyResolver.builder()
        .policyHostPort(policyHosts.port())
        .policyHostTrust(ca.trustManager())
        .mxHostTrust(ca.trustManager())
        .clock(clock, clock.nanoTicker());
  }

  /** {@return new session properties with which {@code MtaStsTransport} finds the MX hosts} */
  public Properties mailProperties() {
    Properties properties = new Properties();
    properties.put("mail.mta-sts.dns", dnsClient);
    properties.setProperty("mail.mta-sts.port", String.valueOf(smtpPort()));
    properties.setProperty("mail.mta-sts.allowedaddresses", LOOPBACK + ",::1");
    properties.setProperty("mail.mta-sts.localhost", "sender.example");
    properties.setProperty("mail.mta-sts.timeout", "30000");
    return properties;
  }

  /** Stops all servers. */
  @Override
  public void close() {
    mxHosts.forEach(Runnable::run);
    policyHosts.close();
    dnsClient.close();
    dns.close();
    try {
      smtpPort.close();
    } catch (IOException e) {
      throw new UncheckedIOException("test internet: expected to free a port", e);
    }
  }
}
