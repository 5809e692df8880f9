@NullMarked
package io.github.mtasts.stored;

import org.jspecify.annotations.NullMarked;
