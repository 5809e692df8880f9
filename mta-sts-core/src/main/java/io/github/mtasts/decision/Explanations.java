// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.policy.MxPattern;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicyMode;
import java.util.Optional;
import java.util.stream.Collectors;

/** The sentences that people read in bounces, in logs and on the command line. */
final class Explanations {
  private static final int PATTERNS_SHOWN = 8;
  private static final int NAME_SHOWN = 260;

  private static final String SHADOW_REFUSED = "Shadow mode: would be refused; nothing is blocked.";
  private static final String SHADOW_ENFORCED =
      "Shadow mode: would be enforced, so that a failure would keep the mail back; nothing is"
          + " blocked.";

  private Explanations() {}

  static String of(MxDecision decision) {
    if (decision.resolution() instanceof Resolution.InForce inForce) {
      return under(inForce, decision);
    }
    String mx = shown(decision.mxHost());
    if (decision.isRefused()) {
      return of(decision.resolution())
          + " Until this is known no MX host is tried, "
          + mx
          + " included: keep the message queued and try again later.";
    }
    return of(decision.resolution())
        + (decision.wouldBe() == Requirement.REFUSED ? " " + SHADOW_REFUSED : "")
        + " MX host "
        + mx
        + " is used with TLS if it offers it.";
  }

  static Optional<String> caveat(MxDecision decision) {
    String caveat =
        (overridden(decision.resolution()) + shadow(decision.wouldBe(), decision.requirement()))
            .strip();
    return caveat.isEmpty() ? Optional.empty() : Optional.of(caveat);
  }

  private static String shadow(Requirement wouldBe, Requirement requirement) {
    if (wouldBe == requirement) {
      return "";
    }
    return wouldBe == Requirement.REFUSED ? SHADOW_REFUSED : SHADOW_ENFORCED;
  }

  /** Comes before all text from the network, so that published text cannot imitate it. */
  private static String overridden(Resolution resolution) {
    return resolution.override().map(o -> "Under an override (" + o + "). ").orElse("");
  }

  static String of(Resolution resolution) {
    String problem =
        resolution
            .problem()
            .map(p -> " Problem since " + p.since() + ": " + problem(p) + ".")
            .orElse("");
    if (resolution instanceof Resolution.InForce inForce) {
      return overridden(inForce) + inForce(inForce) + "." + problem;
    }
    if (resolution instanceof Resolution.Undetermined undetermined) {
      return undetermined(undetermined);
    }
    Resolution.NoPolicy none = (Resolution.NoPolicy) resolution;
    String why =
        overridden(none)
            + shown(none.domain())
            + " has no MTA-STS policy in force: "
            + none.detail()
            + ".";
    return none.problem().map(Problem::detail).filter(none.detail()::equals).isPresent()
        ? why
        : why + problem;
  }

  private static String undetermined(Resolution.Undetermined undetermined) {
    String domain = shown(undetermined.domain());
    return "MTA-STS policy of "
        + domain
        + ": expected to find out whether there is one, found "
        + whatFailed(undetermined.cause())
        + " since "
        + undetermined.since()
        + " ("
        + undetermined.detail()
        + "). "
        + whatToDo(undetermined.cause(), domain);
  }

  private static String whatFailed(Cause cause) {
    return switch (cause) {
      case DNS_UNAVAILABLE -> "no answer from DNS";
      case STORE_UNAVAILABLE -> "no answer from the store of this sender, which may have it,";
      case BUSY -> "this sender overloaded";
      case CLOSING -> "the resolver of this sender closing";
      case INTERRUPTED -> "the thread of this delivery interrupted";
      case INTERNAL_ERROR -> "an error inside this sender";
    };
  }

  private static String whatToDo(Cause cause, String domain) {
    return switch (cause) {
      case DNS_UNAVAILABLE ->
          "Check the DNS servers of this sender; if they work, those of "
              + domain
              + " must be"
              + " repaired by its owner.";
      case STORE_UNAVAILABLE -> "Repair the store.";
      case BUSY -> "Send fewer messages at once, or raise the limits of the resolver.";
      case CLOSING -> "Close the resolver only after the last delivery.";
      case INTERRUPTED -> "Deliver again on a thread that is not interrupted.";
      case INTERNAL_ERROR -> "See the log of this sender, and report the error.";
    };
  }

  private static String under(Resolution.InForce inForce, MxDecision decision) {
    String mx = shown(decision.mxHost());
    PolicyMode mode = inForce.effectiveMode();
    String policy = overridden(inForce) + inForce(inForce);
    boolean shadow = decision.wouldBe() != decision.requirement();
    if (mode == PolicyMode.NONE) {
      return policy + ": MX host " + mx + " is used with TLS if it offers it (RFC 8461 §5).";
    }
    if (decision.isListed()) {
      return policy
          + ": MX host "
          + mx
          + (isListedByPolicy(inForce, decision)
              ? " is listed ("
              : " is admitted by the override (")
          + decision.listed().map(MxPattern::text).orElse("")
          + ") and must offer STARTTLS with a trusted certificate for "
          + mx
          + (mode == PolicyMode.ENFORCE
              ? (shadow ? ". " + SHADOW_ENFORCED : ", or gets no mail (RFC 8461 §4.2).")
              : "; in testing a failure is only recorded (RFC 8461 §5).");
    }
    return policy
        + ": expected an MX host among "
        + patterns(inForce.published())
        + ", found "
        + mx
        + (mode == PolicyMode.ENFORCE && shadow
            ? ". " + SHADOW_REFUSED
            : consequence(inForce, mode));
  }

  private static boolean isListedByPolicy(Resolution.InForce inForce, MxDecision decision) {
    return decision.listed().filter(inForce.published().mx()::contains).isPresent();
  }

  private static String consequence(Resolution.InForce inForce, PolicyMode mode) {
    return mode == PolicyMode.ENFORCE
        ? ". Mail must not go there (RFC 8461 §5): either the MX record is forged, or the owner of "
            + inForce.domain()
            + " has changed MX hosts without changing the policy. Keep the message queued and try"
            + " again later."
        : ". In testing this is only recorded (RFC 8461 §5).";
  }

  private static String inForce(Resolution.InForce inForce) {
    String confirmed =
        switch (inForce.source()) {
          case FETCHED -> "fetched just now, at " + inForce.fetchedAt();
          case CACHED -> "fetched " + inForce.fetchedAt();
          case CACHED_UNCONFIRMED -> "fetched " + inForce.fetchedAt() + ", not confirmed since";
          case PINNED -> "pinned by the operator";
        };
    return "MTA-STS policy of "
        + inForce.domain()
        + " (mode "
        + inForce.published().mode().label()
        + ", "
        + confirmed
        + ", valid until "
        + inForce.expiresAt()
        + ")";
  }

  private static String problem(Problem problem) {
    return problem.resultType().map(type -> type.label() + ": ").orElse("") + problem.detail();
  }

  private static String patterns(Policy policy) {
    String shown =
        policy.mx().stream()
            .limit(PATTERNS_SHOWN)
            .map(MxPattern::text)
            .collect(Collectors.joining(", "));
    int hidden = policy.mx().size() - PATTERNS_SHOWN;
    return hidden > 0 ? shown + " and " + hidden + " more" : shown;
  }

  private static String shown(String name) {
    return Excerpt.of(name, NAME_SHOWN);
  }
}
