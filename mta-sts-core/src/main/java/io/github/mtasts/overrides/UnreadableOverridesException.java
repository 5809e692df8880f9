// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.overrides;

/** An overrides file cannot be used; the message says why, and has no control characters. */
public final class UnreadableOverridesException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String detail;

  UnreadableOverridesException(String detail) {
    super(detail);
    this.detail = detail;
  }

  public String detail() {
    return detail;
  }
}
