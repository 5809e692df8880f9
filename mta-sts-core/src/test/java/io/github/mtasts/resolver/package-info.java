// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.github.mtasts.resolver;

import org.jspecify.annotations.NullMarked;
