// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static io.github.mtasts.testing.MxReaction.alert;
import static io.github.mtasts.testing.MxReaction.awaitClientHello;
import static io.github.mtasts.testing.MxReaction.drip;
import static io.github.mtasts.testing.MxReaction.flood;
import static io.github.mtasts.testing.MxReaction.handshake;
import static io.github.mtasts.testing.MxReaction.hangUp;
import static io.github.mtasts.testing.MxReaction.raw;
import static io.github.mtasts.testing.MxReaction.reset;
import static io.github.mtasts.testing.MxReaction.say;
import static io.github.mtasts.testing.MxReaction.silence;
import static io.github.mtasts.testing.MxReaction.tls10ServerHello;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.mail.DomainDelivery.Outcome;
import io.github.mtasts.testing.MxReaction;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestCa;
import io.github.mtasts.testing.TestCertificate;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Faults of an MX host that a sender must handle. */
@SuppressWarnings("ImmutableEnumChecker") // lambdas without state
enum MxFault {
  STARTTLS_TWICE(
      Kind.HARMLESS, secure().andThen(on("EHLO", say("250-mx", "250-STARTTLS", "250 STARTTLS")))),
  INJECTED_AFTER_220(Kind.HARMLESS, MxFault::inject),

  NO_STARTTLS(ResultType.STARTTLS_NOT_SUPPORTED, on("EHLO", say("250-mx", "250 8BITMIME"))),
  STARTTLS_454(ResultType.STARTTLS_NOT_SUPPORTED, on("STARTTLS", say("454 4.7.0 not now"))),
  STARTTLS_502(ResultType.STARTTLS_NOT_SUPPORTED, on("STARTTLS", say("502 5.5.1 what?"))),
  STARTTLS_421(ResultType.STARTTLS_NOT_SUPPORTED, on("STARTTLS", closing())),
  SILENCE_AFTER_220(ResultType.VALIDATION_FAILURE, startTls(silence())),
  PLAIN_TEXT_AFTER_220(ResultType.VALIDATION_FAILURE, startTls(say("250 fooled you"), silence())),
  END_AFTER_220(ResultType.VALIDATION_FAILURE, startTls(hangUp())),
  RESET_IN_HANDSHAKE(ResultType.VALIDATION_FAILURE, startTls(awaitClientHello(), reset())),
  TLS_1_0_ONLY(ResultType.VALIDATION_FAILURE, startTls(tls10ServerHello())),
  NO_COMMON_VERSION(ResultType.VALIDATION_FAILURE, startTls(alert(70))),
  NO_COMMON_CIPHER(ResultType.VALIDATION_FAILURE, startTls(alert(40))),

  EXPIRED(ResultType.CERTIFICATE_EXPIRED, mx -> of(mx).expired().issue()),
  NOT_YET_VALID(ResultType.CERTIFICATE_NOT_TRUSTED, mx -> of(mx).notYetValid().issue()),
  UNKNOWN_CA(ResultType.CERTIFICATE_NOT_TRUSTED, mx -> TestCa.create().issue(mx)),
  SELF_SIGNED(ResultType.CERTIFICATE_NOT_TRUSTED, mx -> of(mx).selfSigned().issue()),
  NO_INTERMEDIATE(
      ResultType.CERTIFICATE_NOT_TRUSTED, mx -> of(mx).withMissingIntermediate().issue()),
  OTHER_NAME(ResultType.CERTIFICATE_HOST_MISMATCH, mx -> MailFixture.CA.issue("other.example.net")),
  COMMON_NAME_ONLY(
      ResultType.CERTIFICATE_HOST_MISMATCH, mx -> MailFixture.CA.leaf().commonName(mx).issue()),

