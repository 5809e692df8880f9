// SPDX-License-Identifier: Apache-2.0
/** Tests of the front door. */
@NullMarked
package io.github.mtasts;

import org.jspecify.annotations.NullMarked;
