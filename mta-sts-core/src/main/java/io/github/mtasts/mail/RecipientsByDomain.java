// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import io.github.mtasts.policy.Excerpt;
import jakarta.mail.Address;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.ParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The recipients of a message, grouped by domain. Not thread-safe while it is filled. */
final class RecipientsByDomain {
  private static final String BAD_ADDRESS = "5.1.3";
  private static final String UTF8_NOT_ALLOWED = "5.6.7";

  private final MessageEnvelope envelope;
  private final SmartHostRoutes routes;
  private final TransportOptions options;
  private final Map<String, RecipientGroup> groups = new LinkedHashMap<>();
  private final List<DomainDelivery> undeliverable = new ArrayList<>();

  private RecipientsByDomain(
      MessageEnvelope envelope, SmartHostRoutes routes, TransportOptions options) {
    this.envelope = envelope;
    this.routes = routes;
    this.options = options;
  }

  /** Groups the recipients. */
  static RecipientsByDomain of(
      MessageEnvelope envelope,
      Address[] recipients,
      SmartHostRoutes routes,
      TransportOptions options) {
    RecipientsByDomain groups = new RecipientsByDomain(envelope, routes, options);
    for (Address recipient : recipients) {
      groups.add(recipient);
    }
    return groups;
  }

  boolean isEmpty() {
    return groups.isEmpty() && undeliverable.isEmpty();
  }

  /** In the order of the recipients. */
  List<RecipientGroup> groups() {
    return List.copyOf(groups.values());
  }

  /** A failed delivery for each recipient that is not a usable mail address. */
  List<DomainDelivery> undeliverable() {
    return List.copyOf(undeliverable);
  }

  private void add(Address recipient) {
    if (!(recipient instanceof InternetAddress address)) {
      refuse(recipient, "an Internet mail address");
    } else if (address.isGroup()) {
      addMembers(address);
    } else {
      addOne(address);
    }
  }

  private void addMembers(InternetAddress group) {
    try {
      InternetAddress[] members = group.getGroup(true);
      for (InternetAddress member : members == null ? new InternetAddress[0] : members) {
        addOne(member);
      }
    } catch (ParseException e) {
      refuse(group, "a group of mail addresses");
    }
  }

  private void addOne(InternetAddress recipient) {
    String address = recipient.getAddress();
    int at = address == null ? -1 : address.lastIndexOf('@');
    if (address == null || at < 1 || !isOneLine(address)) {
      refuse(recipient, "local-part@domain on one line");
      return;
    }
    try {
      NextHop domain = NextHop.ofDomain(address.substring(at + 1), routes.port());
      InternetAddress wire = new InternetAddress();
      wire.setAddress(address.substring(0, at + 1) + domain.policyDomain());
      boolean isAscii = Recipient.isAscii(wire.getAddress());
      if (!isAscii && !options.allowsUtf8()) {
        // The SMTP client would cut each character to one octet, and send to another address.
        refuse(
            recipient,
            UTF8_NOT_ALLOWED,
            "ASCII before the @, or mail.mime.allowutf8=true (RFC 6531 §3.3)");
        return;
      }
      groups
          .computeIfAbsent(
              domain.policyDomain(),
              name ->
                  new RecipientGroup(envelope.sender(), name, routes.of(domain), new ArrayList<>()))
          .recipients()
          .add(new Recipient(recipient, wire, !isAscii || envelope.needsUtf8()));
    } catch (IllegalArgumentException e) {
      refuse(recipient, "a mail domain after the @ (" + e.getMessage() + ")");
    }
  }

  static boolean isOneLine(String address) {
    return address.chars().noneMatch(c -> Character.isISOControl(c) || c == '<' || c == '>');
  }

  private void refuse(Address recipient, String expected) {
    refuse(recipient, BAD_ADDRESS, expected);
  }

  private void refuse(Address recipient, String status, String expected) {
    String shown = Excerpt.of(String.valueOf(recipient));
    String detail = "recipient: expected " + expected + ", found \"" + shown + "\"";
    undeliverable.add(
        new DomainDelivery(
            shown,
            List.of(),
            List.of(),
            List.of(recipient),
            List.of(new DomainDelivery.Refusal(recipient, status, detail)),
            Optional.empty(),
            Optional.empty(),
            status,
            Optional.empty(),
            detail,
            List.of()));
  }
}
