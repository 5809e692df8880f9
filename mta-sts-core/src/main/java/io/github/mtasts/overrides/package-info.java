// SPDX-License-Identifier: Apache-2.0
/** Internal: the operator's overrides, given in code or in a file. */
@NullMarked
package io.github.mtasts.overrides;

import org.jspecify.annotations.NullMarked;
