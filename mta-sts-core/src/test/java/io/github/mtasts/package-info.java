// SPDX-License-Identifier: Apache-2.0
/** Tests of the resolver through its public API. */
@NullMarked
package io.github.mtasts;

import org.jspecify.annotations.NullMarked;
