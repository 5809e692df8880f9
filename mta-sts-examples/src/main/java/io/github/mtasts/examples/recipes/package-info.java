// SPDX-License-Identifier: Apache-2.0
/**
 * The code blocks of README and documentation, compiled.
 *
 * <p>The text between {@code // region NAME} and {@code // endregion} is also a code block in the
 * documentation. A test compares them, so the documented code always compiles. Recipes that need a
 * library which the command line does not use are in the package of the same name among the tests.
 */
@NullMarked
package io.github.mtasts.examples.recipes;

import org.jspecify.annotations.NullMarked;
