// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.realservers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A message with a unique id and sender, so that it can be found in logs and mailboxes.
 *
 * @param id the message id
 * @param sender the address of the sender
 * @param text headers and body, one char for each byte, with LF between lines as in a mailbox
 */
record TestMessage(String id, String sender, String text) {
  private static final AtomicInteger COUNT = new AtomicInteger();

  /** A message with this body, and headers in an unusual format. */
  static TestMessage of(String body) {
    int number = COUNT.incrementAndGet();
    String id = "<message-" + number + "@sender.test>";
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
    return new TestMessage(id, sender, text + body);
  }

  static TestMessage small() {
    return of("How are you?\n");
  }

  MimeMessage toMimeMessage(Session session) throws MessagingException {
    byte[] wire = text.replace("\n", "\r\n").getBytes(ISO_8859_1);
    return new MimeMessage(session, new ByteArrayInputStream(wire)) {
      @Override
      protected void updateMessageID() {
        // Transport.send calls saveChanges, which would set another id.
      }
    };
  }

  boolean isIn(String mail) {
    return mail.contains("Message-ID: " + id + "\n");
  }
}
