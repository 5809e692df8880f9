// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Shows stored rows as text: many domains in columns, or one in full. */
final class StoredRowText {
  private static final int STATE_WIDTH = 12;
  private static final int TIME_WIDTH = 22;

  private final Terminal terminal;
  private final Instant now;
  private int domainWidth = "DOMAIN".length() + 2;
  private boolean headerShown;

  StoredRowText(Terminal terminal, Instant now) {
    this.terminal = terminal;
    this.now = now;
  }

  /** Shows rows in columns; columns only get wider. */
  void table(List<StoredRow> rows) {
    for (StoredRow row : rows) {
      domainWidth = Math.max(domainWidth, Excerpt.of(row.domain()).length() + 2);
    }
    if (!headerShown && !rows.isEmpty()) {
      headerShown = true;
      terminal.line(
          terminal.strong(columns("DOMAIN", "STATE", "FETCHED", "EXPIRES", "LAST USED") + "NOTE"));
    }
    rows.forEach(this::tableLine);
  }

  boolean hasHeader() {
    return headerShown;
  }

  private void tableLine(StoredRow row) {
    Optional<StoredPolicy> policy = StoredRowJson.policy(row);
    String note =
        policy
            .map(stored -> stored.lastFailure().map(StoredRowText::describe).orElse(""))
            .orElseGet(() -> StoredRowJson.unreadable(row).orElse(""));
    String line =
        columns(
            Excerpt.of(row.domain()),
            StoredRowJson.state(row, now),
            policy.map(stored -> time(stored.fetchedAt())).orElse(""),
            policy.map(stored -> time(stored.expiresAt())).orElse(""),
            policy.map(stored -> time(stored.lastUsedAt())).orElse(""));
    terminal.line(note.isEmpty() ? line.stripTrailing() : line + terminal.bad(Excerpt.of(note)));
  }

  private String columns(
      String domain, String state, String fetched, String expires, String lastUsed) {
    return Terminal.padded(domain, domainWidth)
        + Terminal.padded(state, STATE_WIDTH)
        + Terminal.padded(fetched, TIME_WIDTH)
        + Terminal.padded(expires, TIME_WIDTH)
        + Terminal.padded(lastUsed, TIME_WIDTH);
  }

  /** Shows one row in full. */
  void full(StoredRow row) {
    terminal.line(terminal.strong(Excerpt.of(row.domain())));
    terminal.entry("state", styled(StoredRowJson.state(row, now)));
    StoredRowJson.policy(row).ifPresent(this::full);
    StoredRowJson.unreadable(row)
        .ifPresent(why -> terminal.entry("error", terminal.bad(Excerpt.of(why, 300))));
  }

  private void full(StoredPolicy policy) {
    terminal.entry("id", policy.id());
    terminal.entry("fetched", time(policy.fetchedAt()));
    terminal.entry("expires", time(policy.expiresAt()));
    terminal.entry("last used", time(policy.lastUsedAt()));
    policy
        .lastFailure()
        .ifPresent(
            failure -> {
              terminal.entry(
                  "failure", terminal.bad(time(failure.at()) + ", " + describe(failure)));
              terminal.entry("", "no retry before " + time(failure.retryAt()));
            });
    String label = "text";
    for (String line : policy.text().lines().toList()) {
      terminal.entry(label, Excerpt.of(line));
      label = "";
    }
  }

  private String styled(String state) {
    return switch (state) {
      case "enforce" -> terminal.good(state);
      case "testing", "none" -> terminal.warning(state);
      default -> terminal.bad(state);
    };
  }

  private static String describe(StoredFailure failure) {
    return failure.failures()
        + (failure.failures() == 1 ? " failure, " : " failures in a row, ")
        + failure.resultType().map(ResultType::label).map(label -> label + ": ").orElse("")
        + failure.detail();
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
