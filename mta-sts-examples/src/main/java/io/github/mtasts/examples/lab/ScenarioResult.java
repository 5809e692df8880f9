// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.lab;

import java.util.Optional;

/**
 * The result of a scenario.
 *
 * @param delivery what the sender did
 * @param mx the MX host that got the message, by the name in DNS; empty when deferred
 * @param reader who has the message, according to the mailboxes, not to the sender
 * @param problem what the sender logged: an RFC 8460 result type, or {@link #NOT_LISTED}
 */
public record ScenarioResult(
    Delivery delivery, Optional<String> mx, Reader reader, Optional<String> problem) {
  /** The problem without an RFC 8460 result type of its own. */
  static final String NOT_LISTED = "an MX host that the policy does not list";

  /** What the sender did. */
  public enum Delivery {
    /** Delivered; the certificate of the MX host was trusted. */
    VERIFIED("delivered over verified TLS"),
    /** Delivered, encrypted, to a host whose certificate was not trusted. */
    UNVERIFIED("delivered over unverified TLS"),
    /** Delivered in clear text. */
    IN_CLEAR("delivered in clear text"),
    /** Kept in the queue for a later attempt. */
    DEFERRED("deferred");

    private final String words;

    Delivery(String words) {
      this.words = words;
    }
  }

  /** Who has the message. */
  public enum Reader {
    /** The recipient's own MX host. */
    RECIPIENT(""),
    /** The attacker. */
    ATTACKER("; the attacker reads it"),
    /** No MX host. */
    NOBODY("; no MX host has the message");

    private final String words;

    Reader(String words) {
      this.words = words;
    }
  }

  static ScenarioResult verified(String mx) {
    return new ScenarioResult(
        Delivery.VERIFIED, Optional.of(mx), Reader.RECIPIENT, Optional.empty());
  }

  static ScenarioResult unverified(String mx) {
    return new ScenarioResult(
        Delivery.UNVERIFIED, Optional.of(mx), Reader.RECIPIENT, Optional.empty());
  }

  static ScenarioResult inClear(String mx) {
    return new ScenarioResult(
        Delivery.IN_CLEAR, Optional.of(mx), Reader.RECIPIENT, Optional.empty());
  }

  static ScenarioResult deferred(String problem) {
    return new ScenarioResult(
        Delivery.DEFERRED, Optional.empty(), Reader.NOBODY, Optional.of(problem));
  }

  ScenarioResult withProblem(String newProblem) {
    return new ScenarioResult(delivery, mx, reader, Optional.of(newProblem));
  }

  ScenarioResult readBy(Reader other) {
    return new ScenarioResult(delivery, mx, other, problem);
  }

  /** Returns the result in words. */
  public String text() {
    String host = mx.map(name -> " to " + name).orElse("");
    String logged =
        problem
            .map(what -> (delivery == Delivery.DEFERRED ? " because of " : ", logged: ") + what)
            .orElse("");
    return delivery.words + host + logged + reader.words;
  }
}
