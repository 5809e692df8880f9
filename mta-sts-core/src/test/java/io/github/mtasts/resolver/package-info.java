@NullMarked
package io.github.mtasts.resolver;

import org.jspecify.annotations.NullMarked;
