// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file named on the command line; {@code -} is stdin. */
final class InputFile {
  private final String name;
  private final Terminal terminal;

  InputFile(String name, Terminal terminal) {
    this.name = name;
    this.terminal = terminal;
  }

  /** Handles one line; lines are numbered from 1. */
  @FunctionalInterface
  interface LineReader {
    void read(int number, String line) throws CommandException;
  }

  /** Reads at most the given number of octets. */
  byte[] read(int atMost) throws CommandException {
    try (InputStream in = open()) {
      return in.readNBytes(atMost);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** Reads the content of a file. */
  @FunctionalInterface
  interface OctetReader {
    void read(InputStream in) throws IOException;
  }

  /** Passes the content of the file to the reader. */
  void octets(OctetReader reader) throws CommandException {
    try (InputStream in = open()) {
      reader.read(in);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** Passes each non-blank line of a UTF-8 file to the reader. */
  void eachLine(LineReader reader) throws CommandException {
    // This decoder reports malformed input; the decoder of a Charset would replace it.
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(open(), StandardCharsets.UTF_8.newDecoder()))) {
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          reader.read(number, line);
        }
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private InputStream open() throws IOException, CommandException {
    if (name.equals("-")) {
      return terminal.in();
    }
    Path path = path();
    if (Files.isDirectory(path)) {
      throw CommandException.usage(name + ": expected a file, found a directory");
    }
    return Files.newInputStream(path);
  }

  private Path path() throws CommandException {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw CommandException.usage(
          name + ": expected a file name, found characters that are not allowed");
    }
  }

  private CommandException unreadable(IOException e) {
    if (e instanceof NoSuchFileException) {
      return CommandException.usage(name + ": no such file");
    }
    if (e instanceof AccessDeniedException) {
      return CommandException.usage(name + ": permission denied");
    }
    if (e instanceof CharacterCodingException) {
      return CommandException.usage(name + ": expected UTF-8 text, found other octets");
    }
    return CommandException.usage(name + ": cannot be read: " + e.getMessage());
  }
}
