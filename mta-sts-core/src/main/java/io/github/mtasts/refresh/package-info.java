// SPDX-License-Identifier: Apache-2.0
/** Internal: renewal of policies in use, and periodic maintenance. */
@NullMarked
package io.github.mtasts.refresh;

import org.jspecify.annotations.NullMarked;
