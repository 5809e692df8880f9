/** The whole resolver against real DNS and real HTTPS on loopback. */
@NullMarked
package io.github.mtasts.endtoend;

import org.jspecify.annotations.NullMarked;
