// SPDX-License-Identifier: Apache-2.0
/** The front door. */
@NullMarked
package io.github.mtasts;

import org.jspecify.annotations.NullMarked;
