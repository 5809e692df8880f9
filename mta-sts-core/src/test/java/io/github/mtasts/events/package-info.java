// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.github.mtasts.events;

import org.jspecify.annotations.NullMarked;
