// SPDX-License-Identifier: Apache-2.0
/** Tests of the whole resolver with real DNS and HTTPS servers on loopback. */
@NullMarked
package io.github.mtasts.endtoend;

import org.jspecify.annotations.NullMarked;
