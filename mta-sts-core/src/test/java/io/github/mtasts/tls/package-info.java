// SPDX-License-Identifier: Apache-2.0
/** Real handshakes with real certificates, over loopback and in memory. */
@NullMarked
package io.github.mtasts.tls;

import org.jspecify.annotations.NullMarked;
