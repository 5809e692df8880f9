/** HTTPS. */
@NullMarked
package io.github.mtasts.fetch;

import org.jspecify.annotations.NullMarked;
