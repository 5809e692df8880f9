// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.recipes;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.discovery.DnsJavaClient;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicySyntaxException;
import io.github.mtasts.policy.Reading;
import io.github.mtasts.testing.TestCa;
import io.github.mtasts.testing.TestDns;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/** DNS with one domain, example.com, whose only MX host is mx.example.com on this machine. */
final class RecipeNetwork implements AutoCloseable {
  static final TestCa CA = TestCa.create();

  private final TestDns dns = TestDns.start();
  private final DnsClient client = DnsJavaClient.of(List.of(dns.address()), Duration.ofSeconds(30));
  private final InetSocketAddress mx;

  RecipeNetwork(InetSocketAddress mx) {
    this.mx = mx;
    dns.mx("example.com", 10, "mx.example.com")
        .a("mx.example.com", mx.getAddress().getHostAddress());
  }

  /** Returns the session properties for this network; only tests need them. */
  Properties properties() {
    Properties properties = new Properties();
    properties.put("mail.mta-sts.dns", client);
    properties.setProperty("mail.mta-sts.port", String.valueOf(mx.getPort()));
    properties.setProperty("mail.mta-sts.allowedaddresses", "127.0.0.0/8");
    properties.setProperty("mail.mta-sts.localhost", "sender.example");
    properties.setProperty("mail.mta-sts.timeout", "30000");
    return properties;
  }

  static PolicyResolver resolver(String mode) throws PolicySyntaxException {
    Resolution resolution = policy(mode, "mx.example.com");
    return domain -> resolution;
  }

  static Resolution policy(String mode, String mx) throws PolicySyntaxException {
    String text = "version: STSv1\nmode: " + mode + "\nmx: " + mx + "\nmax_age: 86400\n";
    Policy policy = Policy.parse(text.getBytes(StandardCharsets.UTF_8), Reading.STRICT);
    MxTlsSettings settings =
        new MxTlsSettings(
            Optional.of(CA.trustManager()), Optional.empty(), new ResolverListener() {});
    return Resolution.inForce("example.com", policy, settings);
  }

  @Override
  public void close() {
    client.close();
    dns.close();
  }
}
