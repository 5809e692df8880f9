// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.mail.DomainDelivery;
import io.github.mtasts.mail.DomainDelivery.Attempt;
import io.github.mtasts.mail.DomainDelivery.Outcome;
import jakarta.mail.Address;
import jakarta.mail.internet.InternetAddress;
import java.util.List;
import java.util.function.UnaryOperator;

/** Shows a delivery to one domain as text, attempt by attempt. */
final class DeliveryText {
  private final Terminal terminal;

  DeliveryText(Terminal terminal) {
    this.terminal = terminal;
  }

  void show(DomainDelivery delivery) {
    terminal.line(terminal.strong(delivery.domain()));
    delivery.attempts().forEach(this::showAttempt);
    showRecipients("delivered", delivery.delivered(), terminal::good);
    showRecipients("deferred", delivery.deferred(), terminal::warning);
    showRecipients("failed", delivery.failed(), terminal::bad);
    terminal.entry("status", delivery.status());
    terminal.entry("", Terminal.visible(delivery.detail()));
  }

  private void showAttempt(Attempt attempt) {
    String address = attempt.address().map(at -> " " + at.getHostAddress()).orElse("");
    terminal.entry(
        "mx",
        Terminal.visible(attempt.mxHost())
            + address
            + "  "
            + CheckJson.label(attempt.requirement())
            + ", "
            + shown(attempt.outcome()));
    terminal.entry("", Terminal.visible(attempt.detail()));
  }

  /** An outcome of REFUSED is shown as "not contacted": the requirement already says "refused". */
  private String shown(Outcome outcome) {
    String label = outcome == Outcome.REFUSED ? "not contacted" : CheckJson.label(outcome);
    return switch (outcome) {
      case DELIVERED -> terminal.good(label);
      case DEFERRED, UNREACHABLE, UNKNOWN -> terminal.warning(label);
      case REFUSED, TLS_FAILED, FAILED -> terminal.bad(label);
    };
  }

  private void showRecipients(
      String label, List<Address> recipients, UnaryOperator<String> coloured) {
    recipients.forEach(recipient -> terminal.entry(label, coloured.apply(address(recipient))));
  }

  /** The address as given; {@code toString} would put an address literal into angle brackets. */
  private static String address(Address recipient) {
    return recipient instanceof InternetAddress mail ? mail.getAddress() : recipient.toString();
  }
}
