// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

/** Builds a resolver, and prints why it cannot; run in a JVM with another class path. */
final class LinkageProbe {
  private LinkageProbe() {}

  /**
   * Prints one line.
   *
   * @param args none
   */
  public static void main(String[] args) {
    try (PolicyResolver resolver = PolicyResolver.builder().build()) {
      System.out.println("built " + resolver.getClass().getSimpleName());
    } catch (IllegalStateException e) {
      System.out.println(e.getMessage());
    }
  }
}
