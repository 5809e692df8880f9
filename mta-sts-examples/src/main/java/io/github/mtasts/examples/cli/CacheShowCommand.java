// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.mtasts.PolicyCacheAdmin;
import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.Enforcement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.policy.MxPattern;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code mta-sts cache show DOMAIN…}: shows everything stored for a domain. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = "Show everything stored for a domain, and what a sender does with it.")
final class CacheShowCommand implements Callable<Integer> {
  private final Terminal terminal;
  private ExitStatus status = ExitStatus.FINE;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final StoreOptions store = new StoreOptions();
  @Mixin private final OverrideOptions overrides = new OverrideOptions();

  @Parameters(paramLabel = "DOMAIN", arity = "1..*", description = "A recipient domain.")
  private List<String> domains = List.of();

  CacheShowCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException {
    for (String domain : domains) {
      CheckCommand.requirePolicyDomain(domain);
    }
    store.requireFile();
    CacheOperation operation =
        cache -> {
          for (String domain : domains) {
            show(cache, domain);
          }
          return status;
        };
    return operation.run(store, store.addTo(PolicyResolver.builder(), terminal), terminal);
  }

  private void show(PolicyCacheAdmin cache, String domain) throws CommandException {
    Optional<StoredRow> row = cache.show(domain);
    if (row.isEmpty()) {
      terminal.error(domain + ": nothing is stored");
      status = status.and(ExitStatus.WRONG);
      return;
    }
    show(row.get(), resolve(row.get()));
  }

  /**
   * Returns what a sender would use without the network, with the overrides applied. The resolver
   * has no store, so showing a policy does not count as using it.
   */
  private Resolution resolve(StoredRow row) throws CommandException {
    try (PolicyResolver offline =
        overrides.addTo(PolicyResolver.builder().dnsClient(NoDns.INSTANCE), terminal).build()) {
      StoredRowJson.policy(row).ifPresent(offline.cache()::importFrom);
      return offline.resolve(row.domain());
    }
  }

  private void show(StoredRow row, Resolution resolution) {
    Instant now = Instant.now();
    if (output.json) {
      terminal.json(
          json -> {
            StoredRowJson.write(json, row, now);
            write(json, row, resolution);
          });
    } else {
      new StoredRowText(terminal, now).full(row);
      resolution
          .override()
          .ifPresent(override -> terminal.entry("override", terminal.warning(override.toString())));
      terminal.entry("because", Terminal.visible(resolution.explain()));
      terminal.entry("sender", terminal.strong(conclusion(resolution)));
    }
  }

  private static void write(JsonGenerator json, StoredRow row, Resolution resolution)
      throws IOException {
    JsonMembers.orNull(json, "text", StoredRowJson.policy(row).map(StoredPolicy::text));
    JsonMembers.strings(
        json, "mx", resolution.policy().map(CacheShowCommand::mx).orElse(List.of()));
    if (resolution.override().isPresent()) {
      CheckJson.writeOverride(json, resolution.override().get());
    }
    json.writeStringField("because", resolution.explain());
    json.writeStringField("sender", conclusion(resolution));
  }

  /** Describes what the sender does, in one sentence. */
  private static String conclusion(Resolution resolution) {
    boolean isListedOnly =
        resolution instanceof Resolution.InForce policy
            && policy.effectiveMode() == PolicyMode.ENFORCE
            && resolution.settings().enforcement() != Enforcement.SHADOW;
    return (isListedOnly ? "delivers only to listed MX hosts" : "delivers to any MX host")
        + CheckText.condition(resolution);
  }

  private static List<String> mx(Policy policy) {
    return policy.mx().stream().map(MxPattern::text).toList();
  }
}
