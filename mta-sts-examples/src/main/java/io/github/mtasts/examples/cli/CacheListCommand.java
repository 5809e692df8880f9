// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.mtasts.PolicyCacheAdmin;
import io.github.mtasts.PolicyCacheAdmin.Page;
import io.github.mtasts.PolicyCacheAdmin.State;
import io.github.mtasts.PolicyCacheAdmin.Statistics;
import io.github.mtasts.PolicyResolver;
import io.github.mtasts.store.StoredRow;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code mta-sts cache list}: lists the stored policies and their states. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "List the policies in a store, sorted by domain.")
final class CacheListCommand implements Callable<Integer> {
  private static final int PAGE = 500;
  private static final int LABEL_WIDTH = 12;
  private static final int NO_LIMIT = Integer.MAX_VALUE;

  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final StoreOptions store = new StoreOptions();

  @Option(
      names = "--state",
      paramLabel = "STATE",
      converter = StateName.class,
      description = "Show only this state: enforce, testing, none, expired, failing or unreadable.")
  private State state = State.ANY;

  @Option(
      names = "--after",
      paramLabel = "DOMAIN",
      description = "Start after this domain, for example the last one shown.")
  private String after = "";

  @Option(
      names = "--limit",
      paramLabel = "N",
      converter = Limit.class,
      description = "Show at most N policies; default: all.")
  private int limit = NO_LIMIT;

  @Option(names = "--summary", description = "Show only the number of policies in each state.")
  private boolean summary;

  CacheListCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException {
    store.requireFile();
    CacheOperation operation = summary ? this::count : this::list;
    return operation.run(store, store.addTo(PolicyResolver.builder(), terminal), terminal);
  }

  private ExitStatus list(PolicyCacheAdmin cache) {
    Instant now = Instant.now();
    StoredRowText text = new StoredRowText(terminal, now);
    Optional<String> next = Optional.of(after);
    for (int left = limit; left > 0 && next.isPresent(); ) {
      Page page = cache.list(state, next.get(), Math.min(left, PAGE));
      if (output.json) {
        for (StoredRow row : page.rows()) {
          terminal.json(json -> StoredRowJson.write(json, row, now));
        }
      } else {
        text.table(page.rows());
      }
      left -= page.rows().size();
      next = page.next();
    }
    if (!output.json) {
      showEnd(text, next);
    }
    return ExitStatus.FINE;
  }

  private void showEnd(StoredRowText text, Optional<String> next) {
    if (next.isPresent()) {
      terminal.line("there may be more; continue with --after " + Terminal.visible(next.get()));
    } else if (!text.hasHeader()) {
      terminal.line("no stored policy matches");
    }
  }

  private ExitStatus count(PolicyCacheAdmin cache) {
    Map<String, Long> counts = counts(cache.statistics());
    if (output.json) {
      terminal.json(json -> write(json, counts));
    } else {
      counts.forEach(
          (label, number) -> terminal.line("  " + Terminal.padded(label, LABEL_WIDTH) + number));
    }
    return ExitStatus.FINE;
  }

  private static void write(JsonGenerator json, Map<String, Long> counts) throws IOException {
    for (Map.Entry<String, Long> count : counts.entrySet()) {
      json.writeNumberField(count.getKey(), count.getValue());
    }
  }

  private static Map<String, Long> counts(Statistics statistics) {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("enforce", statistics.enforce());
    counts.put("testing", statistics.testing());
    counts.put("none", statistics.none());
    counts.put("expired", statistics.expired());
    counts.put("failing", statistics.failing());
    counts.put("unreadable", statistics.unreadable());
    return counts;
  }

  /** Parses the name of a state. */
  static final class StateName implements ITypeConverter<State> {
    @Override
    public State convert(String text) {
      return Arrays.stream(State.values())
          .filter(state -> label(state).equals(text))
          .findFirst()
          .orElseThrow(() -> new TypeConversionException("expected " + labels()));
    }

    private static String label(State state) {
      return state.name().toLowerCase(Locale.ROOT);
    }

    private static String labels() {
      return Arrays.stream(State.values()).map(StateName::label).collect(Collectors.joining(", "));
    }
  }

  /** Parses a number of rows. */
  static final class Limit implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return NetworkOptions.number(text, "a number", 99_999);
    }
  }
}
