// SPDX-License-Identifier: Apache-2.0
/** Internal: one lookup per domain at a time. */
@NullMarked
package io.github.mtasts.resolver;

import org.jspecify.annotations.NullMarked;
