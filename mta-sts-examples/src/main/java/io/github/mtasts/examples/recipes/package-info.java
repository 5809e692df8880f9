/**
 * The README's code, compiled.
 *
 * <p>What stands between {@code // region NAME} and {@code // endregion} stands in the README as
 * well, letter by letter; a test compares them. So an example that no longer compiles is noticed
 * here before it misleads anybody there. Recipes for a library that the command line has no use for
 * are in the package of this name among the tests.
 */
@NullMarked
package io.github.mtasts.examples.recipes;

import org.jspecify.annotations.NullMarked;