  GREETING_421(Kind.UNAVAILABLE, on("", closing())),
  GREETING_554(Kind.UNAVAILABLE, on("", say("554 5.7.1 not you"), hangUp())),
  GREETING_MISSING(Kind.UNAVAILABLE, on("", hangUp())),
  GREETING_NEVER(Kind.UNAVAILABLE, on("", silence())),
  GREETING_NOT_SMTP(Kind.UNAVAILABLE, on("", say("HTTP/1.1 400 Bad Request", ""), silence())),
  GREETING_OVER_64_KIB(Kind.UNAVAILABLE, on("", raw(greeting(65 * 1024)), silence())),
  GREETING_WITHOUT_END(Kind.UNAVAILABLE, on("", flood(text("220-and so on\r\n")))),
  EHLO_421(Kind.UNAVAILABLE, on("EHLO", closing())),
  EHLO_LINE_WITHOUT_END(Kind.UNAVAILABLE, on("EHLO", flood(text("250-and so on")))),
  MAIL_421(Kind.UNAVAILABLE, secure().andThen(on("MAIL", closing()))),
  MAIL_END(Kind.UNAVAILABLE, secure().andThen(on("MAIL", hangUp()))),
  MAIL_LINE_WITHOUT_END(Kind.UNAVAILABLE, secure().andThen(on("MAIL", flood(text("250 a"))))),
  RCPT_421(Kind.UNAVAILABLE, secure().andThen(on("RCPT", closing()))),
  RCPT_RESET(Kind.UNAVAILABLE, secure().andThen(on("RCPT", reset()))),
  DATA_421(Kind.UNAVAILABLE, secure().andThen(on("DATA", closing()))),
  DATA_END(Kind.UNAVAILABLE, secure().andThen(on("DATA", hangUp()))),

  DOT_421(Kind.TEMPORARY_REFUSAL, secure().andThen(on(".", closing()))),
  DOT_451(Kind.TEMPORARY_REFUSAL, secure().andThen(on(".", say("451 4.3.0 disk full")))),
  DOT_END(Kind.UNKNOWN, secure().andThen(on(".", hangUp()))),
  DOT_RESET(Kind.UNKNOWN, secure().andThen(on(".", reset()))),
  DOT_SILENCE(Kind.UNKNOWN, secure().andThen(on(".", silence()))),
  DOT_NOT_SMTP(Kind.UNKNOWN, secure().andThen(on(".", say("ok"), silence()))),

  MAIL_554(Kind.PERMANENT_REFUSAL, secure().andThen(on("MAIL", say("554 5.7.1 never"), reset()))),
  RCPT_550(Kind.PERMANENT_REFUSAL, secure().andThen(on("RCPT", say("550 5.1.1 unknown"), reset()))),
  DATA_554(Kind.PERMANENT_REFUSAL, secure().andThen(on("DATA", say("554 5.7.1 never"), reset()))),
  DOT_554(Kind.PERMANENT_REFUSAL, secure().andThen(on(".", say("554 5.7.1 spam"), reset()))),

  DRIPPING_GREETING(Kind.ENDLESS, on("", dripping())),
  DRIPPING_EHLO(Kind.ENDLESS, on("EHLO", dripping())),
  DRIPPING_MAIL(Kind.ENDLESS, secure().andThen(on("MAIL", dripping())));

  /** How a sender handles the fault. */
  enum Kind {
    /** Unusual, or an attack without effect: the host gets the message over TLS. */
    HARMLESS,
    /** TLS cannot be used: the host gets the message in clear if allowed, else the next host. */
    NO_TLS,
    /** The certificate is invalid: no effect unless enforced, else the next host is tried. */
    BAD_CERTIFICATE,
    /** The host is unavailable, which does not concern the message: the next host is tried. */
    UNAVAILABLE,
    /** The host refuses the message temporarily: deferred. */
    TEMPORARY_REFUSAL,
    /** The host may have the message or not: deferred, and no other host is tried now. */
    UNKNOWN,
    /** The host refuses the message permanently, and then closes the connection. */
    PERMANENT_REFUSAL,
    /** The host uses all the time of the delivery: deferred. */
    ENDLESS
  }

  private final Kind kind;
  private final Optional<ResultType> resultType;
  private final BiConsumer<ScriptedMx.Script, String> script;

  MxFault(ResultType resultType, BiConsumer<ScriptedMx.Script, String> script) {
    this.kind = Kind.NO_TLS;
    this.resultType = Optional.of(resultType);
    this.script = script;
  }

  MxFault(ResultType resultType, Function<String, TestCertificate> certificate) {
    this.kind = Kind.BAD_CERTIFICATE;
    this.resultType = Optional.of(resultType);
    this.script =
        (script, mx) ->
            script.on("STARTTLS", say("220 go ahead"), handshake(certificate.apply(mx)));
  }

