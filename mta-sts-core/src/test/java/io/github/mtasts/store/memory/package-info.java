/** Tests of memory. */
@NullMarked
package io.github.mtasts.store.memory;

import org.jspecify.annotations.NullMarked;
