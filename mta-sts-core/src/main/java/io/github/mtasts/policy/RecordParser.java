// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parses one TXT record that begins with {@code v=STSv1} and a delimiter. RFC 8461 §3.1 */
final class RecordParser {
  static final String VERSION = "v=STSv1";

  private static final String SECTION = "RFC 8461 §3.1";
  private static final int MAX_ID = 32;
  private final String text;
  private final Reading reading;
  private final Warnings warnings = new Warnings();
  private final Map<String, String> extensions = new LinkedHashMap<>();
  private @Nullable String id;

  private RecordParser(String text, Reading reading) {
    this.text = text;
    this.reading = reading;
  }

  static StsRecord parse(String text, Reading reading) throws PolicySyntaxException {
    return new RecordParser(text, reading).parse();
  }

  private StsRecord parse() throws PolicySyntaxException {
    List<String> fields = fields(withoutBlanksAtTheEdges());
    // The first field is the version; the caller has checked it.
    for (String field : fields.subList(1, fields.size())) {
      readField(field);
    }
    if (id == null) {
      throw new PolicySyntaxException(
          0,
          "",
          SECTION,
          "record: expected an id, found none; add id= and 1 to 32 letters or digits");
    }
    return new StsRecord(id, extensions, text, warnings.list());
  }

  /** Blanks beside a semicolon are valid, so only the two ends of the record need a check. */
  private String withoutBlanksAtTheEdges() throws PolicySyntaxException {
    String content = Abnf.withoutBlanksBefore(text);
    if (!content.equals(text)) {
      tolerate("blanks before " + VERSION);
    }
    String trimmed = Abnf.withoutBlanksAfter(content);
    if (!trimmed.equals(content) && !trimmed.endsWith(";")) {
      tolerate("blanks at the end without a semicolon before them");
    }
    return trimmed;
  }

  /** Splits at semicolons and removes the blanks around them; the record may end in one. */
  private static List<String> fields(String content) {
    List<String> fields = new ArrayList<>();
    int start = 0;
    for (int end = content.indexOf(';'); end >= 0; end = content.indexOf(';', start)) {
      fields.add(Abnf.withoutBlanksAround(content.substring(start, end)));
      start = end + 1;
    }
    if (start < content.length()) {
      fields.add(Abnf.withoutBlanksAround(content.substring(start)));
    }
    return fields;
  }

  private void readField(String field) throws PolicySyntaxException {
    int equals = field.indexOf('=');
    if (equals < 0) {
      throw invalid(field, "a name, '=' and a value between semicolons");
    }
    String name = field.substring(0, equals);
    String value = field.substring(equals + 1);
    if (name.equals("id") && id == null) {
      readId(value);
      return;
    }
    checkExtension(field, name, value);
    if (name.equals("id") || name.equals("v")) {
      // RFC 8461 §3.2: the first of a repeated field counts, in records too.
      warnings.add(name + " is repeated and only the first counts; delete the others");
    } else {
      extensions.putIfAbsent(name, value);
    }
  }

  private void readId(String value) throws PolicySyntaxException {
    if (!Abnf.isAlphanumeric(value, MAX_ID)) {
      throw invalid("id=" + value, "id= and 1 to 32 letters or digits, nothing else");
    }
    id = value;
  }

  private static void checkExtension(String field, String name, String value)
      throws PolicySyntaxException {
    if (!Abnf.isExtensionName(name)) {
      throw invalid(field, "a name of 1 to 32 letters, digits, '_', '-' and '.' before the '='");
    }
    if (value.isEmpty()) {
      throw invalid(field, "a value after the '='");
    }
    if (!Abnf.isRecordValue(value)) {
      throw invalid(field, "a value of visible ASCII characters without '='");
    }
  }

  private void tolerate(String found) throws PolicySyntaxException {
    String message = "expected blanks only beside a semicolon, found " + found + "; delete them";
    if (reading == Reading.STRICT) {
      throw new PolicySyntaxException(0, Excerpt.of(text), SECTION, "record: " + message);
    }
    warnings.add(message);
  }

  private static PolicySyntaxException invalid(String found, String expected) {
    String excerpt = Excerpt.of(found);
    return new PolicySyntaxException(
        0, excerpt, SECTION, "record: expected " + expected + ", found \"" + excerpt + "\"");
  }
}
