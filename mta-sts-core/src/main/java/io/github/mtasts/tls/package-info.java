/** The check inside the handshake. */
@NullMarked
package io.github.mtasts.tls;

import org.jspecify.annotations.NullMarked;
