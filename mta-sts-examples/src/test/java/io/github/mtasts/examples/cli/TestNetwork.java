// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.PolicyHosts;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestCa;
import io.github.mtasts.testing.TestDns;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/** DNS, policy hosts and MX hosts on loopback, and the command options to use them. */
@SuppressWarnings("try") // close() rethrows any exception of the test kit's servers
final class TestNetwork implements AutoCloseable {
  static final TestCa CA = TestCa.create();

  final TestDns dns = TestDns.start();
  final PolicyHosts hosts = PolicyHosts.start(CA);

  /** Reserves the port of the MX hosts, which is free on all other loopback addresses. */
  private final ServerSocket reserved =
      new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));

  private final Deque<AutoCloseable> servers = new ArrayDeque<>(List.of(dns, hosts, reserved));
  private final int smtpPort = reserved.getLocalPort();
  private final String ca;
  private int lastAddress = 1;

  TestNetwork(Path directory) throws IOException {
    ca = Files.writeString(directory.resolve("ca.pem"), CA.certificatePem()).toString();
  }

  /** Starts an MX host with a trusted certificate. */
  MxServer mx(String host) {
    return serving(
        MxServer.builder().certificate(CA.issue(host)).hostName(host).address(addressOf(host)));
  }

  MxServer mxWithoutTls(String host) {
    return serving(MxServer.builder().hostName(host).address(addressOf(host)));
  }

  private MxServer serving(MxServer.Builder builder) {
    MxServer server = builder.start();
    servers.push(server);
    return server;
  }

  ScriptedMx mx(String host, ScriptedMx.Script script) {
    ScriptedMx server = script.address(addressOf(host)).start();
    servers.push(server);
    return server;
  }

  /** Adds an address record; nothing listens there until a server is started. */
  InetSocketAddress addressOf(String host) {
    String address = "127.0.0." + ++lastAddress;
    dns.a(host, address);
    return new InetSocketAddress(address, smtpPort);
  }

  /** Adds MX records, in order of preference. */
  TestNetwork domain(String domain, String... mxHosts) {
    for (int i = 0; i < mxHosts.length; i++) {
      dns.mx(domain, 10 * (i + 1), mxHosts[i]);
    }
    return this;
  }

  TestNetwork policy(String domain, String mode, String pattern) {
    hosts.publish(
        domain, "version: STSv1\nmode: " + mode + "\nmx: " + pattern + "\nmax_age: 86400\n");
    dns.txt("_mta-sts." + domain, "v=STSv1; id=1;").a("mta-sts." + domain, "127.0.0.1");
    return this;
  }

  /** Returns the command with the options for this network, which allow loopback addresses. */
  String[] arguments(String command, List<String> usual, String... more) {
    List<String> all = new ArrayList<>(List.of(arguments(command, "--allow-private-addresses")));
    all.addAll(usual);
    Collections.addAll(all, more);
    return all.toArray(String[]::new);
  }

  String[] arguments(String command, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                command,
                "--dns",
                "127.0.0.1:" + dns.address().getPort(),
                "--https-port",
                "" + hosts.port(),
                "--smtp-port",
                "" + smtpPort,
                "--ca",
                ca,
                "--timeout",
                "20"));
    Collections.addAll(arguments, more);
    return arguments.toArray(String[]::new);
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable server : servers) {
      server.close();
    }
  }
}
