// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.redis;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The names of the keys of one store, all with the same prefix.
 *
 * <p>In a cluster, the tag in braces decides the slot, not the whole name, and a prefix contains no
 * brace. So all keys share one slot, every key begins with the prefix (which an ACL can grant), and
 * two different prefixes never have a key in common.
 */
record RedisKeys(String prefix) {
  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9:._/-]{1,64}");
  private static final String TAG = "{store}:";

  RedisKeys {
    Objects.requireNonNull(prefix, "prefix");
    if (!PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "prefix: expected 1 to 64 ASCII letters, digits or any of : . _ / -, found \""
              + prefix
              + "\"");
    }
  }

  /** The hash with the policy of a domain. */
  String row(String domain) {
    return prefix + TAG + "policy:" + Objects.requireNonNull(domain, "domain");
  }

  /** The string with the latest fetch time of all policies, in milliseconds. */
  String newestFetch() {
    return prefix + TAG + "newest";
  }

  /** The sorted set of all domains with equal scores, so ordered by name. */
  String names() {
    return prefix + TAG + "names";
  }

  /** The sorted set of all domains, ordered by their expiry in milliseconds. */
  String expiries() {
    return prefix + TAG + "expiries";
  }
}
