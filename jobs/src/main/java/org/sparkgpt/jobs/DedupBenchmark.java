package org.sparkgpt.jobs;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Verdict;
import org.sparkgpt.dedup.DedupConfig;
import org.sparkgpt.dedup.Deduplicated;
import org.sparkgpt.dedup.Deduplication;
import org.sparkgpt.dedup.Keep;
import org.sparkgpt.dedup.MinHash;
import org.sparkgpt.dedup.MinHashProfile;
import org.sparkgpt.dedup.PlantedDuplicates;
import org.sparkgpt.dedup.Shingles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times near-deduplication, and checks what it finds. */
@Command(
    name = "dedup",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Plants copies edited to a Jaccard similarity of 0.5 to 0.95 among documents, and measures:"
          + " signatures by one thread; the whole search on all cores, against Spark MLlib's"
          + " MinHashLSH self-join over the same shingle sets, with the number of hash tables whose"
          + " recall of the copies above the threshold is closest to ours; how many copies share a"
          + " bucket (found) and are merged, against the theoretical S-curve; pairs below the"
          + " threshold that are merged, by themselves (none should be) or through others like"
          + " both; bytes shuffled and stored per byte of text.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  scripts/sparkgpt bench dedup",
      "  scripts/sparkgpt bench dedup --documents runs/demo/clean --profile bigcode"
    })
final class DedupBenchmark implements Callable<Integer> {
  private static final long SEED = 1;
  private static final double BIN = 0.05;
  private static final JsonMapper JSON = new JsonMapper();

  @Option(
      names = "--documents",
      paramLabel = "DIR",
      description = "What a stage kept, such as runs/demo/clean. Without it, texts are made up.")
  private String documents;

  @Option(
      names = "--count",
      defaultValue = "10000",
      description = "Documents, copies not included; default ${DEFAULT-VALUE}")
  private int count;

  @Option(
      names = "--words",
      defaultValue = "600",
      description = "Of a document that is made up, default ${DEFAULT-VALUE}")
  private int words;

  @Option(
      names = "--copies",
      defaultValue = "3000",
      description = "That are planted, default ${DEFAULT-VALUE}")
  private int copies;

  @Option(
      names = "--profile",
      defaultValue = "fineweb",
      description = "fineweb, bigcode, nemo or redpajama; default ${DEFAULT-VALUE}")
  private MinHashProfile profile;

  @Option(
      names = "--repeats",
      defaultValue = "3",
      description = "Of each measurement, default ${DEFAULT-VALUE}; the first run is not counted")
  private int repeats;

  @Option(names = "--no-mllib", description = "Leave the comparison out.")
  private boolean alone;

  @Spec private CommandSpec spec;

  private DedupConfig config;
  private PlantedTexts planted;

  @Override
  public Integer call() throws Exception {
    ComputeOptions.requirePositive("--count", count);
    ComputeOptions.requirePositive("--words", words);
    ComputeOptions.requirePositive("--copies", copies);
    ComputeOptions.requirePositive("--repeats", repeats);
    config = new DedupConfig(false, profile, null, null, null, true, null, 3, Keep.ID, List.of());
    Path made = Files.createTempDirectory("sparkgpt-bench-");
    try (SparkSession spark = Sessions.open("bench dedup", List.of())) {
      planted = PlantedTexts.of(originals(spark), copies, config.minHash(), SEED);
      Dataset<Row> table = planted.write(spark, made.resolve("documents").toString());
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("benchmark", "dedup");
      result.put("profile", profile.name().toLowerCase(Locale.ROOT));
      result.put("documents", planted.texts().size());
      result.put("textMB", planted.bytes() / 1e6);
      result.put("cores", spark.sparkContext().defaultParallelism());
      result.put("signaturesPerSecondPerCore", planted.texts().size() / median(this::sign));
      search(spark, table, result);
      spec.commandLine().getOut().println(JSON.writeValueAsString(result));
    } finally {
      FileUtils.deleteDirectory(made.toFile());
    }
    return 0;
  }

