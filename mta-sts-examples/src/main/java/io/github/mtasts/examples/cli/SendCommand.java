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

/** {@code mta-sts send}: takes one message straight to the MX hosts of its recipients. */
@Command(
    name = "send",
    mixinStandardHelpOptions = true,
    description = "Deliver a message straight to the MX hosts of its recipients, under MTA-STS.",
    footer = {
      "",
      "The message goes out as it is; nothing is added to it.",
      "What is deferred is kept nowhere: send it again later."
    })
final class SendCommand implements Callable<Integer> {
  /** {@value} octets: more than any MX host takes, and less than a Java heap. */
  private static final int LARGEST = 64 << 20;

  /** Held, or its level is forgotten. The SMTP client logs by the package of its subclass. */
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
      description = "The envelope's sender, who gets the bounces; <> for none.")
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
      description = "Show the SMTP dialogue on stderr, the message left out.")
  private boolean verbose;

  @Parameters(
      paramLabel = "FILE.eml",
      arity = "0..1",
      defaultValue = "-",
      description = "The message; - or nothing is stdin.")
  private String file = "-";

  SendCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Complaint, MessagingException {
    try (network;
        PolicyResolver resolver = network.resolver(terminal).build();
        DnsClient dns = network.dnsClient()) {
      byte[] message = message();
      Session session = session(dns);
      try (MtaStsTransport transport = new MtaStsTransport(session, resolver)) {
        transport.connect();
        transport.deliver(new GivenMessage(session, message), recipients()).forEach(this::report);
      }
    }
    return status.code();
  }

  private byte[] message() throws Complaint {
    byte[] message = new InputFile(file, terminal).read(LARGEST + 1);
    if (message.length == 0) {
      throw Complaint.usage(name() + ": expected a message, found nothing");
    }
    if (message.length > LARGEST) {
      throw Complaint.usage(
          name() + ": expected a message of at most " + LARGEST + " octets, found more");
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
    CLIENT.setLevel(Level.WARNING); // it remarks upon servers, on stderr, unasked
    Session session = Session.getInstance(properties);
    if (verbose) {
      session.setDebugOut(new SmtpDialogue(terminal));
      session.setDebug(true);
    }
    return session;
  }

  /** Each once, or the server would be asked to deliver twice. */
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
        terminal.complain(delivery.detail()); // or nobody would learn why there was no attempt
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
