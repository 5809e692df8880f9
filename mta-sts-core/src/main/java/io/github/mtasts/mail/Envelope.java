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

/**
 * The recipients of a message, by domain. Not safe for use by several threads while it is filled.
 */
final class Envelope {
  private static final String BAD_ADDRESS = "5.1.3";
  private static final String UTF8_NOT_ALLOWED = "5.6.7";

  /**
   * The recipients of one domain.
   *
   * @param sender for MAIL FROM; empty for a bounce
   * @param domain the domain as A-labels, or the address literal
   * @param hop where their mail goes next
   * @param recipients at least one
   */
  record Group(String sender, String domain, NextHop hop, List<Recipient> recipients) {}

  private final Letterhead letterhead;
  private final Routes routes;
  private final TransportOptions options;
  private final Map<String, Group> groups = new LinkedHashMap<>();
  private final List<DomainDelivery> undeliverable = new ArrayList<>();

  private Envelope(Letterhead letterhead, Routes routes, TransportOptions options) {
    this.letterhead = letterhead;
    this.routes = routes;
    this.options = options;
  }

  /** Sorts the recipients. */
  static Envelope of(
      Letterhead letterhead, Address[] recipients, Routes routes, TransportOptions options) {
    Envelope envelope = new Envelope(letterhead, routes, options);
    for (Address recipient : recipients) {
      envelope.add(recipient);
    }
    return envelope;
  }

  boolean isEmpty() {
    return groups.isEmpty() && undeliverable.isEmpty();
  }

  /** In the order of the recipients. */
  List<Group> groups() {
    return List.copyOf(groups.values());
  }

  /** The recipients that are no mail addresses. */
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
        // The SMTP client would cut each letter down to an octet, and send to somebody else.
        refuse(
            recipient,
            UTF8_NOT_ALLOWED,
            "ASCII before the @, or mail.mime.allowutf8=true (RFC 6531 §3.3)");
        return;
      }
      groups
          .computeIfAbsent(
              domain.policyDomain(),
              name -> new Group(letterhead.sender(), name, routes.of(domain), new ArrayList<>()))
          .recipients()
          .add(new Recipient(recipient, wire, !isAscii || letterhead.needsUtf8()));
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
