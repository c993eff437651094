package org.sparkgpt.jobs;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToIntFunction;
import org.sparkgpt.tokenize.Gpt2Vocabulary;
import org.sparkgpt.tokenize.JTokkitRanks;
import org.sparkgpt.tokenize.SyntheticText;
import org.sparkgpt.tokenize.Tokenizer;
import org.sparkgpt.tokenize.TokenizerFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Times encoding, ours against JTokkit's. */
@Command(
    name = "encode",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Times how one thread turns text into token ids, by sparkgpt's encoder and by JTokkit's with"
          + " the same vocabulary, in turns; first makes sure that both give the same ids.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  scripts/sparkgpt bench encode corpus.txt",
      "  scripts/sparkgpt bench encode corpus.txt --tokenizer runs/demo/tokenizer"
    })
final class EncodeBenchmark implements Callable<Integer> {
  private static final long SEED = 1;
  private static final int DOCUMENT = 4096; // characters; a document ends with a line

  @Parameters(
      arity = "0..*",
      paramLabel = "FILE",
      description = "UTF-8 text on this machine. Without one, text is made up.")
  private List<Path> files = List.of();

  @Option(
      names = "--tokenizer",
      paramLabel = "DIR",
      description = "A run's tokenizer directory with a byte-level BPE; without it GPT-2's.")
  private org.apache.hadoop.fs.Path tokenizer;

  @Option(
      names = "--megabytes",
      defaultValue = "16",
      description = "Of text to take at most, in the order of the files; default ${DEFAULT-VALUE}")
  private int megabytes;

  @Option(
      names = "--repeats",
      defaultValue = "7",
      description = "Passes of each that are timed, default ${DEFAULT-VALUE}")
  private int repeats;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    ComputeOptions.requirePositive("--megabytes", megabytes);
    ComputeOptions.requirePositive("--repeats", repeats);
    List<String> documents = files.isEmpty() ? madeUp() : read();
    if (documents.isEmpty()) {
      throw new IllegalArgumentException(files + ": no text in there");
    }
    spec.commandLine().getOut().println(new JsonMapper().writeValueAsString(measure(documents)));
    return 0;
  }

  private List<String> madeUp() {
    SyntheticText text = new SyntheticText(SEED);
    List<String> documents = new ArrayList<>();
    for (long bytes = 0; bytes < megabytes * 1_000_000L; ) {
      documents.add(text.document(documents.size()));
      bytes += documents.get(documents.size() - 1).length(); // ASCII
    }
    return documents;
  }

  private List<String> read() throws IOException {
    List<String> documents = new ArrayList<>();
    StringBuilder document = new StringBuilder();
    long left = megabytes * 1_000_000L;
    for (Path file : files) {
      if (!Files.isRegularFile(file)) {
        throw new IllegalArgumentException(file + ": no such file");
      }
      try (BufferedReader lines = Files.newBufferedReader(file)) {
        for (String line = lines.readLine(); line != null && left > 0; line = lines.readLine()) {
          left -= line.getBytes(StandardCharsets.UTF_8).length + 1;
          document.append(line).append('\n');
          if (document.length() >= DOCUMENT) {
            documents.add(document.toString());
            document.setLength(0);
          }
        }
      }
    }
    if (!document.isEmpty()) {
      documents.add(document.toString());
    }
    return documents;
  }

  private Map<String, Object> measure(List<String> documents) throws IOException {
    Tokenizer ours = Gpt2Vocabulary.tokenizer();
    Encoding jtokkit = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.R50K_BASE);
    if (tokenizer != null) {
      ours =
          TokenizerFiles.load(tokenizer.getFileSystem(Sessions.hadoopConfiguration()), tokenizer);
      if (ours.endOfText().isEmpty()) {
        throw new IllegalArgumentException(tokenizer + ": characters, not a byte-level BPE");
      }
      jtokkit = JTokkitRanks.of(ours);
    }
    long tokens = requireEqualIds(documents, ours, jtokkit);
    double[][] seconds = new double[2][repeats + 1];
    for (int pass = 0; pass <= repeats; pass++) {
      Tokenizer one = ours;
      Encoding other = jtokkit;
      seconds[0][pass] = seconds(documents, tokens, text -> one.encode(text).length);
      seconds[1][pass] = seconds(documents, tokens, text -> other.encodeOrdinary(text).size());
    }
    double bytes = documents.stream().mapToLong(EncodeBenchmark::bytes).sum();
    Arrays.sort(seconds[0], 1, repeats + 1); // the first pass warmed up
    Arrays.sort(seconds[1], 1, repeats + 1);
    double median = seconds[0][1 + (repeats - 1) / 2];
    double jtokkits = seconds[1][1 + (repeats - 1) / 2];
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("benchmark", "encode");
    result.put("tokenizer", tokenizer == null ? "gpt2" : tokenizer.toString());
    result.put("vocabulary", ours.vocabularySize());
    result.put("documents", documents.size());
    result.put("megabytes", bytes / 1e6);
    result.put("tokens", tokens);
    result.put("equalIds", true);
    result.put("repeats", repeats);
    result.put("megabytesPerSecond", bytes / median / 1e6);
    result.put("jtokkitMegabytesPerSecond", bytes / jtokkits / 1e6);
    result.put("timesJtokkit", jtokkits / median);
    return result;
  }

  /** How many ids there are. */
  private static long requireEqualIds(List<String> documents, Tokenizer ours, Encoding jtokkit) {
    long tokens = 0;
    for (String document : documents) {
      int[] ids = ours.encode(document);
      if (!Arrays.equals(ids, jtokkit.encodeOrdinary(document).toArray())) {
        throw new IllegalStateException("JTokkit encodes otherwise: " + document);
      }
      tokens += ids.length;
    }
    return tokens;
  }

  private static double seconds(
      List<String> documents, long expected, ToIntFunction<String> encoder) {
    long start = System.nanoTime();
    long tokens = 0;
    for (String document : documents) {
      tokens += encoder.applyAsInt(document);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (tokens != expected) { // also keeps the compiler from leaving the work out
      throw new IllegalStateException(tokens + " ids, not " + expected);
    }
    return seconds;
  }

  private static long bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
