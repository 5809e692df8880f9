package io.github.mtasts.fetch;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Keeps fetches from being turned inward: says which addresses a policy host must not have.
 *
 * <p>Whoever publishes a TXT record chooses where a sender's HTTPS request goes. Without a guard
 * that may be the sender's own loopback interface, its private network, or the metadata service of
 * its cloud. Use {@link #publicOnly()}, the default of {@link OkHttpPolicyFetcher}, and {@link
 * #allowing} where policy hosts do live on a network of one's own.
 *
 * <p>Refused are the special-purpose ranges of IPv4 and IPv6 (RFC 6890 §2.2): loopback, private,
 * link-local, shared, benchmarking, documentation, multicast, reserved and everything that is not
 * global unicast. Forms that carry an IPv4 address are judged by it where they can lead to it:
 * IPv4-mapped addresses, and {@code 64:ff9b::/96} (RFC 6052 §2.1), which is how a network with
 * DNS64 reaches ordinary IPv4 hosts. Teredo, 6to4 and IPv4-compatible addresses are refused
 * altogether: nobody serves policies there.
 *
 * <p>Immutable, hence thread-safe.
 */
public final class AddressGuard {
  private static final AddressGuard PUBLIC_ONLY = new AddressGuard(List.of());
  private static final AddressRange TRANSLATED = AddressRange.parse("64:ff9b::/96");

  private final List<AddressRange> allowed;

  private AddressGuard(List<AddressRange> allowed) {
    this.allowed = allowed;
  }

  /** Returns the guard that lets only public addresses pass. */
  public static AddressGuard publicOnly() {
    return PUBLIC_ONLY;
  }

  /**
   * Returns a guard that lets these ranges pass as well as what this one does.
   *
   * <p>Give the narrowest ranges that do: each of them can be asked for HTTPS by anybody who
   * publishes a TXT record.
   *
   * @param ranges the ranges to allow, although special
   */
  public AddressGuard allowing(List<AddressRange> ranges) {
    List<AddressRange> all = new ArrayList<>(allowed);
    all.addAll(ranges);
    return new AddressGuard(List.copyOf(all));
  }

  /**
   * Says why the address must not be connected to.
   *
   * @param address an address of a policy host
   * @return the reason, for example {@code 127.0.0.1 is in 127.0.0.0/8 (loopback)}; empty if there
   *     is none
   */
  public Optional<String> refusal(InetAddress address) {
    Objects.requireNonNull(address, "address");
    return special(AddressRange.octets(address))
        .map(special -> address.getHostAddress() + " is in " + special);
  }

  private Optional<SpecialRange> special(byte[] address) {
    for (AddressRange range : allowed) {
      if (range.contains(address)) {
        return Optional.empty();
      }
    }
    if (TRANSLATED.contains(address)) {
      return special(Arrays.copyOfRange(address, 12, 16));
    }
    return SpecialRange.containing(address);
  }
}
