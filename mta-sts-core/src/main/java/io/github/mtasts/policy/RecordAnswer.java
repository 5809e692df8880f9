// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The result of reading all TXT records at {@code _mta-sts.<domain>}. RFC 8461 §3.1
 *
 * <p>Immutable, hence thread-safe.
 *
 * @param status which of the four results
 * @param record the record, present exactly if {@link Status#FOUND}
 * @param detail for people: the record's text if found, otherwise what was expected and what is
 *     wrong; safe to display
 */
public record RecordAnswer(Status status, Optional<StsRecord> record, String detail) {

  private static final String PREFIX = RecordParser.VERSION + ";";
  private static final int MAX_SHOWN_RECORD = 255;

  /** The four results. */
  public enum Status {
    /** Exactly one well-formed record. */
    FOUND,
    /** No MTA-STS record: the domain does not use MTA-STS. */
    ABSENT,
    /** An invalid MTA-STS record, or more than one; treated as none. RFC 8461 §3.1 */
    INVALID,
    /** DNS did not answer; whether there is a record is unknown. */
    UNAVAILABLE
  }

  /**
   * Checks the values.
   *
   * @param status which of the four results
   * @param record present exactly under {@link Status#FOUND}
   * @param detail for people, safe to display
   * @throws IllegalArgumentException if there is a record without {@link Status#FOUND}, or no
   *     record with it
   */
  public RecordAnswer {
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(record, "record");
    Objects.requireNonNull(detail, "detail");
    if (record.isPresent() != (status == Status.FOUND)) {
      throw new IllegalArgumentException(
          "record answer: expected a record exactly under FOUND, found status " + status);
    }
  }

  /**
   * Reads the TXT records of one DNS answer.
   *
   * <p>Ignores records that do not begin with {@code v=STSv1;}. Exactly one must remain.
   *
   * @param values the TXT records, the strings of each joined; in any order
   * @param reading how strictly to read
   * @return FOUND, ABSENT or INVALID
   */
  public static RecordAnswer evaluate(List<String> values, Reading reading) {
    Objects.requireNonNull(reading, "reading");
    List<String> candidates = candidates(List.copyOf(values), reading);
    if (candidates.isEmpty()) {
      return new RecordAnswer(Status.ABSENT, Optional.empty(), whyAbsent(values));
    }
    if (candidates.size() > 1) {
      return invalid(
          "expected one TXT record that begins "
              + PREFIX
              + ", found "
              + candidates.size()
              + "; delete all but one");
    }
    try {
      StsRecord record = RecordParser.parse(candidates.get(0), reading);
      return new RecordAnswer(
          Status.FOUND, Optional.of(record), Excerpt.of(record.text(), MAX_SHOWN_RECORD));
    } catch (PolicySyntaxException e) {
      return invalid(e.getMessage());
    }
  }

  /**
   * RFC 8461 §3.1 choice: the grammar allows blanks before the first semicolon, the rule for
   * several records does not. We follow both exactly: such a record counts if it is the only TXT
   * record, and is ignored otherwise.
   */
  private static List<String> candidates(List<String> values, Reading reading) {
    if (values.size() == 1) {
      return isSoleCandidate(values.get(0), reading) ? values : List.of();
    }
    List<String> candidates = new ArrayList<>();
    for (String value : values) {
      if (value.startsWith(PREFIX)) {
        candidates.add(value);
      }
    }
    return candidates;
  }

  private static boolean isSoleCandidate(String value, Reading reading) {
    String content = reading == Reading.TOLERANT ? Abnf.withoutBlanksBefore(value) : value;
    return content.startsWith(RecordParser.VERSION)
        && Abnf.withoutBlanksBefore(content.substring(RecordParser.VERSION.length()))
            .startsWith(";");
  }

  private static String whyAbsent(List<String> values) {
    if (values.isEmpty()) {
      return "no TXT record";
    }
    return "expected a TXT record that begins "
        + PREFIX
        + ", found "
        + (values.size() == 1 ? "" : values.size() + " others, such as ")
        + "\""
        + Excerpt.of(mostUseful(values))
        + "\"";
  }

  /** Prefers a record that was probably meant as an MTA-STS record. */
  private static String mostUseful(List<String> values) {
    for (String value : values) {
      if (value.contains("STSv1")) {
        return value;
      }
    }
    return values.get(0);
  }

  private static RecordAnswer invalid(String detail) {
    return new RecordAnswer(Status.INVALID, Optional.empty(), detail);
  }

  /**
   * Returns the result for a DNS query without an answer.
   *
   * @param detail what happened, safe to display
   * @return a result with {@link Status#UNAVAILABLE}
   */
  public static RecordAnswer unavailable(String detail) {
    return new RecordAnswer(Status.UNAVAILABLE, Optional.empty(), detail);
  }
}
