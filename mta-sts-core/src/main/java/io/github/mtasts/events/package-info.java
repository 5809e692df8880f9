// SPDX-License-Identifier: Apache-2.0
/**
 * Internal: passes events to the listeners, each on a thread of its own.
 *
 * <p>{@code resolver.TransitionEvents} decides which events a lookup reports; this package only
 * delivers them, and logs trouble of this sender.
 */
@NullMarked
package io.github.mtasts.events;

import org.jspecify.annotations.NullMarked;
