package io.github.mtasts.store.redis;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import io.github.mtasts.store.UnreadableRow;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns policies into the values of a hash, and back; see {@link Field} for their order. */
final class Row {
  /** As strict as the scripts are, so that both agree on which times can be read. */
  private static final Pattern MILLIS = Pattern.compile("-?[0-9]{1,15}");

  private static final Pattern COUNT = Pattern.compile("[0-9]{1,10}");

  private final Map<Field, byte[]> values = new EnumMap<>(Field.class);

  private Row(List<?> reply) {
    Iterator<?> values = reply.iterator();
    for (Field field : Field.values()) {
      if (values.hasNext() && values.next() instanceof byte[] octets) {
        this.values.put(field, octets);
      }
    }
  }

  static List<byte[]> values(StoredPolicy policy) {
    List<byte[]> values = new ArrayList<>();
    values.add(octets(Integer.toString(StoredPolicy.FORMAT_VERSION)));
    values.add(octets(policy.id()));
    values.add(octets(policy.text()));
    values.add(octets(policy.mode().label()));
    values.add(octets(policy.fetchedAt()));
    values.add(octets(policy.expiresAt()));
    values.add(octets(policy.lastUsedAt()));
    values.addAll(
        policy
            .lastFailure()
            .map(Row::values)
            .orElse(List.of(octets(""), octets(""), octets(""), octets(""), octets(""))));
    return values;
  }

  static List<byte[]> values(StoredFailure failure) {
    return List.of(
        octets(failure.at()),
        octets(Integer.toString(failure.failures())),
        octets(failure.retryAt()),
        octets(failure.resultType().map(ResultType::label).orElse("")),
        octets(failure.detail()));
  }

  static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] octets(Instant moment) {
    return octets(moment.toEpochMilli());
  }

  static byte[] octets(long number) {
    return octets(Long.toString(number));
  }

  /** Where the names begin that follow upon a name. */
  static byte[] after(byte[] name) {
    return ByteBuffer.allocate(name.length + 1).put((byte) '(').put(name).array();
  }

  /**
   * Reads what a script says of a row.
   *
   * @param reply nothing if there is no row, one text if it cannot be read, else the values
   */
  static Optional<StoredRow> read(String domain, List<?> reply) {
    return switch (reply.size()) {
      case 0 -> Optional.empty();
      case 1 -> Optional.of(new UnreadableRow(domain, shown(reply.get(0))));
      default -> Optional.of(new Row(reply).toStored(domain));
    };
  }

  private StoredRow toStored(String domain) {
    int version;
    try {
      version = count(Field.VERSION);
    } catch (IllegalArgumentException nonsense) {
      return new UnreadableRow(domain, String.valueOf(nonsense.getMessage()));
    }
    return StoredRow.of(domain, version, () -> toPolicy(domain));
  }

  private StoredPolicy toPolicy(String domain) {
    return new StoredPolicy(
        domain,
        text(Field.ID),
        text(Field.TEXT),
        labelled(Field.MODE, PolicyMode.values(), PolicyMode::label),
        moment(Field.FETCHED),
        moment(Field.EXPIRES),
        moment(Field.USED),
        text(Field.FAILED).isEmpty() ? Optional.empty() : Optional.of(toFailure()));
  }

  private StoredFailure toFailure() {
    return new StoredFailure(
        moment(Field.FAILED),
        count(Field.FAILURES),
        moment(Field.RETRY),
        text(Field.RESULT).isEmpty()
            ? Optional.empty()
            : Optional.of(labelled(Field.RESULT, ResultType.values(), ResultType::label)),
        text(Field.DETAIL));
  }

  private Instant moment(Field field) {
    String text = text(field);
    if (!MILLIS.matcher(text).matches()) {
      throw nonsense(field, "milliseconds since 1970", text);
    }
    return Instant.ofEpochMilli(Long.parseLong(text));
  }

  private int count(Field field) {
    String text = text(field);
    if (!COUNT.matcher(text).matches()) {
      throw nonsense(field, "a number", text);
    }
    return Integer.parseInt(text);
  }

  private <T> T labelled(Field field, T[] all, Function<T, String> label) {
    String text = text(field);
    for (T one : all) {
      if (label.apply(one).equals(text)) {
        return one;
      }
    }
    throw nonsense(field, "a word that this version knows", text);
  }

  private String text(Field field) {
    byte[] octets = values.get(field);
    if (octets == null) {
      throw new IllegalArgumentException(field.label() + ": expected a value, found none");
    }
    try {
      // Unlike new String(...), this does not paper over what is no UTF-8.
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(field.label() + ": expected UTF-8, found other octets", e);
    }
  }

  private static IllegalArgumentException nonsense(Field field, String expected, String found) {
    return new IllegalArgumentException(
        field.label() + ": expected " + expected + ", found \"" + Excerpt.of(found) + "\"");
  }

  private static String shown(@Nullable Object octets) {
    return Excerpt.of(new String(Server.octets(octets), StandardCharsets.UTF_8), 200);
  }
}
