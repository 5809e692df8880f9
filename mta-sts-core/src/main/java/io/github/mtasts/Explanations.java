package io.github.mtasts;

import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.policy.MxPattern;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicyMode;
import java.util.stream.Collectors;

/** The sentences that people read: in bounces, in logs, on the command line. */
final class Explanations {
  private static final int PATTERNS_SHOWN = 8;
  private static final int NAME_SHOWN = 260;

  private Explanations() {}

  static String of(MxDecision decision) {
    if (decision.resolution() instanceof Resolution.InForce inForce) {
      return under(inForce, decision);
    }
    String mx = shown(decision.mxHost());
    return decision.isRefused()
        ? of(decision.resolution())
            + " This sender is configured to wait for DNS rather than to send without knowing: MX host "
            + mx
            + " is not tried; keep the message queued."
        : of(decision.resolution()) + " MX host " + mx + " is used with TLS if it offers it.";
  }

  static String of(Resolution resolution) {
    String problem =
        resolution
            .problem()
            .map(p -> " Problem since " + p.since() + ": " + problem(p) + ".")
            .orElse("");
    if (resolution instanceof Resolution.InForce inForce) {
      return inForce(inForce) + "." + problem;
    }
    Resolution.NoPolicy none = (Resolution.NoPolicy) resolution;
    String why = shown(none.domain()) + " has no MTA-STS policy in force: " + none.detail() + ".";
    return none.problem().map(Problem::detail).filter(none.detail()::equals).isPresent()
        ? why
        : why + problem;
  }

  private static String under(Resolution.InForce inForce, MxDecision decision) {
    String mx = shown(decision.mxHost());
    PolicyMode mode = inForce.inForce().mode();
    String policy = inForce(inForce);
    if (mode == PolicyMode.NONE) {
      return policy + ": MX host " + mx + " is used with TLS if it offers it (RFC 8461 §5).";
    }
    if (decision.isListed()) {
      return policy
          + ": MX host "
          + mx
          + " is listed ("
          + decision.listed().map(MxPattern::text).orElse("")
          + ") and must offer STARTTLS with a trusted certificate for "
          + mx
          + (mode == PolicyMode.ENFORCE
              ? ", or gets no mail (RFC 8461 §4.2)."
              : "; in testing a failure is only recorded (RFC 8461 §5).");
    }
    return policy
        + ": expected an MX host among "
        + patterns(inForce.inForce())
        + ", found "
        + mx
        + (mode == PolicyMode.ENFORCE
            ? ". Mail must not go there (RFC 8461 §5): either the MX record is forged, or the owner of "
                + inForce.domain()
                + " has changed MX hosts without changing the policy. Keep the message queued and try"
                + " again later."
            : ". In testing this is only recorded (RFC 8461 §5).");
  }

  private static String inForce(Resolution.InForce inForce) {
    String confirmed =
        switch (inForce.source()) {
          case FETCHED -> "fetched just now, at " + inForce.fetchedAt();
          case CACHED -> "fetched " + inForce.fetchedAt();
          case CACHED_UNCONFIRMED -> "fetched " + inForce.fetchedAt() + ", not confirmed since";
        };
    return "MTA-STS policy of "
        + inForce.domain()
        + " (mode "
        + inForce.inForce().mode().label()
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
