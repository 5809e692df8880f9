/** The pure model. */
@NullMarked
package io.github.mtasts.policy;

import org.jspecify.annotations.NullMarked;
