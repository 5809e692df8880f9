// SPDX-License-Identifier: Apache-2.0
/** Tests that read the code itself: layers, citations, coverage of requirements. */
@NullMarked
package io.github.mtasts.architecture;

import org.jspecify.annotations.NullMarked;
