package io.github.mtasts.realservers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A message that there is only once, with a sender of its own, to be found in logs and mailboxes.
 *
 * @param id its message id
 * @param sender its sender's address
 * @param text the whole of it, one char a byte, with LF between lines as in a mailbox
 */
record Letter(String id, String sender, String text) {
  private static final AtomicInteger WRITTEN = new AtomicInteger();

  /** With headers that a mail program would have chosen otherwise, and this body. */
  static Letter of(String body) {
    int number = WRITTEN.incrementAndGet();
    String id = "<letter-" + number + "@sender.test>";
    String sender = "alice-" + number + "@sender.test";
    String text =
        """
        Message-ID: %s
        Date: Wed, 25 Nov 2026 12:00:00 +0000
        FROM:   <%s>
        To: bob: ;
        X-Folded: one
        \t two\s
           three
        Subject: Good morning
        MIME-Version: 1.0
        Content-Type: text/plain; charset=UTF-8
        Content-Transfer-Encoding: 8bit

        """
            .formatted(id, sender);
    return new Letter(id, sender, text + body);
  }

  static Letter brief() {
    return of("How are you?\n");
  }

  MimeMessage message(Session session) throws MessagingException {
    byte[] wire = text.replace("\n", "\r\n").getBytes(ISO_8859_1);
    return new MimeMessage(session, new ByteArrayInputStream(wire)) {
      @Override
      protected void updateMessageID() {
        // Transport.send saves changes that there are not, and would give it another id.
      }
    };
  }

  boolean isIn(String mail) {
    return mail.contains("Message-ID: " + id + "\n");
  }
}
