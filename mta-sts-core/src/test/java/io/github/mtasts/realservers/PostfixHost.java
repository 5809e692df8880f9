// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.realservers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Postfix server, with its mailbox and its log.
 *
 * @param name in its MX records
 * @param port where it listens
 * @param log the mail log, with every command that the server received
 * @param mailbox the only Maildir
 */
record PostfixHost(String name, int port, Path log, Path mailbox) {
  private static final Duration MAX_WAIT = Duration.ofSeconds(30);
  private static final Pattern COMMAND = Pattern.compile("postfix/smtpd\\[\\d+]: < [^ ]+: (.*)");

  /** Returns the mail in the mailbox, one char for each byte. Does not wait. */
  List<String> mails() throws IOException {
    List<String> mails = new ArrayList<>();
    try (Stream<Path> files = Files.list(newMail())) {
      for (Path file : files.toList()) {
        mails.add(Files.readString(file, ISO_8859_1));
      }
    }
    return mails;
  }

  /** Waits for this message, and returns its only copy. */
  String awaitMail(TestMessage message) throws IOException, InterruptedException {
    await(newMail(), () -> mails().stream().anyMatch(message::isIn), message.id());
    return mails().stream()
        .filter(message::isIn)
        .reduce((one, other) -> fail(message.id() + ": expected one copy, found more"))
        .orElseThrow();
  }

  /** Returns the commands received, in order. The log is written with a delay: wait for one. */
  List<String> commands() throws IOException {
    return Files.readAllLines(log, ISO_8859_1).stream()
        .map(COMMAND::matcher)
        .filter(Matcher::find)
        .map(command -> command.group(1))
        .toList();
  }

  /** Waits until the log has the MAIL FROM of this message, and so all earlier commands. */
  void awaitMailFrom(TestMessage message) throws IOException, InterruptedException {
    String command = "MAIL FROM:<" + message.sender() + ">";
    await(
        log.resolveSibling(""),
        () -> commands().stream().anyMatch(c -> c.startsWith(command)),
        command);
  }

  private Path newMail() {
    return mailbox.resolve("new");
  }

  private interface Condition {
    boolean isMet() throws IOException;
  }

  /** Checks again whenever something in the directory changes. */
  private void await(Path directory, Condition condition, String what)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + MAX_WAIT.toNanos();
    try (WatchService changes = directory.getFileSystem().newWatchService()) {
      directory.register(changes, ENTRY_CREATE, ENTRY_MODIFY);
      while (!condition.isMet()) {
        WatchKey change = changes.poll(end - System.nanoTime(), NANOSECONDS);
        if (change == null) {
          fail(name + ": expected " + what + ", found nothing in " + MAX_WAIT);
        } else {
          change.pollEvents();
          change.reset();
        }
      }
    }
  }

  private static String fail(String message) {
    throw new AssertionError(message);
  }
}
