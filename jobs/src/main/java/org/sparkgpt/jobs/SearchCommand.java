package org.sparkgpt.jobs;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkgpt.decontaminate.ArithmeticProblem;
import org.sparkgpt.decontaminate.PhraseSearch;
import org.sparkgpt.decontaminate.Phrases;
import org.sparkgpt.stage.DocumentTable;
import org.sparkgpt.stage.StageManifest;
import org.sparkgpt.stage.StageName;
import org.sparkgpt.stage.StageRunner;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Searches the documents of a run for exact texts, or for arithmetic problems. */
@Command(
    name = "search",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Searches the documents that a stage kept for exact texts: how often each is there, in how many"
          + " documents, and where.",
      "With arithmetic problems it asks what GPT-3's authors asked: does a model calculate, or has it"
          + " read the answers? It looks for '48 + 76 =' and '48 plus 76' (minus, times likewise)"
          + " and counts the problems of which either is there.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  scripts/sparkgpt search conf/demo.yaml --text 'the white whale' --text Ahab",
      "  scripts/sparkgpt search runs/demo --stage clean --arithmetic problems.txt",
      "  scripts/sparkgpt search runs/demo --arithmetic-digits 2,3 --problems 2000 --seed 1"
    })
final class SearchCommand implements Callable<Integer> {
  @Parameters(paramLabel = "run.yaml|DIR", description = "A run file or a run's directory.")
  private Path target;

  @Option(
      names = "--stage",
      paramLabel = "STAGE",
      converter = StageNameConverter.class,
      description = "Whose documents are searched; default: the last stage that has any.")
  private StageName stage;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Query query;

