// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Help.Ansi;

/** The {@code cache} commands when the store fails. */
class CacheFailureTest {
  @TempDir Path directory;

  @Test
  void keepsTheOutputFileWhenTheStoreFails() throws IOException {
    Path file = Files.writeString(directory.resolve("policies.jsonl"), "existing\n");
    Path broken = Files.writeString(directory.resolve("broken.db"), "no database at all");

    CommandRun run =
        CommandRun.of("cache", "export", "--store", "jdbc:sqlite:" + broken, file.toString());

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).singleElement().asString().contains("file is not a database");
    assertThat(file).hasContent("existing\n");
    assertThat(Path.of(file + ".part")).doesNotExist();
  }

  @Test
  void endsOnlyAfterAllFailuresAreReported() throws IOException {
    Path broken = Files.writeString(directory.resolve("broken.db"), "no database at all");
    StringWriter err = new StringWriter();
    Terminal slow =
        new Terminal(
            InputStream.nullInputStream(),
            new PrintWriter(new StringWriter()),
            new SlowWriter(err),
            Ansi.OFF);

    int status = Main.run(slow, "cache", "list", "--store", "jdbc:sqlite:" + broken);

    assertThat(status).isEqualTo(3);
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .contains("file is not a database");
  }

  /** Writes each line slowly. */
  private static final class SlowWriter extends PrintWriter {
    SlowWriter(Writer writer) {
      super(writer);
    }

    @Override
    public void println(@Nullable String line) {
      LockSupport.parkNanos(300_000_000);
      super.println(line);
    }
  }

  @Test
  void reportsAFileThatIsNoDatabaseOnOneLine() throws IOException {
    Path broken = Files.writeString(directory.resolve("broken.db"), "no database at all");

    CommandRun run = CommandRun.of("cache", "list", "--store", broken.toString());

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .singleElement()
        .asString()
        .contains("in " + broken + ", found ", "not a database");
    assertThat(broken).hasContent("no database at all");
  }

  @Test
  void reportsAMissingDirectoryOnOneLine() {
    Path missing = directory.resolve("missing").resolve("policies.db");

    CommandRun run =
        CommandRun.withInput("", "cache", "import", "--store", missing.toString(), "-");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .containsExactly(
            "mta-sts: --store: store file: expected a file in an existing directory, found "
                + missing
                + "; create the directory");
  }

  @Test
  void reportsADirectoryOnOneLine() {
    CommandRun run = CommandRun.of("cache", "list", "--store", directory.toString());

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .containsExactly(
            "mta-sts: --store: store file: expected a file, found the directory "
                + directory
                + "; name a file in it");
  }

  /** Nothing listens on port 1. */
  @Test
  void hidesThePasswordOfADatabaseThatCannotBeReached() {
    String url = "jdbc:postgresql://127.0.0.1:1/mail?user=mta&password=s3cret";

    CommandRun run = CommandRun.of("cache", "list", "--store", url);

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.err())
        .singleElement()
        .asString()
        .contains("policy store: expected to list policies")
        .doesNotContain("s3cret");
  }
}
