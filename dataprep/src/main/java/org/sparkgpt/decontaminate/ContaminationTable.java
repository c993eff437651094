package org.sparkgpt.decontaminate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkgpt.corpus.Verdict;

/**
 * How much of the evaluation sets was in the training documents. Files beside the documents (the
 * second's name is one that Spark leaves out; tables are read from {@code kept=...} or with Spark's
 * {@code pathGlobFilter}):
 *
 * <ul>
 *   <li>{@code _contamination.json}: a list with a {@link Contamination} for each set, by name
 *   <li>{@code _dirty/SET.jsonl}: a line for each example of the set that was found, in order:
 *       {@code index} (from 0, in the order of the set's files by path), {@code file}, {@code line}
 *       (where it begins, from 1), {@code ngramsFound}, {@code ngramsIgnored} (of its n-grams,
 *       equal ones each). Without these examples a result on the set is one on its clean part.
 * </ul>
 */
public final class ContaminationTable {
  public static final String FILE = "_contamination.json";
  public static final String DIRTY = "_dirty";

  private static final JsonMapper JSON = new JsonMapper();

  private static final String CUT = "cut";
  private static final String DROPPED = "dropped";
  private static final String CHARACTERS = "characters";

  /** A set is null in the row that has the characters removed for whatever set. */
  private static final StructType EFFECT =
      new StructType()
          .add(Decontamination.SET, DataTypes.StringType, true)
          .add(CUT, DataTypes.LongType, false)
          .add(DROPPED, DataTypes.LongType, false)
          .add(CHARACTERS, DataTypes.LongType, false);

  private final Overlap overlap;
  private final List<Contamination> rows = new ArrayList<>();
  private Effect total = Effect.NONE;

  private record Effect(long cut, long dropped, long characters) {
    private static final Effect NONE = new Effect(0, 0, 0);
  }

  private ContaminationTable(Overlap overlap) {
    this.overlap = overlap;
  }

  /**
   * @param judged what {@link Decontamination#annotate} made of the documents, as it was written
   */
  public static ContaminationTable of(Overlap overlap, Dataset<Row> judged) {
    ContaminationTable table = new ContaminationTable(overlap);
    Map<String, Effect> effects = effects(judged);
    table.total = effects.getOrDefault(null, Effect.NONE);
    for (int set = 0; set < overlap.index().sets(); set++) {
      Effect effect = effects.getOrDefault(overlap.index().name(set), Effect.NONE);
      table.rows.add(table.row(set, effect));
    }
    return table;
  }

  /** One for each set, by name. */
  public List<Contamination> rows() {
    return List.copyOf(rows);
  }

  /** The table's most important numbers, by name. */
  public Map<String, Object> figures() {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("cut documents", total.cut());
    figures.put("removed characters", total.characters());
    for (Contamination row : rows) {
      figures.put(row.set() + " examples", row.examples());
      figures.put(row.set() + " examples found", row.examplesFound());
      figures.put(row.set() + " " + row.ngramLength() + "-grams", row.ngrams());
      figures.put(row.set() + " " + row.ngramLength() + "-grams found", row.ngramsFound());
      figures.put(row.set() + " " + row.ngramLength() + "-grams ignored", row.ngramsIgnored());
      figures.put(row.set() + " documents", row.documents());
    }
    return figures;
  }