  @Option(
      names = "--problems",
      paramLabel = "N",
      description = "For --arithmetic-digits: problems of each operation (default 2000).")
  private int problems = 2000;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "For --arithmetic-digits: which problems are drawn (default 1).")
  private long seed = 1;

  @Option(names = "--ignore-case", description = "Capital letters count as small ones.")
  private boolean ignoreCase;

  @Option(
      names = "--hits",
      paramLabel = "N",
      description = "Places shown, by text and document id (default 20).")
  private int hits = 20;

  @Option(
      names = "--context",
      paramLabel = "N",
      description = "Characters shown on each side of a place (default 40).")
  private int context = 40;

  @Spec private CommandSpec spec;

  /** What is searched for. */
  private static final class Query {
    @Option(
        names = "--text",
        required = true,
        paramLabel = "TEXT",
        description = "Searched for as it is; may be given several times.")
    private List<String> texts;

    @Option(
        names = "--arithmetic",
        required = true,
        paramLabel = "FILE",
        description = "Problems such as 48 + 76 = 124, one on a line.")
    private Path arithmetic;

    @Option(
        names = "--arithmetic-digits",
        required = true,
        split = ",",
        paramLabel = "DIGITS",
        description =
            "Draws problems: +, - and * of two numbers with up to so many digits, for each of them.")
    private List<Integer> digits;
  }

  @Override
  public Integer call() throws Exception {
    if (hits < 0 || context < 0) {
      throw new IllegalArgumentException(
          "--hits and --context must not be negative, got " + hits + " and " + context);
    }
    PrintWriter out = spec.commandLine().getOut();
    List<ArithmeticProblem> asked = problems();
    List<String> texts =
        query.texts != null
            ? query.texts
            : new ArrayList<>(
                new LinkedHashSet<>(asked.stream().flatMap(p -> p.forms().stream()).toList()));
    Phrases phrases = new Phrases(texts, ignoreCase);
    Path run = RunOptions.directory(target);
    StageName searched = stage(run);
    try (SparkSession spark = Sessions.open("sparkgpt search", List.of())) {
      Dataset<Row> documents = DocumentTable.read(spark, searched.directory(run));
      Dataset<Row> found = PhraseSearch.find(documents, phrases, context);
      spark.sparkContext().setJobDescription("search: count");
      SortedMap<Integer, PhraseSearch.Total> totals = PhraseSearch.totals(found);
      out.printf("Searched the documents of %s:%n%n", searched.directory(run));
      if (asked.isEmpty()) {
        printTexts(texts, totals, out);
      } else {
        printProblems(asked, texts, totals, out);
      }
      if (hits > 0 && !totals.isEmpty()) {
        spark.sparkContext().setJobDescription("search: the first places");
        printHits(texts, PhraseSearch.first(found, hits), out);
      }
    }
    out.flush();
    return 0;
  }

  private List<ArithmeticProblem> problems() throws IOException {
    if (query.digits != null) {
      return ArithmeticProblem.generate(query.digits, problems, seed);
    }
    if (query.arithmetic == null) {
      return List.of();
    }
    FileSystem fs = query.arithmetic.getFileSystem(Sessions.hadoopConfiguration());
    if (!fs.exists(query.arithmetic)) {
      throw new IllegalArgumentException(
          query.arithmetic + ": no such file; expected problems such as 48 + 76 = 124");
    }
    try (InputStream in = fs.open(query.arithmetic)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return ArithmeticProblem.parse(query.arithmetic.toString(), text.lines().toList());
    }
  }

  private StageName stage(Path run) throws IOException {
    FileSystem fs = run.getFileSystem(Sessions.hadoopConfiguration());
    if (stage != null) {
      if (!stage.writesDocuments()) {
        throw new IllegalArgumentException(
            "--stage " + stage + " writes no documents; the stages from ingest to redact do");
      }
      StageRunner.require(fs, run, stage);
      return stage;
    }
    return Arrays.stream(StageName.values())
        .filter(StageName::writesDocuments)
        .filter(s -> StageManifest.find(fs, s.directory(run)).isPresent())
        .reduce((earlier, later) -> later)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    run + ": no finished stage with documents here; run ingest first"));
  }

  private static void printTexts(
      List<String> texts, SortedMap<Integer, PhraseSearch.Total> totals, PrintWriter out) {
    out.printf("%12s %12s  %s%n", "documents", "times", "text");
    for (int i = 0; i < texts.size(); i++) {
      PhraseSearch.Total total = totals.getOrDefault(i, new PhraseSearch.Total(0, 0));
      out.printf(
          Locale.ROOT, "%,12d %,12d  %s%n", total.documents(), total.times(), line(texts.get(i)));
    }
  }

  private static void printProblems(
      List<ArithmeticProblem> problems,
      List<String> texts,
      SortedMap<Integer, PhraseSearch.Total> totals,
      PrintWriter out) {
    Map<String, Long> timesByText = new LinkedHashMap<>();
    totals.forEach((i, total) -> timesByText.put(texts.get(i), total.times()));
    Map<String, long[]> kinds = new LinkedHashMap<>(); // problems, found, times
    for (ArithmeticProblem problem : problems) {
      long times = problem.forms().stream().mapToLong(f -> timesByText.getOrDefault(f, 0L)).sum();
      long[] counts = kinds.computeIfAbsent(problem.kind(), k -> new long[3]);
      counts[0]++;
      counts[1] += times > 0 ? 1 : 0;
      counts[2] += times;
    }
    out.printf("%-24s %10s %10s %9s %12s%n", "", "problems", "found", "", "times");
    kinds.forEach(
        (kind, counts) ->
            out.printf(
                Locale.ROOT,
                "%-24s %,10d %,10d %7.2f %% %,12d%n",
                kind,
                counts[0],
                counts[1],
                100.0 * counts[1] / counts[0],
                counts[2]));
  }

  private static void printHits(List<String> texts, List<PhraseSearch.Hit> hits, PrintWriter out) {
    out.println();
    out.println("The first places, as document id @ offset in UTF-16 units:");
    for (PhraseSearch.Hit hit : hits) {
      out.printf(
          Locale.ROOT,
          "  %s  %s @ %,d%s%n      …%s…%n",
          line(texts.get(hit.phrase())),
          hit.id(),
          hit.start(),
          hit.times() == 1 ? "" : String.format(Locale.ROOT, ", %,d times", hit.times()),
          line(hit.context()));
    }
  }

  /** On one line, whatever is in it. */
  private static String line(String text) {
    return text.replaceAll("\\s+", " ");
  }
}