  private List<String> originals(SparkSession spark) {
    return documents == null
        ? PlantedTexts.madeUp(config.minHash(), SEED, count, words)
        : PlantedTexts.read(spark, documents, count);
  }

  /** Signs all texts; returns their band keys. */
  private List<long[]> sign() {
    Shingles shingles = new Shingles(config.minHash());
    MinHash minHash = new MinHash(config.minHash(), SEED);
    int[] signature = new int[config.minHash().hashes()];
    List<long[]> keys = new ArrayList<>();
    for (String text : planted.texts()) {
      long[] bands = new long[config.minHash().bands()];
      minHash.sign(signature, shingles, text);
      minHash.bandKeys(bands, signature);
      keys.add(bands);
    }
    return keys;
  }

  private void search(SparkSession spark, Dataset<Row> table, Map<String, Object> result)
      throws IOException, InterruptedException {
    double seconds = median(() -> clusters(table, new HashMap<>()));
    result.put("nearDedupSeconds", seconds);
    result.put("nearDedupDocumentsPerSecond", planted.texts().size() / seconds);
    IntermediateBytes bytes = new IntermediateBytes();
    spark.sparkContext().addSparkListener(bytes);
    Map<String, Object> figures = new LinkedHashMap<>();
    Map<String, String> clusters = clusters(table, figures);
    bytes.finish(spark.sparkContext());
    result.put("shuffledMB", bytes.shuffled() / 1e6);
    result.put("storedMB", bytes.stored() / 1e6);
    result.put(
        "intermediatePerTextByte", (double) (bytes.shuffled() + bytes.stored()) / planted.bytes());
    result.put("figures", figures);
    recall(clusters, result);
    if (!alone) {
      compare(table, seconds, result);
    }
  }

  /** Searches for near duplicates as the stage does; the cluster of each document. */
  private Map<String, String> clusters(Dataset<Row> table, Map<String, Object> figures) {
    Map<String, String> clusters = new HashMap<>();
    try (Deduplicated found = Deduplication.find(table, null, config, SEED)) {
      found
          .documents()
          .where(col(Verdict.REASON).isNotNull())
          .select(Document.ID, Deduplication.CLUSTER)
          .collectAsList()
          .forEach(row -> clusters.put(row.getString(0), row.getString(1)));
      figures.putAll(found.figures());
    }
    return clusters;
  }

  private void recall(Map<String, String> clusters, Map<String, Object> result) {
    List<long[]> keys = sign();
    List<Map<String, Object>> bins = new ArrayList<>();
    double worst = 0;
    for (double from = PlantedTexts.LEAST; from < PlantedTexts.MOST - BIN / 2; from += BIN) {
      double low = from;
      List<PlantedTexts.Pair> in =
          planted.pairs().stream()
              .filter(p -> p.jaccard() >= low && p.jaccard() < low + BIN)
              .toList();
      double theory = in.stream().mapToDouble(p -> probability(p.jaccard())).sum();
      long found =
          in.stream()
              .filter(
                  p -> PlantedDuplicates.areCandidates(keys.get(p.original()), keys.get(p.copy())))
              .count();
      long merged = in.stream().filter(p -> isMerged(p, clusters)).count();
      double size = Math.max(1, in.size());
      worst = Math.max(worst, Math.abs(theory - found) / size);
      Map<String, Object> bin = new LinkedHashMap<>();
      bin.put("jaccard", Math.round(from * 100) / 100.0);
      bin.put("copies", in.size());
      bin.put("theory", theory / size);
      bin.put("found", found / size);
      bin.put("merged", merged / size);
      bins.add(bin);
    }
    result.put("recall", bins);
    result.put("largestDifferenceFromTheory", worst);
    List<PlantedTexts.Pair> below =
        planted.pairs().stream()
            .filter(p -> p.jaccard() < config.threshold() && isMerged(p, clusters))
            .toList();
    long chained = below.stream().filter(p -> isChained(p, clusters)).count();
    result.put("mergedBelowThreshold", below.size() - chained);
    result.put("mergedThroughOthers", chained);
    result.put("recallAboveThreshold", recallAbove(p -> isMerged(p, clusters)));
  }

