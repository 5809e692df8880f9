// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import jakarta.mail.MessagingException;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.util.Objects;

/**
 * Why a message was not delivered to every recipient of one domain.
 *
 * <p>Nested in the {@link jakarta.mail.SendFailedException} that {@link MtaStsTransport} throws,
 * one for each domain, each the next exception of the one before. The message is {@link
 * DomainDelivery#detail}. Not serializable. As thread-safe as any exception.
 */
@SuppressWarnings("exports") // callers have Jakarta Mail
public final class DomainDeliveryException extends MessagingException {
  private static final long serialVersionUID = 1L;

  private final transient DomainDelivery delivery;

  DomainDeliveryException(DomainDelivery delivery) {
    super(Objects.requireNonNull(delivery, "delivery").detail());
    this.delivery = delivery;
  }

  /**
   * Returns the domain, the host, the status and all attempts.
   *
   * @return the result for the domain
   */
  public DomainDelivery delivery() {
    return delivery;
  }

  /**
   * Refuses: a delivery has addresses and a policy, which have no serialized form.
   *
   * @param out unused
   * @throws NotSerializableException always
   */
  private void writeObject(ObjectOutputStream out) throws IOException {
    throw new NotSerializableException(DomainDeliveryException.class.getName());
  }
}
