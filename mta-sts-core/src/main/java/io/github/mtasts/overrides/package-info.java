// SPDX-License-Identifier: Apache-2.0
/**
 * Internal: the operator's overrides, set in code or read from a file.
 *
 * <p>An {@code OverridesFile} is read by {@code OverridesParser}, which splits lines by {@code
 * OverridesTokens} and returns an {@code OverrideTable}. {@code OverridesReloader} reads the file
 * again when it changes. {@link io.github.mtasts.decision.PolicyOverride} has the format.
 */
@NullMarked
package io.github.mtasts.overrides;

import org.jspecify.annotations.NullMarked;
