// SPDX-License-Identifier: Apache-2.0
/** Tests of stored policies as JSON Lines. */
@NullMarked
package io.github.mtasts.store.json;

import org.jspecify.annotations.NullMarked;
