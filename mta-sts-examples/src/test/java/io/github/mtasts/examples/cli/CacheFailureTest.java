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
import java.sql.DriverManager;
import java.sql.SQLException;
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
    assertThat(run.err()).singleElement().asString().contains("reading jdbc:sqlite:…");
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
    assertThat(err.toString().lines()).singleElement().asString().contains("reading jdbc:sqlite:…");
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
  void hidesAPasswordThatTheDatabaseRefuses() throws SQLException {
    Path file = directory.resolve("protected");
    String url = "jdbc:h2:async:" + file + ";USER=sa;PASSWORD=";
    DriverManager.getConnection(url + "right").close();
    assertThat(CommandRun.of("cache", "list", "--store", url + "right").status()).isZero();

    CommandRun run = CommandRun.of("cache", "list", "--store", url + "s3cret");

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.err())
        .singleElement()
        .asString()
        .contains("reading jdbc:h2:…")
        .doesNotContain("s3cret");
  }
}
