package io.github.mtasts.policy;

import java.util.List;
import java.util.Optional;

/**
 * What the TXT records at {@code _mta-sts.} say, taken together. RFC 8461 §3.1
 *
 * @param status which of the four answers
 * @param record the record, present exactly when {@code FOUND}
 * @param detail for people: the record's text when found, otherwise what is wrong and what was
 *     expected
 */
public record RecordAnswer(Status status, Optional<StsRecord> record, String detail) {

  /** The four answers; never to be confused with each other. */
  public enum Status {
    /** Exactly one well-formed record. */
    FOUND,
    /** No record of ours: the domain does not take part. */
    ABSENT,
    /** Records of ours, but malformed or more than one: as if none. RFC 8461 §3.1 */
    INVALID,
    /** DNS did not answer; nothing is known. */
    UNAVAILABLE
  }

  /**
   * Judges one answer set.
   *
   * @param values the TXT records, the strings of each joined; in any order
   * @param reading how strictly
   * @return FOUND, ABSENT or INVALID
   */
  public static RecordAnswer judge(List<String> values, Reading reading) {
    return new RecordAnswer(Status.ABSENT, Optional.empty(), ""); // replaced by the policy helper
  }

  /**
   * Returns the answer for a DNS that did not answer.
   *
   * @param detail what happened
   */
  public static RecordAnswer unavailable(String detail) {
    return new RecordAnswer(Status.UNAVAILABLE, Optional.empty(), detail);
  }
}
