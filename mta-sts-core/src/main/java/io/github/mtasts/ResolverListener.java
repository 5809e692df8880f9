package io.github.mtasts;

/**
 * Hears what happens in a resolver; every method does nothing unless overridden.
 *
 * <p>Whatever a listener throws is caught and logged. Methods are called by the resolver's own
 * threads and must not block.
 */
public interface ResolverListener {
  /** One attempt to secure a connection has ended; called exactly once for each. */
  default void tlsSessionEnded(TlsSession session) {}
}