  private double recallAbove(Predicate<PlantedTexts.Pair> isFound) {
    List<PlantedTexts.Pair> above =
        planted.pairs().stream().filter(p -> p.jaccard() >= config.threshold()).toList();
    return (double) above.stream().filter(isFound).count() / Math.max(1, above.size());
  }

  private double probability(double jaccard) {
    return config.minHash().candidateProbability(jaccard);
  }

  private String id(int text) {
    return Document.idOf(planted.texts().get(text));
  }

  private boolean isMerged(PlantedTexts.Pair pair, Map<String, String> clusters) {
    String a = id(pair.original());
    String b = id(pair.copy());
    return clusters.getOrDefault(a, a).equals(clusters.getOrDefault(b, b));
  }

  /**
   * Whether documents of the pair's cluster lead from one to the other in steps that reach the
   * threshold, as clusters are closed under chains.
   */
  private boolean isChained(PlantedTexts.Pair pair, Map<String, String> clusters) {
    String original = id(pair.original());
    String cluster = clusters.getOrDefault(original, original);
    Shingles shingles = new Shingles(config.minHash());
    Map<Integer, int[]> unreached = new HashMap<>();
    for (int text = 0; text < planted.texts().size(); text++) {
      String id = id(text);
      if (cluster.equals(clusters.getOrDefault(id, id))) {
        unreached.put(text, shingles.distinct(planted.texts().get(text)));
      }
    }
    Deque<int[]> reached = new ArrayDeque<>(List.of(unreached.remove(pair.original())));
    while (!reached.isEmpty() && unreached.containsKey(pair.copy())) {
      int[] from = reached.remove();
      unreached
          .values()
          .removeIf(to -> Shingles.jaccard(from, to) >= config.threshold() && reached.add(to));
    }
    return !unreached.containsKey(pair.copy());
  }

  private void compare(Dataset<Row> table, double ownSeconds, Map<String, Object> result)
      throws IOException {
    double threshold = config.threshold();
    List<Double> above =
        planted.pairs().stream()
            .map(PlantedTexts.Pair::jaccard)
            .filter(jaccard -> jaccard >= threshold)
            .toList();
    int tables = MinHashLshJoin.tables(above, (double) result.get("recallAboveThreshold"));
    List<Row> pairs = new ArrayList<>();
    double seconds =
        median(
            () -> {
              pairs.clear();
              pairs.addAll(
                  MinHashLshJoin.pairs(table, config.minHash(), threshold, tables, SEED)
                      .collectAsList());
              return pairs;
            });
    Set<String> found = new HashSet<>();
    pairs.forEach(pair -> found.add(pair.getString(0) + pair.getString(1)));
    Map<String, Object> other = new LinkedHashMap<>();
    other.put("hashTables", tables);
    other.put("expectedRecallAboveThreshold", MinHashLshJoin.recall(above, tables));
    other.put("seconds", seconds);
    other.put("documentsPerSecond", planted.texts().size() / seconds);
    other.put(
        "recallAboveThreshold",
        recallAbove(
            p ->
                found.contains(id(p.original()) + id(p.copy()))
                    || found.contains(id(p.copy()) + id(p.original()))));
    result.put("mllib", other);
    result.put("timesMllib", seconds / ownSeconds);
  }

  /** Seconds of the median run, after one that is not counted. */
  private <T> double median(Supplier<T> work) {
    double[] seconds = new double[repeats];
    for (int run = -1; run < repeats; run++) {
      long start = System.nanoTime();
      if (work.get() == null) {
        throw new IllegalStateException("nothing was done");
      }
      if (run >= 0) {
        seconds[run] = (System.nanoTime() - start) / 1e9;
      }
    }
    Arrays.sort(seconds);
    return seconds[repeats / 2];
  }
}
