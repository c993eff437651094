package org.sparkgpt.decontaminate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;

/** The recipe as one would write it down for ASCII: sets of strings, a mark for each character. */
final class PlainDecontamination {
  private static final Pattern WORD = Pattern.compile("[a-z0-9]+");

  private PlainDecontamination() {}

  /** What {@link #line} says of each document, by id. */
  static List<String> of(List<Row> documents, List<String> examples, int n, int maxDocuments) {
    Set<String> wanted = new HashSet<>();
    examples.forEach(e -> grams(e, n).forEach(g -> wanted.add(g.text)));
    Map<String, Integer> counts = new HashMap<>();
    for (Row document : documents) {
      Set<String> distinct = new HashSet<>();
      grams(document.getString(1), n).forEach(g -> distinct.add(g.text));
      distinct.retainAll(wanted);
      distinct.forEach(g -> counts.merge(g, 1, Integer::sum));
    }
    wanted.removeIf(g -> counts.getOrDefault(g, 0) > maxDocuments);
    return documents.stream()
        .map(d -> judge(d.getString(0), d.getString(1), wanted, n))
        .sorted()
        .toList();
  }

  static String line(String id, String text, List<?> spans, String reason) {
    return id + " " + text.hashCode() + " " + spans + " " + reason;
  }

  private record Gram(String text, int start, int end) {}

  private static List<Gram> grams(String text, int n) {
    List<MatchResult> words = WORD.matcher(text).results().toList();
    List<Gram> grams = new ArrayList<>();
    for (int i = 0; i + n <= words.size(); i++) {
      List<MatchResult> gram = words.subList(i, i + n);
      String joined = String.join(" ", gram.stream().map(MatchResult::group).toList());
      grams.add(new Gram(joined, gram.get(0).start(), gram.get(n - 1).end()));
    }
    return grams;
  }

  private static String judge(String id, String text, Set<String> wanted, int n) {
    char[] marks = new char[text.length()];
    Arrays.fill(marks, 'K');
    for (Gram gram : grams(text, n)) {
      if (wanted.contains(gram.text)) {
        int from = Math.max(0, gram.start - 200);
        Arrays.fill(marks, from, Math.min(text.length(), gram.end + 200), 'C');
      }
    }
    List<String> kept = new ArrayList<>();
    List<String> spans = new ArrayList<>();
    int pieces = 0;
    List<MatchResult> runs = Pattern.compile("K+|C+").matcher(new String(marks)).results().toList();
    boolean cut = runs.size() > 1 || new String(marks).startsWith("C");
    for (MatchResult run : runs) {
      boolean piece = run.group().startsWith("K");
      pieces += piece ? 1 : 0;
    }
    for (MatchResult run : runs) {
      boolean piece = run.group().startsWith("K");
      if (piece && (run.group().length() >= 200 && pieces <= 10 || !cut)) {
        kept.add(text.substring(run.start(), run.end()));
      } else {
        spans.add("[" + run.start() + "," + run.end() + "," + (piece ? "null" : "exam") + "]");
      }
    }
    String reason =
        !cut
            ? null
            : pieces > 10 ? Cutter.TOO_MANY_PIECES : kept.isEmpty() ? Cutter.NOTHING_LEFT : null;
    return line(id, reason == null ? String.join("\n\n", kept) : text, spans, reason);
  }
}
