@NullMarked
package io.github.mtasts.refresh;

import org.jspecify.annotations.NullMarked;