  MxFault(Kind kind, BiConsumer<ScriptedMx.Script, String> script) {
    this.kind = kind;
    this.resultType = Optional.empty();
    this.script = script;
  }

  Kind kind() {
    return kind;
  }

  /** Whether a policy in enforce blocks this host. */
  boolean isAgainstPolicy() {
    return resultType.isPresent();
  }

  /** Whether only a timeout detects it. */
  boolean isSilent() {
    return this == SILENCE_AFTER_220 || this == GREETING_NEVER || this == DOT_SILENCE;
  }

  /** The result type in a TLS report. */
  Optional<ResultType> resultType() {
    return resultType;
  }

  /** The outcome of an attempt at a host with this fault. */
  Outcome outcome(Requirement requirement) {
    boolean isEnforced = requirement == Requirement.ENFORCED;
    return switch (kind) {
      case HARMLESS -> Outcome.DELIVERED;
      case NO_TLS, BAD_CERTIFICATE -> isEnforced ? Outcome.TLS_FAILED : Outcome.DELIVERED;
      case TEMPORARY_REFUSAL -> Outcome.DEFERRED;
      case UNKNOWN -> Outcome.UNKNOWN;
      case PERMANENT_REFUSAL -> Outcome.FAILED;
      case ENDLESS -> Outcome.UNREACHABLE;
      case UNAVAILABLE ->
          switch (this) {
            case GREETING_421, GREETING_554, EHLO_421 -> Outcome.DEFERRED;
            default -> Outcome.UNREACHABLE;
          };
    };
  }

  /** The disposition of a message if there is no other host. */
  Disposition disposition(Requirement requirement) {
    return switch (outcome(requirement)) {
      case DELIVERED -> Disposition.DELIVERED;
      case FAILED -> Disposition.FAILED;
      case UNREACHABLE, REFUSED, TLS_FAILED, DEFERRED, UNKNOWN -> Disposition.DEFERRED;
    };
  }

  /** Whether the next host may get the message, and there is time left for it. */
  boolean allowsAnotherHost(Requirement requirement) {
    return kind == Kind.UNAVAILABLE || outcome(requirement) == Outcome.TLS_FAILED;
  }

  /** The script of a host of this name with this fault. */
  ScriptedMx.Script script(String mx) {
    ScriptedMx.Script made = ScriptedMx.script();
    script.accept(made, mx);
    return made;
  }

  private static BiConsumer<ScriptedMx.Script, String> on(String verb, MxReaction... then) {
    return (script, mx) -> script.on(verb, then);
  }

  private static MxReaction[] closing() {
    return new MxReaction[] {say("421 4.3.2 busy"), hangUp()};
  }

  private static BiConsumer<ScriptedMx.Script, String> startTls(MxReaction... then) {
    MxReaction[] all = new MxReaction[then.length + 1];
    all[0] = say("220 go ahead");
    System.arraycopy(then, 0, all, 1, then.length);
    return on("STARTTLS", all);
  }

  /** A valid handshake, so that later faults occur under every policy. */
  private static BiConsumer<ScriptedMx.Script, String> secure() {
    return (script, mx) ->
        script.on("STARTTLS", say("220 go ahead"), handshake(MailFixture.CA.issue(mx)));
  }

  /**
   * As in CVE-2011-0411, but by the server: replies in clear after the 220, in one segment with it,
   * for a client that reads buffered clear text under TLS.
   */
  private static void inject(ScriptedMx.Script script, String mx) {
    script.on(
        "STARTTLS",
        say("220 go ahead", "250-injected", "250 AUTH PLAIN", "554 5.7.1 injected"),
        handshake(MailFixture.CA.issue(mx)));
  }

  private static TestCa.Leaf of(String mx) {
    return MailFixture.CA.leaf().dnsNames(mx);
  }

  private static MxReaction dripping() {
    return drip("220 " + "x".repeat(2000), Duration.ofMillis(50));
  }

  private static byte[] greeting(int octets) {
    byte[] greeting = new byte[octets];
    Arrays.fill(greeting, (byte) 'x');
    System.arraycopy(text("220 "), 0, greeting, 0, 4);
    return greeting;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
