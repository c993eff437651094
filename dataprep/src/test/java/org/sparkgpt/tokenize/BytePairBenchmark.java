package org.sparkgpt.tokenize;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import com.knuddels.jtokkit.api.IntArrayList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * GPT-2 encoding, ours against JTokkit's: passes over the text per second, one thread. Multiply by
 * the file's size for bytes per second. {@code -p file=corpus.txt} gives a real text: the sample's
 * words all fit our word cache, which flatters it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class BytePairBenchmark {
  /** A UTF-8 file, or nothing for the tests' sample. */
  @Param("")
  public String file;

  private List<String> paragraphs;
  private Tokenizer ours;
  private Encoding jtokkit;

  @Setup
  public void read() throws IOException {
    String text = file.isEmpty() ? Texts.sample() : Files.readString(Path.of(file));
    paragraphs = List.of(text.split("(?<=\n\n)"));
    ours = Gpt2Vocabulary.tokenizer();
    jtokkit = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.R50K_BASE);
  }

  @Benchmark
  public int ours() {
    int tokens = 0;
    for (String paragraph : paragraphs) {
      tokens += ours.encode(paragraph).length;
    }
    return tokens;
  }

  @Benchmark
  public int jtokkit() {
    int tokens = 0;
    for (String paragraph : paragraphs) {
      IntArrayList ids = jtokkit.encodeOrdinary(paragraph);
      tokens += ids.size();
    }
    return tokens;
  }
}
