@NullMarked
package io.github.mtasts.decision;

import org.jspecify.annotations.NullMarked;
