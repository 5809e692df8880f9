// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import java.util.List;

/**
 * The recipients of one message in one domain. Not changed once delivery has begun.
 *
 * @param sender for MAIL FROM; empty for a bounce
 * @param domain the domain as A-labels, or the address literal
 * @param hop where their mail goes next
 * @param recipients at least one
 */
record RecipientGroup(String sender, String domain, NextHop hop, List<Recipient> recipients) {}
