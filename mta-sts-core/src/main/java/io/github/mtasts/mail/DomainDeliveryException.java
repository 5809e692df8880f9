package io.github.mtasts.mail;

import jakarta.mail.MessagingException;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.util.Objects;

/**
 * Why a message did not reach the recipients of one domain.
 *
 * <p>Nested in the {@link jakarta.mail.SendFailedException} that {@link MtaStsTransport} throws,
 * one a domain, each the next exception of the one before. The message is the sentence for a
 * bounce. Immutable but for what every exception lets be added; not serializable.
 */
@SuppressWarnings("exports") // who uses this has Jakarta Mail
public final class DomainDeliveryException extends MessagingException {
  private static final long serialVersionUID = 1L;

  private final transient DomainDelivery delivery;

  DomainDeliveryException(DomainDelivery delivery) {
    super(Objects.requireNonNull(delivery, "delivery").detail());
    this.delivery = delivery;
  }

  /**
   * Returns the domain, the host, the status and all that was tried.
   *
   * @return the outcome for the domain
   */
  public DomainDelivery delivery() {
    return delivery;
  }

  /**
   * Refuses: a delivery names addresses and a policy, which have no serial form.
   *
   * @param out unused
   * @throws NotSerializableException always
   */
  private void writeObject(ObjectOutputStream out) throws IOException {
    throw new NotSerializableException(DomainDeliveryException.class.getName());
  }
}
