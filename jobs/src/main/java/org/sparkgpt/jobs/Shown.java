package org.sparkgpt.jobs;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.sparkgpt.corpus.Verdict;

/** How the story of a document is printed: texts, changes and the columns of stages' tables. */
final class Shown {
  private static final int FIRST_CHARACTERS = 300;
  private static final int FIRST_ENTRIES = 10; // of a list
  private static final Set<String> VERDICT =
      Set.of(Verdict.REASON, Verdict.VALUE, Verdict.THRESHOLD);

  private final boolean full;
  private final PrintWriter out;

  /**
   * @param full whether texts and lists are shown as a whole
   */
  Shown(boolean full, PrintWriter out) {
    this.full = full;
    this.out = out;
  }

  void line(String name, String value) {
    out.println("  " + name + ": " + value);
  }

  /** Values of several rows stand below each other. */
  void row(String name, String value) {
    out.printf("  %-28s%s%n", name, value);
  }

  void text(String what, String text) {
    boolean cut = !full && text.length() > FIRST_CHARACTERS;
    line(what, String.format(Locale.ROOT, "%,d characters", text.length()));
    (cut ? text.substring(0, FIRST_CHARACTERS) + "…" : text)
        .lines()
        .forEach(line -> out.println("    | " + line));
  }

  /**
   * @param open whether what has changed may be seen, or only by how much
   */
  void change(String what, String before, String after, boolean open) {
    if (before.equals(after)) {
      line(what, "nothing changed");
    } else {
      line(
          what,
          String.format(Locale.ROOT, "%,d characters, then %,d", before.length(), after.length()));
      if (open) {
        new LineDiff(before, after).print(out, full);
      }
    }
  }

  /**
   * What a stage noted of a document: the columns that its table has beyond that of the stage
   * before.
   */
  void ownColumns(Row before, Row row) {
    Set<String> known = Set.of(before.schema().fieldNames());
    for (String column : row.schema().fieldNames()) {
      if (!known.contains(column) && !VERDICT.contains(column)) {
        line(column.replace('_', ' '), value(row.getAs(column)));
      }
    }
  }

  private String value(Object value) {
    if (value == null) {
      return "none";
    }
    if (value instanceof Number number) {
      return number(number.doubleValue());
    }
    if (value instanceof Row struct) {
      return fields(struct);
    }
    if (value instanceof scala.collection.Map<?, ?> map) {
      return entries(scala.collection.JavaConverters.mapAsJavaMap(map));
    }
    if (value instanceof scala.collection.Seq<?> list) {
      return list(scala.collection.JavaConverters.seqAsJavaList(list));
    }
    return value.toString();
  }

  /** Those of a struct that are there. */
  private String fields(Row struct) {
    List<String> fields = new ArrayList<>();
    for (String name : struct.schema().fieldNames()) {
      Object value = struct.getAs(name);
      if (value != null) {
        fields.add(name + " " + value(value));
      }
    }
    return String.join(", ", fields);
  }

  private String entries(Map<?, ?> map) {
    Map<String, String> sorted = new TreeMap<>();
    map.forEach((key, value) -> sorted.put(key.toString(), value(value)));
    return sorted.isEmpty()
        ? "none"
        : sorted.entrySet().stream()
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining(", "));
  }

  private String list(List<?> list) {
    if (list.isEmpty()) {
      return "none";
    }
    long entries = full ? list.size() : Math.min(list.size(), FIRST_ENTRIES);
    return list.stream()
        .limit(entries)
        .map(entry -> System.lineSeparator() + "    " + value(entry))
        .collect(
            Collectors.joining(
                "",
                String.format(Locale.ROOT, "%,d", list.size()),
                entries == list.size() ? "" : System.lineSeparator() + "    …"));
  }

  static String verdict(Verdict verdict) {
    return verdict.reason()
        + (Double.isNaN(verdict.value()) ? "" : ", value " + number(verdict.value()))
        + (Double.isNaN(verdict.threshold()) ? "" : ", threshold " + number(verdict.threshold()));
  }

  private static String number(double number) {
    boolean whole = number == Math.rint(number) && Math.abs(number) < 1e15;
    return String.format(Locale.ROOT, whole ? "%,.0f" : "%.4g", number);
  }
}
