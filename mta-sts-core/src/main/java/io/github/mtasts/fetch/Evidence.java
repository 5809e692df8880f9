package io.github.mtasts.fetch;

import io.github.mtasts.policy.Excerpt;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * What one fetch met with on its way, for the person who has to find out why it failed.
 *
 * <p>Safe for use by several threads: addresses are tried side by side, and the deadline reads.
 */
final class Evidence {
  private static final int MOST_SHOWN = 4;
  private static final int SHOWN = 160;

  /** One address that did not do. */
  record Attempt(InetAddress address, IOException failure) {}

  private final List<Attempt> attempts = new ArrayList<>();
  private String step = "waiting for its turn among the fetches under way";
  private String peer = "";
  private List<String> presentedNames = List.of();

  /** What is being done from now on. */
  synchronized void doing(String step) {
    this.step = step;
  }

  /** What was being done last. */
  synchronized String step() {
    return step;
  }

  /** The addresses that will be connected to, or the one that has been. */
  synchronized void peers(List<InetAddress> addresses) {
    List<String> shown =
        addresses.stream().limit(MOST_SHOWN).map(InetAddress::getHostAddress).toList();
    peer = String.join(", ", shown) + (addresses.size() > MOST_SHOWN ? ", …" : "");
  }

  /** The addresses as text; empty before any was known. */
  synchronized String peer() {
    return peer;
  }

  synchronized void failed(InetAddress address, IOException failure) {
    attempts.add(new Attempt(address, failure));
  }

  synchronized List<Attempt> attempts() {
    return List.copyOf(attempts);
  }

  /** The attempts as text, for example {@code 192.0.2.1: Connection refused}. */
  synchronized String attemptsText() {
    List<String> shown =
        attempts.stream()
            .limit(MOST_SHOWN)
            .map(a -> a.address().getHostAddress() + ": " + text(a.failure()))
            .toList();
    return String.join("; ", shown) + (attempts.size() > MOST_SHOWN ? "; …" : "");
  }

  /** The DNS names of the certificate that was refused for its names. */
  synchronized void presentedNames(List<String> names) {
    presentedNames = List.copyOf(names);
  }

  synchronized List<String> presentedNames() {
    return presentedNames;
  }

  /** An exception in words; its message may hold what the host sent. */
  static String text(Throwable thrown) {
    String message = thrown.getMessage();
    return message == null ? thrown.getClass().getSimpleName() : Excerpt.of(message, SHOWN);
  }
}
