package io.github.mtasts.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What the TXT records at {@code _mta-sts.} say, taken together. RFC 8461 §3.1
 *
 * <p>Immutable, hence thread-safe.
 *
 * @param status which of the four answers
 * @param record the record, present exactly when {@link Status#FOUND}
 * @param detail for people: the record's text when found, otherwise what is wrong and what was
 *     expected; fit to be shown
 */
public record RecordAnswer(Status status, Optional<StsRecord> record, String detail) {

  private static final String PREFIX = RecordParser.VERSION + ";";
  private static final int SHOWN_WHEN_FOUND = 255;

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
   * Checks what it is given.
   *
   * @param status which of the four answers
   * @param record present exactly under {@link Status#FOUND}
   * @param detail for people, fit to be shown
   * @throws IllegalArgumentException if there is a record without {@link Status#FOUND}, or none
   *     with it
   */
  public RecordAnswer {
    Objects.requireNonNull(detail, "detail");
    if (record.isPresent() != (status == Status.FOUND)) {
      throw new IllegalArgumentException(
          "record answer: expected a record exactly under FOUND, found status " + status);
    }
  }

  /**
   * Judges one answer set.
   *
   * <p>Records that do not begin {@code v=STSv1;} are dropped; then exactly one must be left.
   *
   * @param values the TXT records, the strings of each joined; in any order
   * @param reading how strictly
   * @return FOUND, ABSENT or INVALID
   */
  public static RecordAnswer judge(List<String> values, Reading reading) {
    Objects.requireNonNull(reading, "reading");
    List<String> ours = ours(List.copyOf(values), reading);
    if (ours.isEmpty()) {
      return new RecordAnswer(Status.ABSENT, Optional.empty(), whyNone(values));
    }
    if (ours.size() > 1) {
      return invalid(
          "expected one TXT record that begins "
              + PREFIX
              + ", found "
              + ours.size()
              + "; delete all but one");
    }
    try {
      StsRecord record = RecordParser.parse(ours.get(0), reading);
      return new RecordAnswer(
          Status.FOUND, Optional.of(record), Excerpt.of(record.text(), SHOWN_WHEN_FOUND));
    } catch (PolicySyntaxException e) {
      return invalid(e.getMessage());
    }
  }

  /**
   * RFC 8461 §3.1 choice: the grammar allows blanks before the first semicolon, the rule for
   * several records does not. Both are kept to the letter: alone such a record is ours, in company
   * it is not.
   */
  private static List<String> ours(List<String> values, Reading reading) {
    if (values.size() == 1) {
      return isOursAlone(values.get(0), reading) ? values : List.of();
    }
    List<String> ours = new ArrayList<>();
    for (String value : values) {
      if (value.startsWith(PREFIX)) {
        ours.add(value);
      }
    }
    return ours;
  }

  private static boolean isOursAlone(String value, Reading reading) {
    String content = reading == Reading.TOLERANT ? Abnf.withoutBlanksBefore(value) : value;
    return content.startsWith(RecordParser.VERSION)
        && Abnf.withoutBlanksBefore(content.substring(RecordParser.VERSION.length()))
            .startsWith(";");
  }

  private static String whyNone(List<String> values) {
    if (values.isEmpty()) {
      return "no TXT record";
    }
    return "expected a TXT record that begins "
        + PREFIX
        + ", found "
        + (values.size() == 1 ? "" : values.size() + " others, such as ")
        + "\""
        + Excerpt.of(mostTelling(values))
        + "\"";
  }

  /** The one that was meant to be ours, if any, helps its owner most. */
  private static String mostTelling(List<String> values) {
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
   * Returns the answer for a DNS that did not answer.
   *
   * @param detail what happened, fit to be shown
   * @return an answer under {@link Status#UNAVAILABLE}
   */
  public static RecordAnswer unavailable(String detail) {
    return new RecordAnswer(Status.UNAVAILABLE, Optional.empty(), detail);
  }
}
