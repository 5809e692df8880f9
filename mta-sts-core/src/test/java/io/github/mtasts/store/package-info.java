/** Tests of memory. */
@NullMarked
package io.github.mtasts.store;

import org.jspecify.annotations.NullMarked;
