// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

import java.util.Optional;

/**
 * How one attempt to secure one connection ended; what TLS reports count. RFC 8460 §4.2
 *
 * @param decision the decision it was made under
 * @param failure the kind of failure; empty if the session was secured as the policy asks
 * @param detail what was expected and what was found
 */
public record TlsSession(MxDecision decision, Optional<ResultType> failure, String detail) {}
