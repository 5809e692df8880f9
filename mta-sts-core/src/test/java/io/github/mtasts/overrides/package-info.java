@NullMarked
package io.github.mtasts.overrides;

import org.jspecify.annotations.NullMarked;
