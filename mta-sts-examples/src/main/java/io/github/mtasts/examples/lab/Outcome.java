package io.github.mtasts.examples.lab;

import java.util.Optional;

/**
 * What became of one message.
 *
 * @param handling what the sender did
 * @param mx the MX host to which it delivered, by the name it knew it under; empty when deferred
 * @param reader who has the message now, by the mailboxes and not by what the sender believes
 * @param trouble what the sender noted: a result type of TLS reports, or {@link #NOT_LISTED}
 */
public record Outcome(
    Handling handling, Optional<String> mx, Reader reader, Optional<String> trouble) {
  /** The trouble for which TLS reports have no word of its own. */
  static final String NOT_LISTED = "an MX host that is not in the policy";

  /** What the sender did. */
  public enum Handling {
    /** Delivered, and the MX host had proved who it is. */
    VERIFIED("delivered over verified TLS"),
    /** Delivered, encrypted, to whoever it was. */
    UNVERIFIED("delivered over unverified TLS"),
    /** Delivered, readable for everybody on the path. */
    IN_CLEAR("delivered in clear"),
    /** Kept in the queue, to be tried again. */
    DEFERRED("deferred");

    private final String words;

    Handling(String words) {
      this.words = words;
    }
  }

  /** Who has the message. */
  public enum Reader {
    /** The recipient's own MX host. */
    RECIPIENT(""),
    /** The attacker. */
    ATTACKER("; the attacker reads it"),
    /** Nobody but the sender. */
    NOBODY("; no mail host has it");

    private final String words;

    Reader(String words) {
      this.words = words;
    }
  }

  static Outcome verified(String mx) {
    return new Outcome(Handling.VERIFIED, Optional.of(mx), Reader.RECIPIENT, Optional.empty());
  }

  static Outcome unverified(String mx) {
    return new Outcome(Handling.UNVERIFIED, Optional.of(mx), Reader.RECIPIENT, Optional.empty());
  }

  static Outcome inClear(String mx) {
    return new Outcome(Handling.IN_CLEAR, Optional.of(mx), Reader.RECIPIENT, Optional.empty());
  }

  static Outcome deferred(String trouble) {
    return new Outcome(Handling.DEFERRED, Optional.empty(), Reader.NOBODY, Optional.of(trouble));
  }

  Outcome noting(String noted) {
    return new Outcome(handling, mx, reader, Optional.of(noted));
  }

  Outcome readBy(Reader other) {
    return new Outcome(handling, mx, other, trouble);
  }

  /** Returns the outcome in words. */
  public String text() {
    String where = mx.map(host -> " to " + host).orElse("");
    String noted =
        trouble
            .map(what -> (handling == Handling.DEFERRED ? " because of " : ", noted: ") + what)
            .orElse("");
    return handling.words + where + noted + reader.words;
  }
}
