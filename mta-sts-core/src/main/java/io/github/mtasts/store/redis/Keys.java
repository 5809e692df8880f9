package io.github.mtasts.store.redis;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The names of keys under one prefix.
 *
 * <p>The tag in braces, not the whole name, decides the slot in a cluster, and a prefix holds no
 * brace: so all keys share a slot, every key begins with the prefix (which an ACL can grant), and
 * no key of one prefix is one of another, whatever the prefixes are.
 */
record Keys(String prefix) {
  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9:._/-]{1,64}");
  private static final String TAG = "{store}:";

  Keys {
    Objects.requireNonNull(prefix, "prefix");
    if (!PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "prefix: expected 1 to 64 ASCII letters, digits or any of : . _ / -, found \""
              + prefix
              + "\"");
    }
  }

  /** A hash with what is known of a domain. */
  String row(String domain) {
    return prefix + TAG + "policy:" + Objects.requireNonNull(domain, "domain");
  }

  /** Text: who fetches, a blank, until when. */
  String lease(String domain) {
    return prefix + TAG + "lease:" + Objects.requireNonNull(domain, "domain");
  }

  /** All domains, with equal scores and hence by name. */
  String names() {
    return prefix + TAG + "names";
  }

  /** All domains, by the milliseconds of their expiry. */
  String expiries() {
    return prefix + TAG + "expiries";
  }
}
