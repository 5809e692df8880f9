/** DNS. */
@NullMarked
package io.github.mtasts.discovery;

import org.jspecify.annotations.NullMarked;
