// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.x509.DnsIds;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * What happened during one fetch, for the message if it fails.
 *
 * <p>Thread-safe: addresses are tried in parallel, and the deadline reads it too.
 */
final class FetchTrace {
  private static final int MAX_ADDRESSES_SHOWN = 4;
  private static final int MAX_MESSAGE_LENGTH = 160;

  /** One address that could not be used, and why. */
  record FailedAddress(InetAddress address, IOException failure) {}

  private final List<FailedAddress> failedAddresses = new ArrayList<>();
  private String step = "waiting for a running fetch to end";
  private String peer = "";
  private DnsIds rejectedNames = new DnsIds(List.of());

  /** Records what the fetch does from now on, as in "found the fetch still ...". */
  synchronized void step(String step) {
    this.step = step;
  }

  synchronized String step() {
    return step;
  }

  /** Records the addresses that will be tried, or the address that is connected. */
  synchronized void peers(List<InetAddress> addresses) {
    List<String> shown =
        addresses.stream().limit(MAX_ADDRESSES_SHOWN).map(InetAddress::getHostAddress).toList();
    peer = String.join(", ", shown) + (addresses.size() > MAX_ADDRESSES_SHOWN ? ", …" : "");
  }

  /** The addresses as text; empty before the lookup. */
  synchronized String peer() {
    return peer;
  }

  synchronized void failed(InetAddress address, IOException failure) {
    failedAddresses.add(new FailedAddress(address, failure));
  }

  synchronized List<FailedAddress> failedAddresses() {
    return List.copyOf(failedAddresses);
  }

  /** The failed addresses as text, for example {@code 192.0.2.1: Connection refused}. */
  synchronized String failedAddressesText() {
    List<String> shown =
        failedAddresses.stream()
            .limit(MAX_ADDRESSES_SHOWN)
            .map(failed -> failed.address().getHostAddress() + ": " + text(failed.failure()))
            .toList();
    return String.join("; ", shown) + (failedAddresses.size() > MAX_ADDRESSES_SHOWN ? "; …" : "");
  }

  /** Records the DNS-IDs of a certificate that was rejected for its names. */
  synchronized void rejectedNames(DnsIds names) {
    rejectedNames = names;
  }

  synchronized DnsIds rejectedNames() {
    return rejectedNames;
  }

  /** An exception as text, shortened and escaped: its message may contain what the host sent. */
  static String text(Throwable thrown) {
    String message = thrown.getMessage();
    return message == null
        ? thrown.getClass().getSimpleName()
        : Excerpt.of(message, MAX_MESSAGE_LENGTH);
  }
}
