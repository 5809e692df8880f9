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

  /** Does something with each line; numbered from 1. */
  @FunctionalInterface
  interface LineReader {
    void read(int number, String line) throws Complaint;
  }

  /** Reads no more than the given number of octets, however large the file is. */
  byte[] read(int atMost) throws Complaint {
    try (InputStream in = open()) {
      return in.readNBytes(atMost);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** Does something with all that is in a file. */
  @FunctionalInterface
  interface OctetReader {
    void read(InputStream in) throws IOException;
  }

  /** Hands on what is in the file as it is. */
  void octets(OctetReader reader) throws Complaint {
    try (InputStream in = open()) {
      reader.read(in);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** Hands on each line of a UTF-8 file that is not blank. */
  void eachLine(LineReader reader) throws Complaint {
    // A decoder that reports, unlike that of InputStreamReader's other constructors.
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

  private InputStream open() throws IOException, Complaint {
    if (name.equals("-")) {
      return terminal.in();
    }
    Path path = path();
    if (Files.isDirectory(path)) {
      throw Complaint.usage(name + ": expected a file, found a directory");
    }
    return Files.newInputStream(path);
  }

  private Path path() throws Complaint {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw Complaint.usage(name + ": expected a file name, found characters that none can have");
    }
  }

  private Complaint unreadable(IOException e) {
    if (e instanceof NoSuchFileException) {
      return Complaint.usage(name + ": no such file");
    }
    if (e instanceof AccessDeniedException) {
      return Complaint.usage(name + ": this file may not be read");
    }
    if (e instanceof CharacterCodingException) {
      return Complaint.usage(name + ": expected UTF-8 text, found other octets");
    }
    return Complaint.usage(name + ": cannot be read: " + e.getMessage());
  }
}
