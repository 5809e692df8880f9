/**
 * Mail between the transport and servers that no one here wrote: Postfix, nginx and unbound, which
 * {@code src/it/real-servers.sh} starts on loopback. Only the profile {@code real-servers} runs it.
 */
@NullMarked
package io.github.mtasts.realservers;

import org.jspecify.annotations.NullMarked;
