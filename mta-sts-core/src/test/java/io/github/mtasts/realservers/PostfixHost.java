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
 * A Postfix: what is in its mailbox, and what its log says.
 *
 * @param name in its MX records
 * @param port where it listens
 * @param log its mail log, with every command that it got
 * @param mailbox its one Maildir
 */
record PostfixHost(String name, int port, Path log, Path mailbox) {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
  private static final Pattern COMMAND = Pattern.compile("postfix/smtpd\\[\\d+]: < [^ ]+: (.*)");

  /** Mail as it lies in the mailbox, one char a byte. Waits for nothing. */
  List<String> mails() throws IOException {
    List<String> mails = new ArrayList<>();
    try (Stream<Path> files = Files.list(arrivals())) {
      for (Path file : files.toList()) {
        mails.add(Files.readString(file, ISO_8859_1));
      }
    }
    return mails;
  }

  /** The one copy of this letter, once it has arrived. */
  String awaitMail(Letter letter) throws IOException, InterruptedException {
    await(arrivals(), () -> mails().stream().anyMatch(letter::isIn), letter.id());
    return mails().stream()
        .filter(letter::isIn)
        .reduce((one, other) -> fail(letter.id() + ": expected one copy, found more"))
        .orElseThrow();
  }

  /** The commands that it has got, in order. Its log is written a little later: wait for one. */
  List<String> commands() throws IOException {
    return Files.readAllLines(log, ISO_8859_1).stream()
        .map(COMMAND::matcher)
        .filter(Matcher::find)
        .map(command -> command.group(1))
        .toList();
  }

  /** Waits until the log tells of the letter, and so of everything that came before it. */
  void awaitMailFrom(Letter letter) throws IOException, InterruptedException {
    String command = "MAIL FROM:<" + letter.sender() + ">";
    await(
        log.resolveSibling(""),
        () -> commands().stream().anyMatch(c -> c.startsWith(command)),
        command);
  }

  private Path arrivals() {
    return mailbox.resolve("new");
  }

  private interface Look {
    boolean found() throws IOException;
  }

  /** Looks again whenever something in the directory changes. */
  private void await(Path directory, Look look, String what)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + LONGEST_WAIT.toNanos();
    try (WatchService changes = directory.getFileSystem().newWatchService()) {
      directory.register(changes, ENTRY_CREATE, ENTRY_MODIFY);
      while (!look.found()) {
        WatchKey change = changes.poll(end - System.nanoTime(), NANOSECONDS);
        if (change == null) {
          fail(name + ": expected " + what + ", found nothing in " + LONGEST_WAIT);
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
