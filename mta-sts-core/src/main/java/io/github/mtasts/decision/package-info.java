// SPDX-License-Identifier: Apache-2.0
/** What a sender knows about a policy domain, and what follows from it for one MX host. */
@NullMarked
package io.github.mtasts.decision;

import org.jspecify.annotations.NullMarked;
