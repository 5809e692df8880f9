// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.mtasts.policy.MxPattern;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicySyntaxException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code mta-sts policy FILE…}: parses policy files and shows their content. */
@Command(
    name = "policy",
    mixinStandardHelpOptions = true,
    description = "Parse policy files, as served at /.well-known/mta-sts.txt.")
final class PolicyCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final ReadingOptions reading = new ReadingOptions();

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "A policy file; - is stdin.")
  private List<String> files = List.of();

  PolicyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    ExitStatus status = ExitStatus.FINE;
    for (String file : files) {
      status = status.and(parse(file));
    }
    return status.code();
  }

  private ExitStatus parse(String file) {
    try {
      Policy policy = PolicyFile.parse(new InputFile(file, terminal), reading.reading());
      if (output.json) {
        terminal.json(json -> write(json, file, policy));
      } else {
        show(file, policy);
      }
      return ExitStatus.FINE;
    } catch (PolicySyntaxException e) {
      if (output.json) {
        terminal.json(json -> write(json, file, e));
      } else {
        terminal.line(
            terminal.strong(file) + ": " + terminal.bad("not a policy: " + PolicyFile.describe(e)));
      }
      return ExitStatus.WRONG;
    } catch (CommandException e) {
      terminal.error(e.line());
      return e.status();
    }
  }

  private static void write(JsonGenerator json, String file, Policy policy) throws IOException {
    json.writeStringField("file", file);
    json.writeBooleanField("valid", true);
    json.writeStringField("mode", policy.mode().label());
    JsonMembers.strings(json, "mx", policy.mx().stream().map(MxPattern::text).toList());
    json.writeNumberField("maxAge", policy.maxAge().toSeconds());
    json.writeObjectFieldStart("extensions");
    for (Map.Entry<String, String> extension : policy.extensions().entrySet()) {
      json.writeStringField(extension.getKey(), extension.getValue());
    }
    json.writeEndObject();
    JsonMembers.strings(json, "warnings", policy.warnings());
  }

  private static void write(JsonGenerator json, String file, PolicySyntaxException e)
      throws IOException {
    json.writeStringField("file", file);
    json.writeBooleanField("valid", false);
    json.writeObjectFieldStart("error");
    json.writeNumberField("line", e.line());
    json.writeStringField("message", e.getMessage());
    json.writeStringField("section", e.section());
    json.writeEndObject();
  }

  private void show(String file, Policy policy) {
    terminal.line(terminal.strong(file) + ": " + terminal.good("valid policy"));
    terminal.entry("mode", policy.mode().label());
    terminal.entry("max_age", describe(policy.maxAge()));
    policy.mx().forEach(pattern -> terminal.entry("mx", pattern.text()));
    policy
        .extensions()
        .forEach((key, value) -> terminal.entry("unknown", Terminal.visible(key + ": " + value)));
    policy.warnings().forEach(warning -> terminal.entry("warning", terminal.warning(warning)));
  }

  static String describe(Duration maxAge) {
    long days = maxAge.toDays();
    String about = days > 0 ? " (about " + days + (days == 1 ? " day)" : " days)") : "";
    return maxAge.toSeconds() + " s" + about;
  }
}
