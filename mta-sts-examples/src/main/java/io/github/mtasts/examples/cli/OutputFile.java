// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** An output file named on the command line, replaced only after everything was written. */
final class OutputFile implements AutoCloseable {
  private final String name;
  private final Path file;
  private final Path part;
  private final Writer writer;
  private Optional<IOException> failure = Optional.empty();

  OutputFile(String name) throws CommandException {
    this.name = name;
    this.file = path(name);
    // A pipe or a device cannot be replaced.
    boolean isReplaced = !Files.exists(file) || Files.isRegularFile(file);
    this.part = isReplaced ? Path.of(file + ".part") : file;
    try {
      this.writer = new BufferedWriter(Files.newBufferedWriter(part));
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private static Path path(String name) throws CommandException {
    try {
      Path path = Path.of(name);
      if (Files.isDirectory(path)) {
        throw CommandException.usage(name + ": expected a file, found a directory");
      }
      return path;
    } catch (InvalidPathException e) {
      throw CommandException.usage(
          name + ": expected a file name, found characters that are not allowed");
    }
  }

  /** Writes one line; {@link #finish} reports a failed write. */
  void line(String text) {
    try {
      writer.write(text);
      writer.write('\n');
    } catch (IOException e) {
      failure = Optional.of(failure.orElse(e));
    }
  }

  /** Replaces the file with the written text. */
  void finish() throws CommandException {
    if (failure.isPresent()) {
      throw unwritable(failure.get());
    }
    try {
      writer.close();
      if (!part.equals(file)) {
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private CommandException unwritable(IOException e) {
    String why = e instanceof NoSuchFileException ? "no such directory" : "" + e.getMessage();
    return CommandException.usage(name + ": cannot be written: " + why);
  }

  @Override
  public void close() throws CommandException {
    try {
      writer.close();
      if (!part.equals(file)) {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }
}
