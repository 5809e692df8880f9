// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.mtasts.mail.DomainDelivery;
import io.github.mtasts.mail.DomainDelivery.Attempt;
import java.io.IOException;
import java.net.InetAddress;

/** Writes a delivery to one domain as a JSON object. */
final class DeliveryJson {
  private DeliveryJson() {}

  static void write(JsonGenerator json, DomainDelivery delivery) throws IOException {
    json.writeStringField("domain", delivery.domain());
    json.writeStringField("disposition", CheckJson.label(delivery.disposition()));
    JsonMembers.orNull(json, "requirement", delivery.requirement().map(CheckJson::label));
    JsonMembers.orNull(json, "mx", delivery.mxHost());
    json.writeStringField("status", delivery.status());
    json.writeArrayFieldStart("attempts");
    for (Attempt attempt : delivery.attempts()) {
      write(json, attempt);
    }
    json.writeEndArray();
  }

  private static void write(JsonGenerator json, Attempt attempt) throws IOException {
    json.writeStartObject();
    json.writeStringField("mx", attempt.mxHost());
    JsonMembers.orNull(json, "address", attempt.address().map(InetAddress::getHostAddress));
    json.writeStringField("outcome", CheckJson.label(attempt.outcome()));
    json.writeStringField("detail", attempt.detail());
    json.writeEndObject();
  }
}
