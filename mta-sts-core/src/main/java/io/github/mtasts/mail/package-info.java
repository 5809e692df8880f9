/** Jakarta Mail. */
@NullMarked
package io.github.mtasts.mail;

import org.jspecify.annotations.NullMarked;
