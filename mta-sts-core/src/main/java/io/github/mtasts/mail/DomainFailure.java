// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

/**
 * Why delivery to a domain ended without the reply of an MX host. Immutable, hence thread-safe.
 *
 * @param permanent whether DNS says so and a retry cannot help; if not, a retry may
 * @param status the last two parts of an enhanced status code, such as {@code 4.3}. RFC 3463 §3
 * @param detail what was expected and what was found
 */
record DomainFailure(boolean permanent, String status, String detail) {}
