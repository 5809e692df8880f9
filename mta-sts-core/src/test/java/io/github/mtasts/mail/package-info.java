// SPDX-License-Identifier: Apache-2.0
/** Tests of the transport and the properties against the MX hosts of the test kit. */
@NullMarked
package io.github.mtasts.mail;

import org.jspecify.annotations.NullMarked;
