// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.mail.DomainDelivery;
import io.github.mtasts.mail.MtaStsTransport;
import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mta-sts send}: delivers one message to the MX hosts of its recipients. */
@Command(
    name = "send",
    mixinStandardHelpOptions = true,
    description = "Deliver a message directly to the MX hosts of its recipients, with MTA-STS.",
    footer = {
      "",
      "The message is sent unchanged; no header is added.",
      "A deferred message is not stored: send it again later."
    })
final class SendCommand implements Callable<Integer> {
  /** {@value} octets: more than MX hosts accept, and small enough for a Java heap. */
  private static final int MAX_OCTETS = 64 << 20;

  /**
   * The logger of Jakarta Mail's SMTP client, named by the package of its subclass. This field
   * keeps the logger, and so its level, from garbage collection.
   */
  private static final Logger CLIENT = Logger.getLogger(MtaStsTransport.class.getPackageName());

  private final Terminal terminal;
  private ExitStatus status = ExitStatus.FINE;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final NetworkOptions network = new NetworkOptions();

  @Option(
      names = "--from",
      paramLabel = "ADDRESS",
      required = true,
      converter = MailAddress.Sender.class,
      description = "The envelope sender, which receives bounces; <> for none.")
  private String from = "";

  @Option(
      names = "--to",
      paramLabel = "ADDRESS",
      required = true,
      converter = MailAddress.class,
      description = "A recipient; repeat it for more.")
  private List<String> to = List.of();

  @Option(
      names = {"-v", "--verbose"},
      description = "Show the SMTP dialogue on stderr, without the message.")
  private boolean verbose;

  @Parameters(
      paramLabel = "FILE.eml",
      arity = "0..1",
      defaultValue = "-",
      description = "The message file; default or -: stdin.")
  private String file = "-";

  SendCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException, MessagingException {
    try (network;
        DnsClient dns = network.dnsClient();
        PolicyResolver resolver = network.resolver(terminal, dns).build()) {
      byte[] message = message();
      Session session = session(dns);
      try (MtaStsTransport transport = new MtaStsTransport(session, resolver)) {
        transport.connect();
        transport.deliver(new RawMessage(session, message), recipients()).forEach(this::report);
      }
    }
    return status.code();
  }

  private byte[] message() throws CommandException {
    byte[] message = new InputFile(file, terminal).read(MAX_OCTETS + 1);
    if (message.length == 0) {
      throw CommandException.usage(name() + ": expected a message, found nothing");
    }
    if (message.length > MAX_OCTETS) {
      throw CommandException.usage(
          name() + ": expected a message of at most " + MAX_OCTETS + " octets, found more");
    }
    return message;
  }

  private String name() {
    return file.equals("-") ? "stdin" : file;
  }

  private Session session(DnsClient dns) {
    Properties properties = network.transportProperties(dns);
    properties.setProperty("mail.smtp.from", from);
    boolean isAscii = Stream.concat(Stream.of(from), to.stream()).allMatch(MailAddress::isAscii);
    properties.setProperty("mail.mime.allowutf8", String.valueOf(!isAscii));
    CLIENT.setLevel(Level.WARNING); // below WARNING it logs notes about servers to stderr
    Session session = Session.getInstance(properties);
    if (verbose) {
      session.setDebugOut(new SmtpDialogue(terminal));
      session.setDebug(true);
    }
    return session;
  }

  /** Removes duplicates: the server would deliver twice. */
  private Address[] recipients() {
    return to.stream().distinct().map(SendCommand::recipient).toArray(Address[]::new);
  }

  private static Address recipient(String address) {
    InternetAddress recipient = new InternetAddress();
    recipient.setAddress(address);
    return recipient;
  }

  private void report(DomainDelivery delivery) {
    if (output.json) {
      terminal.json(json -> DeliveryJson.write(json, delivery));
      if (delivery.attempts().isEmpty()) {
        terminal.error(delivery.detail()); // JSON does not show why there was no attempt
      }
    } else {
      new DeliveryText(terminal).show(delivery);
    }
    status = status.and(statusOf(delivery));
  }

  private static ExitStatus statusOf(DomainDelivery delivery) {
    if (!delivery.failed().isEmpty()) {
      return ExitStatus.WRONG;
    }
    return delivery.deferred().isEmpty() ? ExitStatus.FINE : ExitStatus.TEMPORARY;
  }
}