  /** Writes the files into the stage's directory. */
  public void write(FileSystem fs, Path directory) throws IOException {
    try (Writer out = writer(fs, new Path(directory, FILE))) {
      out.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(rows));
      out.write('\n');
    }
    for (int set = 0; set < overlap.index().sets(); set++) {
      Path file = new Path(new Path(directory, DIRTY), overlap.index().name(set) + ".jsonl");
      try (Writer out = writer(fs, file)) {
        writeDirty(set, out);
      }
    }
  }

  private static Writer writer(FileSystem fs, Path file) throws IOException {
    return new BufferedWriter(new OutputStreamWriter(fs.create(file), StandardCharsets.UTF_8));
  }

  private void writeDirty(int set, Writer out) throws IOException {
    Examples examples = overlap.sets().get(set);
    int[][] counts = counts(set);
    for (int e = 0; e < examples.count(); e++) {
      if (counts[0][e] > 0) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("index", e);
        line.put("file", examples.file(e).toString());
        line.put("line", examples.line(e));
        line.put("ngramsFound", counts[0][e]);
        line.put("ngramsIgnored", counts[1][e]);
        out.write(JSON.writeValueAsString(line));
        out.write('\n');
      }
    }
  }

  /** For each example how many of its n-grams were found, and how many of these are ignored. */
  private int[][] counts(int set) {
    Examples examples = overlap.sets().get(set);
    int[][] counts = new int[2][examples.count()];
    overlap
        .index()
        .forEach(
            examples,
            set,
            (example, first, text) -> {
              int gram = overlap.index().find(text, 0);
              counts[0][example] += overlap.isFound(gram) ? 1 : 0;
              counts[1][example] += overlap.isIgnored(gram) ? 1 : 0;
            });
    return counts;
  }

  private Contamination row(int set, Effect effect) {
    Examples examples = overlap.sets().get(set);
    NGramIndex index = overlap.index();
    long ngrams = 0;
    long found = 0;
    long ignored = 0;
    for (int gram = 0; gram < index.count(); gram++) {
      if (has(index.setsOf(gram), set)) {
        ngrams++;
        found += overlap.isFound(gram) ? 1 : 0;
        ignored += overlap.isIgnored(gram) ? 1 : 0;
      }
    }
    long dirty = Arrays.stream(counts(set)[0]).filter(n -> n > 0).count();
    return new Contamination(
        examples.set(),
        examples.count(),
        index.lengthOfSet(set),
        ngrams,
        found,
        ignored,
        dirty,
        examples.count() - dirty,
        examples.shorterThan(index.lengthOfSet(set)),
        effect.cut() + effect.dropped(),
        effect.cut(),
        effect.dropped(),
        effect.characters());
  }

  private static boolean has(int[] sets, int set) {
    return Arrays.binarySearch(sets, set) >= 0;
  }

  private static Map<String, Effect> effects(Dataset<Row> judged) {
    judged.sparkSession().sparkContext().setJobDescription("decontaminate: what was cut by set");
    List<Row> sums =
        judged
            .select(Decontamination.REMOVED_SPANS, Verdict.REASON)
            .flatMap(new Effects(), Encoders.row(EFFECT))
            .groupBy(Decontamination.SET)
            .agg(sum(col(CUT)), sum(col(DROPPED)), sum(col(CHARACTERS)))
            .collectAsList(); // one for each set
    judged.sparkSession().sparkContext().setJobDescription(null);
    Map<String, Effect> effects = new HashMap<>();
    for (Row row : sums) {
      effects.put(row.getString(0), new Effect(row.getLong(1), row.getLong(2), row.getLong(3)));
    }
    return effects;
  }

  /** What one document adds: a row for each of its sets, and one for all. */
  private static final class Effects implements FlatMapFunction<Row, Row> {
    @Override
    public Iterator<Row> call(Row document) {
      List<Row> spans = document.getList(0);
      boolean dropped = !document.isNullAt(1);
      Map<String, Long> bySet = new TreeMap<>();
      long all = 0;
      int from = 0; // end of what is counted
      for (Row span : spans) {
        int start = span.getInt(0);
        int end = span.getInt(1);
        if (!span.isNullAt(2)) {
          bySet.merge(span.getString(2), (long) end - start, Long::sum);
        }
        all += Math.max(0, end - Math.max(start, from));
        from = Math.max(from, end);
      }
      List<Row> rows = new ArrayList<>();
      for (Map.Entry<String, Long> set : bySet.entrySet()) {
        rows.add(effect(set.getKey(), dropped, dropped ? all : set.getValue()));
      }
      if (!rows.isEmpty()) {
        rows.add(effect(null, dropped, all));
      }
      return rows.iterator();
    }

    private static Row effect(String set, boolean dropped, long characters) {
      return RowFactory.create(set, dropped ? 0L : 1L, dropped ? 1L : 0L, characters);
    }
  }
}
