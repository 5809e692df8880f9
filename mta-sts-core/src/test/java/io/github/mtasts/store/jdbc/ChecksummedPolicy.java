// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.store.StoredPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32;

/** Policies whose text ends with a checksum, so that a row mixed of two writes is detected. */
final class ChecksummedPolicy {
  private static final String CHECKSUM = "\nchecksum: ";

  private ChecksummedPolicy() {}

  /** Creates a policy of random length, from one line to 40,000 characters. */
  static StoredPolicy of(String domain, Instant fetchedAt, Random random) {
    String line = Long.toString(random.nextLong(), 36) + "\n";
    String body = line.repeat(1 + random.nextInt(random.nextInt(10) == 0 ? 2_800 : 30));
    Instant expiresAt = fetchedAt.plus(Duration.ofDays(30));
    return new StoredPolicy(
        domain,
        "1",
        body + CHECKSUM + checksum(domain, fetchedAt, expiresAt, body),
        PolicyMode.ENFORCE,
        fetchedAt,
        expiresAt,
        fetchedAt,
        Optional.empty());
  }

  static boolean isWhole(StoredPolicy policy) {
    int end = policy.text().lastIndexOf(CHECKSUM);
    return end >= 0
        && policy
            .text()
            .substring(end + CHECKSUM.length())
            .equals(
                checksum(
                    policy.domain(),
                    policy.fetchedAt(),
                    policy.expiresAt(),
                    policy.text().substring(0, end)));
  }

  private static String checksum(String domain, Instant fetchedAt, Instant expiresAt, String body) {
    CRC32 sum = new CRC32();
    sum.update(
        String.join("|", domain, fetchedAt.toString(), expiresAt.toString(), body)
            .getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(sum.getValue());
  }
}
