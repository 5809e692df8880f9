// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import io.github.mtasts.policy.DomainName;

/**
 * Where the policy of a domain is published. RFC 8461 §3.3
 *
 * @param host the policy host, {@code mta-sts.} and the policy domain
 * @param url the URL of the policy, always HTTPS
 */
record PolicyLocation(DomainName host, String url) {
  private static final String HOST_PREFIX = "mta-sts.";
  private static final String PATH = "/.well-known/mta-sts.txt";

  /**
   * The location for a policy domain.
   *
   * @throws IllegalArgumentException if the policy host's name is too long for DNS
   */
  static PolicyLocation of(DomainName domain) {
    DomainName host = DomainName.of(HOST_PREFIX + domain.value());
    return new PolicyLocation(host, "https://" + host.value() + PATH);
  }
}
