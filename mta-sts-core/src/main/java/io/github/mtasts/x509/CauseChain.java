// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.x509;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An exception and its causes, outermost first.
 *
 * <p>At most 20 are read, because causes can form a cycle. Immutable, hence thread-safe.
 *
 * @param throwables the exception, then its causes; never empty
 */
public record CauseChain(List<Throwable> throwables) {
  private static final int MAX_DEPTH = 20;

  /**
   * Copies the list.
   *
   * @param throwables the exception, then its causes
   */
  public CauseChain {
    throwables = List.copyOf(throwables);
  }

  /**
   * Lists an exception and its causes.
   *
   * @param thrown the exception that was caught
   * @return the chain that begins with it
   */
  public static CauseChain of(Throwable thrown) {
    List<Throwable> throwables = new ArrayList<>();
    for (Throwable t = thrown; t != null && throwables.size() < MAX_DEPTH; t = t.getCause()) {
      throwables.add(t);
    }
    return new CauseChain(throwables);
  }

  /**
   * Returns the outermost exception of a class.
   *
   * @param <T> the class
   * @param type the class or a superclass of the exception
   * @return the exception; empty if there is none of this class
   */
  public <T> Optional<T> first(Class<T> type) {
    return throwables.stream().filter(type::isInstance).map(type::cast).findFirst();
  }

  /**
   * Returns whether the chain contains an exception of a class.
   *
   * @param type the class or a superclass of the exception
   * @return true if it does
   */
  public boolean has(Class<?> type) {
    return throwables.stream().anyMatch(type::isInstance);
  }

  /**
   * Returns the innermost cause that was read.
   *
   * @return the last element; the exception itself if it has no cause
   */
  public Throwable innermost() {
    return throwables.get(throwables.size() - 1);
  }
}
