package io.github.mtasts.discovery;

/**
 * One MX record.
 *
 * @param preference lower is better; 0 to 65535
 * @param host the exchange as lower-case text without its trailing dot; empty for the null MX of
 *     RFC 7505 §3
 */
public record MxHost(int preference, String host) {}
