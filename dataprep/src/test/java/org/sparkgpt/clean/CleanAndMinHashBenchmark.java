package org.sparkgpt.clean;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.sparkgpt.dedup.MinHash;
import org.sparkgpt.dedup.MinHashConfig;
import org.sparkgpt.dedup.ShingleUnit;
import org.sparkgpt.dedup.Shingles;

/**
 * Documents a second on one core: normalising, language identification, both Gopher rules to their
 * end, and MinHash signatures with band keys (14 x 8). Documents are 800 words (4.9 kB) of a
 * vocabulary of 20,000 with Zipf's frequencies, in lines and paragraphs: as long as a web page's
 * main text, and repeating so little that no rule ends early.
 *
 * <pre>
 * mvn -q -pl dataprep test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath
 * cd dataprep
 * java -cp target/test-classes:target/classes:$(cat target/classpath) org.openjdk.jmh.Main CleanAndMinHash
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@OperationsPerInvocation(CleanAndMinHashBenchmark.DOCUMENTS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class CleanAndMinHashBenchmark {
  static final int DOCUMENTS = 200;

  private static final int WORDS = 800;
  private static final int VOCABULARY = 20_000;
  private static final List<String> FREQUENT =
      List.of("the", "be", "to", "of", "and", "that", "have", "with");

  private final String[] texts = new String[DOCUMENTS];
  private final CleanConfig clean = CleanConfigs.english();
  private final Cleaning.Judge judge = new Cleaning.Judge(clean, Blocklists.NONE);
  private final LanguageMix mix = new LanguageMix(clean.languageCharacters());
  private final MinHashConfig dedup = new MinHashConfig(ShingleUnit.SIMPLE_WORD, 5, 14, 8);
  private final MinHash minHash = new MinHash(dedup, 42);
  private final Shingles shingles = new Shingles(dedup);
  private final int[] signature = new int[dedup.hashes()];
  private final long[] keys = new long[dedup.bands()];

  @Setup
  public void generate() {
    SplittableRandom random = new SplittableRandom(1);
    for (int d = 0; d < DOCUMENTS; d++) {
      StringBuilder text = new StringBuilder();
      for (int w = 1; w <= WORDS; w++) {
        int rank = (int) Math.pow(VOCABULARY, random.nextDouble());
        text.append(word(rank)).append(w % 90 == 0 ? ".\n\n" : w % 12 == 0 ? ",\n" : " ");
      }
      texts[d] = TextNormalizer.normalize(text.toString());
    }
  }

  /** Frequent words are short, the most frequent ones English. */
  private static String word(int rank) {
    if (rank <= FREQUENT.size()) {
      return FREQUENT.get(rank - 1);
    }
    SplittableRandom letters = new SplittableRandom(rank);
    int length = 3 + letters.nextInt(7);
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < length; i++) {
      word.append("etaoinshrdlucmfw".charAt(letters.nextInt(16)));
    }
    return word.toString();
  }

  @Benchmark
  public void normalize(Blackhole results) {
    for (String text : texts) {
      results.consume(TextNormalizer.normalize(text));
    }
  }

  @Benchmark
  public void language(Blackhole results) {
    for (String text : texts) {
      results.consume(mix.of(text));
    }
  }

  @Benchmark
  public void rules(Blackhole results) {
    for (String text : texts) {
      results.consume(judge.judge(new Cleaned(text, "eng", 1, List.of(), 0, List.of()), null));
    }
  }

  @Benchmark
  public void cleanAll(Blackhole results) {
    for (String text : texts) {
      results.consume(judge.judge(judge.clean(text), null));
    }
  }

  @Benchmark
  public void signature(Blackhole results) {
    for (String text : texts) {
      minHash.sign(signature, shingles, text);
      minHash.bandKeys(keys, signature);
      results.consume(keys);
    }
  }
}
