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

/** A file named on the command line, which stays as it was unless all could be written. */
final class OutputFile implements AutoCloseable {
  private final String name;
  private final Path file;
  private final Path part;
  private final Writer writer;
  private Optional<IOException> trouble = Optional.empty();

  OutputFile(String name) throws Complaint {
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

  private static Path path(String name) throws Complaint {
    try {
      Path path = Path.of(name);
      if (Files.isDirectory(path)) {
        throw Complaint.usage(name + ": expected a file, found a directory");
      }
      return path;
    } catch (InvalidPathException e) {
      throw Complaint.usage(name + ": expected a file name, found characters that none can have");
    }
  }

  /** Writes one line; that it cannot be written is told by {@link #finish}. */
  void line(String text) {
    try {
      writer.write(text);
      writer.write('\n');
    } catch (IOException e) {
      trouble = Optional.of(trouble.orElse(e));
    }
  }

  /** Puts what was written in the file's place. */
  void finish() throws Complaint {
    if (trouble.isPresent()) {
      throw unwritable(trouble.get());
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

  private Complaint unwritable(IOException e) {
    String why = e instanceof NoSuchFileException ? "no such directory" : "" + e.getMessage();
    return Complaint.usage(name + ": cannot be written: " + why);
  }

  @Override
  public void close() throws Complaint {
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
