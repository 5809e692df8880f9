@NullMarked
package io.github.mtasts.cache;

import org.jspecify.annotations.NullMarked;
