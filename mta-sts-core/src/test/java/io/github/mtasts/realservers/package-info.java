// SPDX-License-Identifier: Apache-2.0
/**
 * Tests of the transport against real servers: Postfix, nginx and unbound, which {@code
 * src/it/real-servers.sh} starts on loopback. Run by the profile {@code real-servers} only.
 */
@NullMarked
package io.github.mtasts.realservers;

import org.jspecify.annotations.NullMarked;
